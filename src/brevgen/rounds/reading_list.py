"""The letters of a round that are proposed for reading, so that everything has been seen once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brevgen.language import tr
from brevgen.letter.branches import Branch, BranchReader
from brevgen.letter.wording import spaced
from brevgen.rounds.last_year import ASKED, last_known_year
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.session import RoundSession
from brevgen.rounds.variants import case_of_minors

_NORWEGIAN = frozenset("abcdefghijklmnopqrstuvwxyzæøå -–.")
_MOST_WORDS = 90
"""Characters of a sentence that a reason quotes."""


@dataclass(frozen=True)
class Proposal:
    """A letter that is proposed for reading.

    Args:
        letter: the letter.
        reasons: why, each in a sentence; never none.
    """

    letter: LetterStatus
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Wish:
    """Something that is to be seen in at least one letter.

    Args:
        reason: what is to be seen, in a sentence.
        candidates: the letters in which it can be, the best first; never none.
    """

    reason: str
    candidates: Sequence[LetterStatus]


def reading_list(session: RoundSession) -> tuple[Proposal, ...]:
    """The letters that are proposed for reading, in order of municipality number.

    The longest, the shortest on two pages, each written form and signatory, each case of minors,
    the names that are hardest to print, the largest changes, and every branch of the templates that
    any letter takes. The same round has always the same list.

    Raises:
        FaultyInput: the round has faults.
    """
    letters = session.letters()
    chosen: dict[str, list[str]] = {}
    for wish in _wishes(session, letters):
        best = next((e for e in wish.candidates if e.number in chosen), wish.candidates[0])
        chosen.setdefault(best.number, []).append(wish.reason)
    for letter, reason in _for_branches(session, letters, chosen):
        chosen.setdefault(letter.number, []).append(reason)
    return tuple(
        Proposal(each, tuple(chosen[each.number])) for each in letters if each.number in chosen
    )


def _wishes(session: RoundSession, letters: Sequence[LetterStatus]) -> Iterator[_Wish]:
    forms = {"nb": "bokmål", "nn": "nynorsk"}
    lengths = {
        each.number: sum(len(block.text) for block in session.content(each.letter).blocks)
        for each in letters
    }
    for form, called in forms.items():
        of_form = [each for each in letters if each.letter.written_form == form]
        if of_form:
            longest = sorted(of_form, key=lambda each: -lengths[each.number])
            yield _Wish(tr("It is the longest letter in {form}.", form=called), longest[:1])
    if two_pages := [each for each in letters if (each.pages or 0) > 1]:
        shortest = min(two_pages, key=lambda each: lengths[each.number])
        yield _Wish(
            tr("It is the shortest that takes two pages: see where it is divided."), [shortest]
        )
    yield from _names(letters)
    yield from _changes(session, letters)
    for case, those in _by(letters, lambda each: case_of_minors(each.letter)).items():
        yield _Wish(tr("Unaccompanied minors: {case}.", case=case), those)
    for signatory, those in _by(letters, lambda each: each.signatory).items():
        yield _Wish(tr("It is in the name of {signatory}.", signatory=signatory), those)


def _names(letters: Sequence[LetterStatus]) -> Iterator[_Wish]:
    """The names that are hardest to print."""
    if letters:
        longest = max(letters, key=lambda each: len(each.municipality.name))
        yield _Wish(tr("The municipality has the longest name."), [longest])
    if parallel := [each for each in letters if " – " in each.municipality.name]:
        yield _Wish(tr("The municipality has names in several languages."), parallel)
    foreign = {
        each.number: len(set(each.municipality.name.casefold()) - _NORWEGIAN) for each in letters
    }
    if special := [each for each in letters if foreign[each.number]]:
        special.sort(key=lambda each: -foreign[each.number])
        yield _Wish(tr("The municipality’s name has letters that Norwegian has not."), special[:1])


def _changes(session: RoundSession, letters: Sequence[LetterStatus]) -> Iterator[_Wish]:
    """The largest changes since the last year of which anything is known."""
    before = last_known_year(session.facts, session.workspace.data, session.ledger)
    if before is None:
        return
    now = {each.number: each.row.count(ASKED) for each in letters}
    changes = {
        number: count - before.asked[number]
        for number, count in now.items()
        if count is not None and number in before.asked
    }
    known = [each for each in letters if each.number in changes]
    more = max(known, key=lambda each: changes[each.number], default=None)
    fewer = min(known, key=lambda each: changes[each.number], default=None)
    if more is not None and changes[more.number] > 0:
        yield _Wish(
            tr(
                "It has the largest increase since {year}: from {before} to {now}.",
                year=before.year,
                before=spaced(before.asked[more.number]),
                now=spaced(now[more.number] or 0),
            ),
            [more],
        )
    if fewer is not None and changes[fewer.number] < 0:
        yield _Wish(
            tr(
                "It has the largest decrease since {year}: from {before} to {now}.",
                year=before.year,
                before=spaced(before.asked[fewer.number]),
                now=spaced(now[fewer.number] or 0),
            ),
            [fewer],
        )


def _by(
    letters: Sequence[LetterStatus], what: Callable[[LetterStatus], str]
) -> dict[str, list[LetterStatus]]:
    """Letters by what they have in common; those that have nothing are left out."""
    found: dict[str, list[LetterStatus]] = {}
    for each in letters:
        if said := what(each):
            found.setdefault(said, []).append(each)
    return found


def _for_branches(
    session: RoundSession, letters: Sequence[LetterStatus], chosen: Mapping[str, object]
) -> Iterator[tuple[LetterStatus, str]]:
    """The fewest further letters, about, that take the branches no chosen one takes (greedily)."""
    reader = BranchReader(session.templates)
    taken = {each.number: reader.taken(each.letter) for each in letters}
    every: set[Branch] = set().union(*taken.values())
    left = every - set().union(*(taken[number] for number in chosen))
    while left:
        best = max(letters, key=lambda each: len(left & taken[each.number].keys()))
        new = sorted(left & taken[best.number].keys())
        said = [words for branch in new if (words := taken[best.number][branch])]
        yield best, _says(max(said, key=len)) if said else tr("It leaves out what all others say.")
        left -= set(new)


def _says(words: str) -> str:
    if len(words) > _MOST_WORDS:
        words = words[:_MOST_WORDS].rpartition(" ")[0] + " …"
    return tr("Of these it is the only one that says: “{words}”", words=words)
