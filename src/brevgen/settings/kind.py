"""A kind of letter as its `kind.toml` declares it, so that a new kind needs no code.

The file tells which columns the allocation has and how they must fit together, what a round of the
kind must bring, whom it is for, and what every letter must print.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from brevgen.language import language, tr, untranslated
from brevgen.settings.types import Count, InBothForms, SettingsTable, Text, TextOrNothing

KIND_FILE = "kind.toml"
REQUEST = "request"
"""The kind there was before there were others; a folder without `kind.toml` states its facts."""

Fact = int | str | date | bool
"""What a cell of an allocation can tell a letter."""

FactType = Literal["count", "text", "date", "yes_no"]
TYPES: Mapping[FactType, type] = {"count": int, "text": str, "date": date, "yes_no": bool}

Audience = Literal["allocation", "others", "unanswered", "overdue", "answered", "changed"]
"""Whom a round is for: the rows of its allocation as somebody chose them; or of the round that it
follows all who are not in it, those who have not answered, those of them whose time is up, those
who have decided, those whose figure has changed."""

EARLIER = "earlier."
"""How a fact of the earlier letter is named: `earlier.asked`."""
SAYABLE_OF_EARLIER = ("reference", "date")
"""What a letter can always say of an earlier one besides the facts of its kind."""

_NAME = re.compile("[a-z][a-z0-9_]*")
LETTER_FACTS = frozenset(
    {
        *("kind", "written_form", "municipality", "year", "date", "deadline", "reference"),
        *("your_reference", "national", "answers", "office", "background", "agency", "approved"),
        *("own", "earlier", "words", "answer", "late_until", "facts"),
    }
)
"""The names of what every letter states, or an earlier one; no kind can use them for its own."""
_TAKEN = LETTER_FACTS | frozenset(dir(SettingsTable))


def _fact_name(text: str) -> str:
    if not _NAME.fullmatch(text) or text in _TAKEN:
        raise ValueError(
            tr(
                "“{name}” cannot be a name: use small letters a to z, digits and underscores, and"
                " none of the words that brevgen uses itself",
                name=text[:60],
            )
        )
    return text


def _said(value: object) -> object:
    return {"nb": value} if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_fact_name)]


class InLanguages(SettingsTable):
    """What something is called on screens and in messages: in bokmål, and perhaps in English."""

    nb: Text = Field(description=untranslated("the words in bokmål"))
    en: TextOrNothing = Field("", description=untranslated("the words in English"))

    def __str__(self) -> str:
        return (self.en if language() == "en" else "") or self.nb


Said = Annotated[InLanguages, BeforeValidator(_said)]


class KindColumn(SettingsTable):
    """A column of the allocation: what stands in it, and how it must fit with the others.

    Relations name other counts by their fact: one of the kind, or one of the earlier letter, such
    as `earlier.asked`.
    """

    header: Text = Field(description=untranslated("the column's header"))
    synonyms: tuple[Text, ...] = Field(
        (), description=untranslated("other headers that mean the same")
    )
    called: Said = Field(
        description=untranslated("what it is called in messages and tables, such as “flyktninger”")
    )
    short: TextOrNothing = Field(
        "", description=untranslated("a short name for narrow tables, such as “EM”")
    )
    type: FactType = Field(
        "count", description=untranslated("what stands in it: count, text, date or yes_no")
    )
    required: StrictBool = Field(
        True, description=untranslated("false if the column, or a cell of it, may be blank")
    )
    printed: StrictBool = Field(
        True, description=untranslated("false if letters may not state it, and it is only checked")
    )
    leaves_out: StrictBool = Field(
        False,
        description=untranslated(
            "true if 0, a dash or a word such as “ikke anmodet” there means that the municipality"
            " gets no letter"
        ),
    )
    part_of: str = Field("", description=untranslated("the count that this one is a part of"))
    sum_of: tuple[str, ...] = Field(
        (), description=untranslated("the counts that this one is the sum of")
    )
    at_least: str | Count = Field(
        "",
        description=untranslated(
            "the number, the count, or the figure of the round (“national.minimum”) that this one"
            " may not be below"
        ),
    )
    sums_to: str = Field(
        "", description=untranslated("the figure of the round that all rows must add up to")
    )
    differs_from: str = Field(
        "", description=untranslated("the count that this one may not be equal to")
    )

    @property
    def title(self) -> str:
        """What it is called at the head of a table, in the reader's language."""
        called = str(self.called)
        return called[:1].upper() + called[1:]

    def relations(self) -> Iterator[tuple[str, str]]:
        """Key and name of each count that this one is held to."""
        yield from (("part_of", self.part_of), ("differs_from", self.differs_from))
        yield from (("sum_of", name) for name in self.sum_of)
        if isinstance(self.at_least, str) and not self.at_least.startswith(NATIONAL_FIGURE):
            yield "at_least", self.at_least

    @property
    def least_figure(self) -> str:
        """The round's figure that this one may not be below; empty where it is held to none."""
        is_figure = isinstance(self.at_least, str) and self.at_least.startswith(NATIONAL_FIGURE)
        return str(self.at_least).removeprefix(NATIONAL_FIGURE) if is_figure else ""


