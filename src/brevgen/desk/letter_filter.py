"""Which letters of a round are asked for, and in which order; carried in the address of a page."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from brevgen.language import tr
from brevgen.rounds.compare import changed_since_shown
from brevgen.rounds.letter_status import LetterState, LetterStatus
from brevgen.rounds.reading import Marks, marks, progress
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import STATES

_Key = Callable[[LetterStatus], Any]


@dataclass(frozen=True)
class LetterFilter:
    """What is asked for; everything is empty where nothing is said of it.

    Args:
        q: words in number, name or reference.
        state: where they stand.
        area: the office's area, else the county.
        form: the written form, `nb` or `nn`.
        since: `approved` or `shown`: those that have changed since they were last approved, or
            since this account was last shown them.
        read: `no`: those that nobody has read as they are; `list`: those proposed for reading.
        sort: what they are in order of, with `-` before it for the last first.
    """

    q: str = ""
    state: str = ""
    area: str = ""
    form: str = ""
    since: str = ""
    read: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What an address asks for."""
        return cls(**{each.name: query.get(each.name, "").strip() for each in fields(cls)})

    @classmethod
    def sent_along(cls, form: Mapping[str, object]) -> Self:
        """What the address asked for of the page that a form is on."""
        return cls.of(dict(parse_qsl(str(form.get("asked", "")).removeprefix("?"))))

    def query(self, **changes: str) -> str:
        """What an address asks for that is the same but for some changes, with `?` before it."""
        asked = {name: said for name, said in vars(replace(self, **changes)).items() if said}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves out any letters."""
        return any(said for name, said in vars(self).items() if name != "sort")


@dataclass(frozen=True)
class Pill:
    """A few letters that can be asked for by one link.

    Args:
        called: what they are.
        count: how many there are.
        query: the address that asks for them.
        is_chosen: whether they are asked for now.
    """

    called: str
    count: int
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class FoundLetters:
    """The letters that are asked for.

    Args:
        asked: what was asked for.
        letters: these, in the order asked for.
        total: how many letters the round has.
        pills: what else can be asked for by a link.
        areas: the area of each letter of the round, by municipality number.
        marks: who has read which.
    """

    asked: LetterFilter
    letters: tuple[LetterStatus, ...]
    total: int
    pills: tuple[Pill, ...]
    areas: Mapping[str, str]
    marks: Marks

    def beside(self, number: str) -> tuple[str, str]:
        """The numbers before and after a letter, whether it is among them or not; may be empty."""
        numbers = [each.number for each in self.letters]
        if number in numbers:
            at = numbers.index(number)
            return ("", *numbers)[at], (*numbers, "")[at + 1]
        before = max((each for each in numbers if each < number), default="")
        return before, min((each for each in numbers if each > number), default="")


def find_letters(
    session: RoundSession, asked: LetterFilter, *, with_pills: bool = True
) -> FoundLetters:
    """The letters of a round that are asked for.

    Args:
        with_pills: whether it is told what else can be asked for.

    Raises:
        FaultyInput: the round has faults.
    """
    letters = session.letters()
    areas = {each.number: session.facts.area(each.municipality) for each in letters}
    told = marks(session) if with_pills or asked.read else Marks({})
    groups = {
        "approved": {each.number for each in letters if each.has_lapsed},
        "shown": changed_since_shown(session) if with_pills or asked.since else set(),
        "no": areas.keys() - told.read(areas),
        "list": _proposed(session, told) if asked.read == "list" else set(),
    }
    found = [each for each in letters if _is_named(each, asked, areas[each.number])]
    pills = _pills(found, asked, groups, any_read=bool(told.by_number)) if with_pills else ()
    wanted = [each for each in found if _is_wanted(each, asked, groups)]
    key, is_backwards = _order(asked.sort, areas)
    if key is not None:
        wanted.sort(key=key, reverse=is_backwards)
    return FoundLetters(asked, tuple(wanted), len(letters), tuple(pills), areas, told)


def _is_named(each: LetterStatus, asked: LetterFilter, area: str) -> bool:
    """Whether a letter is one of those that the form above the table asks for."""
    words = f"{each.label} {each.letter.reference}".casefold()
    return (
        asked.q.casefold() in words
        and asked.area in ("", area)
        and asked.form in ("", each.letter.written_form)
    )


def _proposed(session: RoundSession, told: Marks) -> set[str]:
    return {each.letter.number for each in progress(session, told).proposals}


def _is_wanted(each: LetterStatus, asked: LetterFilter, groups: Mapping[str, Set[str]]) -> bool:
    """Whether a letter is one of those that the links above the table ask for."""
    return asked.state in ("", each.state) and all(
        each.number in groups.get(name, {each.number}) for name in (asked.since, asked.read)
    )


def _pills(
    found: Sequence[LetterStatus],
    asked: LetterFilter,
    groups: Mapping[str, Set[str]],
    *,
    any_read: bool,
) -> Iterator[Pill]:
    nothing = {"state": "", "since": "", "read": ""}

    def pill(called: str, count: int, **asks: str) -> Pill:
        chosen = asked.query() == asked.query(**{**nothing, **asks})
        return Pill(called, count, asked.query(**{**nothing, **asks}), chosen)

    yield pill(tr("All"), len(found))
    states: Counter[LetterState] = Counter(each.state for each in found)
    for state in STATES:
        if states[state] or asked.state == state:
            yield pill(tr(state), states[state], state=state)
    count = {name: sum(each.number in those for each in found) for name, those in groups.items()}
    if count["approved"] or asked.since == "approved":
        yield pill(tr("changed since the approval"), count["approved"], since="approved")
    if count["shown"] or asked.since == "shown":
        yield pill(tr("changed since you saw them"), count["shown"], since="shown")
    if any_read or asked.read == "no":
        yield pill(tr("not read by anybody"), count["no"], read="no")
    if asked.read == "list":
        yield pill(tr("proposed for reading"), count["list"], read="list")


def _order(sort: str, areas: Mapping[str, str]) -> tuple[_Key | None, bool]:
    """What letters are put in order by, and whether the last comes first; None: their numbers."""
    name = sort.removeprefix("-")
    keys: dict[str, _Key] = {
        "name": lambda each: each.municipality.name.casefold(),
        "area": lambda each: areas[each.number],
        "state": lambda each: STATES.index(each.state),
        "reference": lambda each: each.letter.reference,
        "form": lambda each: each.letter.written_form,
    }
    if not name:
        return None, False
    return keys.get(name, lambda each: each.row.count(name) or 0), sort.startswith("-")
