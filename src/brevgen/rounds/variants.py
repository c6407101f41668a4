"""The variants of letters there are in a round, so that one of each is enough to read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from brevgen.language import tr, untranslated
from brevgen.letter.letter import Letter
from brevgen.rounds.letter_status import LetterStatus

_MINORS = {
    "none": untranslated("no minors"),
    "one": untranslated("one minor"),
    "one under 15": untranslated("one minor, under 15"),
    "several": untranslated("several minors"),
    "several, one under 15": untranslated("several minors, one of them under 15"),
    "several, some under 15": untranslated("several minors, some of them under 15"),
    "several under 15": untranslated("several minors, all under 15"),
    "nobody else": untranslated("nobody but one minor"),
    "nobody else under 15": untranslated("nobody but one minor, under 15"),
    "only": untranslated("only minors"),
    "only, one under 15": untranslated("only minors, one of them under 15"),
    "only, some under 15": untranslated("only minors, some of them under 15"),
    "only under 15": untranslated("only minors, all under 15"),
}
"""The cases of unaccompanied minors that letters have words of their own for."""

_FORMS = {"nb": untranslated("bokmål"), "nn": untranslated("nynorsk")}

_FACTS = {
    "municipality": untranslated("municipality"),
    "earlier": untranslated("the earlier letter"),
    "answer": untranslated("the answer to the earlier letter"),
    "reference": untranslated("reference"),
    "your_reference": untranslated("the municipality's reference"),
    "office": untranslated("signatory and contact"),
    "approved": untranslated("approval"),
}
"""The facts that letters of one variant can differ in, as a person calls them."""


@dataclass(frozen=True)
class Variant:
    """A kind of letter there is in a round, and one letter that stands for all of it.

    Args:
        form: the written form.
        minors: the case of unaccompanied minors.
        stated: the facts of the kind that may be blank and are not, minors apart.
        office: the office that is in it.
        kind: the kind of letter.
        shown: the letter that stands for it, the first.
        others: those that it stands for.
        differs: the facts in which any of these differs from the one shown, and the only ones.
    """

    form: str
    minors: str
    stated: tuple[str, ...]
    office: str
    kind: str
    shown: LetterStatus
    others: tuple[LetterStatus, ...]

    @property
    def differs(self) -> tuple[str, ...]:
        """Names of the facts in which others differ from the one shown; all else is the same."""
        mine, others = _facts_of(self.shown.letter), [_facts_of(e.letter) for e in self.others]
        return tuple(name for name in mine if any(each[name] != mine[name] for each in others))


def variants_of(letters: Sequence[LetterStatus]) -> tuple[Variant, ...]:
    """The variants there are among letters, in the order of the first of each."""
    found: dict[tuple[str, str, tuple[str, ...], str, str], list[LetterStatus]] = {}
    for each in letters:
        letter = each.letter
        stated, office = _stated(each), letter.office.name
        key = (letter.written_form, _minors_case(letter), stated, office, letter.kind)
        found.setdefault(key, []).append(each)
    return tuple(Variant(*key, those[0], tuple(those[1:])) for key, those in found.items())


def case_of_minors(letter: Letter) -> str:
    """The case of unaccompanied minors, as a person says it; empty where the kind has none."""
    return tr(_MINORS[_minors_case(letter)]) if "minors" in letter.own else ""


def variant_rows(variants: Sequence[Variant]) -> list[dict[str, str | int]]:
    """The table of variants, as a person reads it: header to cell."""
    return [
        {
            tr("Variant"): ", ".join((tr(_FORMS[each.form]), each.office, *_cases(each))),
            tr("Shown"): each.shown.label,
            tr("Others like it"): len(each.others),
            tr("What differs in them"): ", ".join(_called(each, name) for name in each.differs),
        }
        for each in variants
    ]


def _facts_of(letter: Letter) -> dict[str, Any]:
    facts = {**letter.__dict__, **letter.own}
    del facts["own"]
    return facts


def _called(variant: Variant, name: str) -> str:
    """A fact as a person calls it."""
    columns = variant.shown.kind.columns
    return str(columns[name].called) if name in columns else tr(_FACTS.get(name, name))


def _cases(variant: Variant) -> Iterator[str]:
    """What tells a variant apart, besides written form and office, as a person says it."""
    if "minors" in variant.shown.letter.own:
        yield tr(_MINORS[variant.minors])
    yield from (_called(variant, name) for name in variant.stated)


def _stated(each: LetterStatus) -> tuple[str, ...]:
    own, earlier = each.letter.own, each.letter.earlier
    stated = [
        name
        for name, column in each.kind.columns.items()
        if not column.required and "minors" not in name and own.get(name)
    ]
    return (*stated, *(["answer"] if earlier is not None and earlier.answer is not None else []))


def _minors_case(letter: Letter) -> str:
    minors, young = letter.own.get("minors"), letter.own.get("minors_under_15")
    is_all = minors == letter.own.get("asked")
    if not isinstance(minors, int) or not isinstance(young, int) or not minors:
        return "none"
    if minors == 1:
        one = "nobody else" if is_all else "one"
        return f"{one} under 15" if young else one
    many = "only" if is_all else "several"
    if young == minors:
        return f"{many} under 15"
    return {0: many, 1: f"{many}, one under 15"}.get(young, f"{many}, some under 15")