NATIONAL_FIGURE = "national."


class Kind(SettingsTable):
    """A kind of letter."""

    name: InBothForms = Field(description=untranslated("what the letter is called, nb and nn"))
    answer: StrictBool = Field(
        description=untranslated("true if the municipality is to answer, and so has a deadline")
    )
    audience: Audience = Field(
        "allocation",
        description=untranslated(
            "whom it is for: allocation, or of the round it follows others, unanswered, overdue,"
            " answered or changed"
        ),
    )
    follows: tuple[str, ...] = Field(
        (), description=untranslated("the kinds of rounds that a round of this kind may follow")
    )
    must_say: tuple[str, ...] = Field(
        (), description=untranslated("the facts that every letter must print")
    )
    rows_sum_to: str = Field(
        "", description=untranslated("the figure of the round that says how many rows there are")
    )
    columns: Mapping[Name, KindColumn] = Field(
        {}, description=untranslated("the tables [columns.…]: a column for each fact")
    )
    figures: Mapping[Name, Said] = Field(
        {}, description=untranslated("the table [figures]: what [national] of a round must tell")
    )
    texts: Mapping[Name, Said] = Field(
        {}, description=untranslated("the table [texts]: what [background.…] of a round must tell")
    )

    @property
    def facts(self) -> dict[str, FactType]:
        """The facts that a letter of this kind may state besides those of all letters."""
        return {name: column.type for name, column in self.columns.items() if column.printed}

    @property
    def counts(self) -> dict[str, KindColumn]:
        """The columns that hold a number of persons or places."""
        return {name: each for name, each in self.columns.items() if each.type == "count"}

    @property
    def main_counts(self) -> dict[str, KindColumn]:
        """The counts that tables show, the leading one first: those no row is without, and parts.

        A part of a part is left out, and so is what may be blank and is no part, such as a plan.
        """
        wholes = {name: each for name, each in self.counts.items() if each.required}
        return {
            name: each
            for name, each in self.counts.items()
            if (each.part_of in wholes if each.part_of in self.counts else each.required)
        }

    @property
    def lead(self) -> str:
        """The count that tables are led by: the first; empty where the kind has none."""
        return next(iter(self.main_counts), "")

    @property
    def waits_for_answers(self) -> bool:
        """Whether it is for those who have not answered, and no longer for who does."""
        return self.audience in ("unanswered", "overdue")

    @property
    def has_earlier(self) -> bool:
        """Whether each letter cites an earlier one to the same municipality."""
        return bool(self.follows) and self.audience != "others"


Kinds = Mapping[str, Kind | None]
"""The kinds of a workspace by name; None for one whose `kind.toml` has faults."""


def earlier_facts(kind: Kind, kinds: Kinds) -> dict[str, FactType]:
    """The facts of the earlier letter's kind: those that all kinds it may be of have in common."""
    if not kind.has_earlier:
        return {}
    followed = [other.facts for name in kind.follows if (other := kinds.get(name)) is not None]
    first, *others = followed or [{}]
    return {
        name: type_
        for name, type_ in first.items()
        if all(each.get(name) == type_ for each in others)
    }
