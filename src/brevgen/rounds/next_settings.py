"""The `round.toml` of a next round: the earlier one's, with its comments and in its order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import tomlkit
from dateutil.relativedelta import relativedelta
from tomlkit.container import Container
from tomlkit.items import AoT, Comment, InlineTable, Item, Table

from brevgen.facts.dates import next_working_day, not_a_working_day
from brevgen.language import LANGUAGES, speaking, tr, tr_like, untranslated, when, written
from brevgen.settings.round import Round

_HEAD = untranslated(
    "# Begun from the round {round}. See to all that is marked and remove the marks:\n"
    "# “look over” was kept or moved, “fill in” is empty. Remarks of that round begin with"
    " [{round}]."
)
_MOVED = untranslated("look over: {before} in the round {round}")
_THAT_IS = untranslated("look over: that is {date}")
_KEPT = untranslated("look over: from {round}")
_EMPTIED = untranslated("fill in: {before} in {round}")
"""What stands behind a value that was moved, left as it is, kept or emptied."""
FILL_IN = untranslated("fill in: {meaning}")
"""What stands behind a value that no other round had."""


@dataclass(frozen=True)
class NextDates:
    """When the next round is.

    Args:
        settlement_year: the year the refugees are to be settled.
        letter_date: the date on the letters, a working day.
        deadline: the last day to answer, a working day; None where no answer is wanted.
    """

    settlement_year: int
    letter_date: date
    deadline: date | None

    @property
    def register_day(self) -> date:
        """The day whose municipality numbers the round uses."""
        return date(self.settlement_year, 1, 1)


def next_dates(earlier: Round, years: int) -> NextDates:
    """The dates of an earlier round so many years on, each moved to a working day."""
    letter_date = _working(earlier.letter_date + relativedelta(years=years))
    if isinstance(earlier.deadline, date):
        deadline: date | None = earlier.deadline + relativedelta(years=years)
    else:
        deadline = earlier.model_copy(update={"letter_date": letter_date}).last_day
    last_day = _working(deadline) if deadline is not None else None
    return NextDates(earlier.settlement_year + years, letter_date, last_day)


def _working(day: date) -> date:
    return next_working_day(day) if not_a_working_day(day) else day


def next_settings(text: str, earlier: Round, dates: NextDates, name: str) -> str:
    """The settings of the next round, as TOML.

    Args:
        text: the earlier round's `round.toml`.
        earlier: what it says.
        dates: when the next round is.
        name: the earlier round's name.
    """
    document = tomlkit.parse(_earlier_head().sub("", text, count=1))
    tell_whose(document, name)
    put(document, ["settlement_year"], dates.settlement_year)
    moved = tr(_MOVED, before=when(earlier.letter_date), round=name)
    put(document, ["letter_date"], dates.letter_date, moved)
    spanned = earlier.model_copy(update={"letter_date": dates.letter_date}).last_day
    if isinstance(earlier.deadline, str) and spanned == dates.deadline:
        mark(document, ["deadline"], tr(_THAT_IS, date=when(dates.deadline)))
    elif dates.deadline is not None:
        moved = tr(_MOVED, before=when(earlier.last_day), round=name)
        put(document, ["deadline"], dates.deadline, moved)
    to_empty = [(table, key) for table in ("national", "sums") for key in document.get(table, {})]
    to_empty += [("references", "first"), ("references", "last")]
    for table, key in to_empty:
        before = document[table][key]
        emptied = tr(
            _EMPTIED, before=written(before) if isinstance(before, int) else before, round=name
        )
        put(document, [table, key], "", emptied)
    for form, words in earlier.background:
        for key, _ in words:
            mark(document, ["background", form, key], tr(_KEPT, round=name))
    for key, office in earlier.offices.items():
        if office.signatory:
            mark(document, ["offices", key, "signatory"], tr(_KEPT, round=name))
    return f"{tr(_HEAD, round=name)}\n\n{document.as_string()}"


def _in_any_language(messages: Sequence[str], until: str) -> str:
    """A pattern for how messages begin, whoever wrote them."""
    beginnings = set()
    for language in LANGUAGES:
        with speaking(language):
            beginnings |= {re.escape(tr(each).partition(until)[0]) for each in messages}
    return "|".join(sorted(beginnings))


@cache
def _earlier_head() -> re.Pattern[str]:
    return re.compile(rf"\A(?:{_in_any_language([_HEAD], '{round}')}).*\n# .*\n\s*")


@cache
def _earlier_mark() -> re.Pattern[str]:
    marks = _in_any_language([_MOVED, _THAT_IS, _KEPT, _EMPTIED, FILL_IN], ":")
    return re.compile(rf"(?:{marks}): .*?(?: \| |$)")


def put(document: Any, path: Sequence[str], value: object, remark: str = "") -> None:
    """Write a value, with a mark behind it."""
    table = document
    for key in path[:-1]:
        table = table[key]
    table[path[-1]] = value
    if remark:
        mark(document, path, remark)


def mark(document: Any, path: Sequence[str], remark: str) -> None:
    """Mark a value behind it, before what a person has written there; earlier marks go."""
    item: Item = document[path[0]]
    for key in path[1:]:
        if isinstance(item, InlineTable):
            break  # nothing can stand behind a value inside of it
        item = item[key]  # type: ignore[index]  # the settings were read: it is a table
    before = _earlier_mark().sub("", item.trivia.comment.lstrip("# "), count=1)
    item.comment(f"{remark} | {before}" if before else remark)
    item.trivia.comment_ws = "  "


def mark_of(item: Item) -> str:
    """What a person was told to do about a value; empty where nothing, or it was done."""
    found = _earlier_mark().match(item.trivia.comment.lstrip("# "))
    return found[0].removesuffix(" | ") if found else ""


def says(mark: str, meaning: str) -> bool:
    """Whether a mark says no more than what a key means, in whichever language."""
    for language in LANGUAGES:
        with speaking(language):
            if mark.endswith(f": {tr(meaning)}"):
                return True
    return False


def in_readers_words(mark: str) -> str:
    """A mark that was made in English or in the reader's own language, in hers."""
    return tr_like(mark, (_MOVED, _THAT_IS, _EMPTIED, _KEPT, FILL_IN))


def unmark(document: Any, path: Sequence[str | int]) -> None:
    """Take the mark behind a value away; what a person has written there stays."""
    item: Any = document
    for key in path:
        try:
            item = item.item(str(key)) if isinstance(item, Table | Container) else item[key]
        except (KeyError, IndexError, TypeError):
            return  # it is not there any more
        if isinstance(item, InlineTable):
            break  # nothing can stand behind a value inside of it
    if not isinstance(item, Item) or not mark_of(item):
        return
    rest = _earlier_mark().sub("", item.trivia.comment.lstrip("# "), count=1)
    item.trivia.comment = f"# {rest}" if rest else ""
    item.trivia.comment_ws = item.trivia.comment_ws if rest else ""


def tell_whose(table: Container, name: str) -> None:
    """Say at each whole-line comment which round it spoke of."""
    before: object = None
    for _, item in table.body:
        if isinstance(item, Comment) and not isinstance(before, Comment):
            remark = item.trivia.comment.lstrip("# ")
            item.trivia.comment = (
                f"# {remark}" if remark.startswith("[") else f"# [{name}] {remark}"
            )
        elif isinstance(item, Table):
            tell_whose(item.value, name)
        elif isinstance(item, AoT):
            for each in item.body:
                tell_whose(each.value, name)
        before = item
