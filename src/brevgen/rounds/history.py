"""What is known of a municipality: what it was asked for each year, and all that has happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from brevgen.errors import WrongUse
from brevgen.facts.municipalities import Municipality, Register, read_register
from brevgen.facts.past_figures import FILE, FIRST_DAY, PastFigures, read_past_years
from brevgen.facts.selection import means_nobody, means_several
from brevgen.findings import Finding, Findings
from brevgen.language import tr
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Event, last_decision
from brevgen.rounds.following import standing
from brevgen.rounds.last_year import ASKED
from brevgen.rounds.traces import missing_ledger
from brevgen.workspace import Workspace

MINORS = "minors"


@dataclass(frozen=True)
class RoundFigures:
    """What the letter of one round said to a municipality, and what was answered.

    Args:
        round: the round's name.
        kind: the kind of the letter; empty where it was not recorded.
        year: of settlement.
        reference: the letter's reference.
        asked: refugees it asked for, minors included; None where it states no such number.
        minors: unaccompanied minors among them; None where it states none.
        decided: refugees the municipality decided to settle, by its last answer; None while it has
            not answered.
    """

    round: str
    kind: str
    year: int
    reference: str
    asked: int | None
    minors: int | None
    decided: int | None


@dataclass(frozen=True)
class History:
    """What is known of a municipality.

    Args:
        municipality: number and name, as it was last called.
        years: what it was asked for in earlier years by `history.csv`, the earliest first, those
            it was made of added up.
        made_of: the names of those that are added up; empty where it was always one.
        rounds: what approved and sent letters said to it, the earliest year first.
        events: what has happened to its letters, the oldest first.
        findings: what is wrong with `history.csv`.
    """

    municipality: str
    years: tuple[PastFigures, ...]
    made_of: tuple[str, ...]
    rounds: tuple[RoundFigures, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...] = ()


def history(workspace: Workspace, who: str, round_name: str = "") -> History:
    """What is known of one municipality.

    Needs no round without faults: what letters said and what happened stands in the ledger.

    Args:
        who: municipality number or name, or a letter's reference.
        round_name: only what happened in this round, and no figures; empty for all.

    Raises:
        WrongUse: the name means nobody or several; there is neither a ledger nor a figure, or none
            although letters were made here.
    """
    if missing := missing_ledger(workspace):
        raise WrongUse(missing)
    register = read_register(
        workspace.data / "municipalities.csv", Findings(), shown_as="municipalities.csv"
    )
    if not workspace.has_ledger:
        found = _figures(workspace, register, _numbers(register, who))
        if round_name or not found.years:
            raise WrongUse(tr("Nothing has happened yet: there is no ledger."))
        return found
    with LedgerReader(workspace.ledger) as ledger:
        numbers = _meant(register, who, ledger)
        events = [event for number in numbers for event in ledger.events(round_name, number)]
        events.sort(key=lambda event: event.sequence)
        if round_name:
            label = _label(register, numbers)
            return History(label, (), (), (), tuple(events))
        rounds = sorted(_rounds(ledger, numbers), key=lambda each: each.year)
        found = _figures(workspace, register, numbers)
    return replace(found, rounds=tuple(rounds), events=tuple(events))


def _rounds(ledger: LedgerReader, numbers: Sequence[str]) -> Iterator[RoundFigures]:
    """What the letters said that somebody has, or whose approval stands."""
    for name in ledger.rounds():
        approvals, answers = standing(ledger, name), ledger.answers(name)
        for number in numbers:
            approval, _ = approvals.get(number, (None, False))
            record = (approval.facts if approval is not None else None) or {}
            year, asked, minors = (record.get(fact) for fact in ("year", ASKED, MINORS))
            decided = last_decision(answers.get(number, ()))
            if approval is None or not isinstance(year, int):
                continue  # an earlier brevgen did not keep what a letter said
            if isinstance(asked, int) or decided is not None:
                yield RoundFigures(
                    round=name,
                    kind=str(record.get("kind", "")),
                    year=year,
                    reference=approval.reference,
                    asked=asked if isinstance(asked, int) else None,
                    minors=minors if isinstance(minors, int) else None,
                    decided=decided.decided if decided is not None else None,
                )


def _figures(workspace: Workspace, register: Register | None, numbers: Sequence[str]) -> History:
    """What was published of earlier years, carried to the last municipality of these numbers."""
    findings = Findings()
    last = _last(register, numbers)
    past = read_past_years(workspace.data / FILE, findings)
    if register is None or last is None or past is None:
        label = _label(register, numbers)
        return History(label, (), (), (), (), tuple(findings.items))
    day = last.valid_to or date.max
    years = past.of(last, register, day)
    parts = [
        each
        for each in register.on(FIRST_DAY).values()
        if [heir.number for heir in register.heirs(each.number, day)] == [last.number]
    ]
    made_of = tuple(each.name for each in parts) if len(parts) > 1 else ()
    return History(last.label, tuple(years), made_of, (), (), tuple(findings.items))


def _last(register: Register | None, numbers: Sequence[str]) -> Municipality | None:
    """The last municipality that bore one of the numbers; None where the register has none."""
    bearers = [register.ever(number) for number in numbers] if register is not None else []
    found = [bearer for bearer in bearers if bearer is not None]
    return max(found, key=lambda each: each.valid_to or date.max, default=None)


def _label(register: Register | None, numbers: Sequence[str]) -> str:
    last = _last(register, numbers)
    return last.label if last is not None else numbers[-1]


def _meant(register: Register | None, who: str, ledger: LedgerReader) -> list[str]:
    holder = ledger.find_reference(who)
    who = holder.municipality if holder is not None else who
    is_known = register is not None and register.ever(who) is not None
    if _is_number(who) and not is_known and ledger.events("", who):
        return [who]
    return _numbers(register, who)


def _is_number(who: str) -> bool:
    return len(who) == 4 and who.isdecimal()


def _numbers(register: Register | None, who: str) -> list[str]:
    """The numbers that the municipality that is meant has borne."""
    if register is None:
        found = []
    elif _is_number(who) and (bearer := register.ever(who)) is not None:
        found = [
            group
            for group in register.ever_named(bearer.name)
            if who in {each.number for each in group}
        ]
    else:
        found = register.ever_named(who)
    if not found:
        raise means_nobody(who)
    if len(found) > 1:
        raise means_several(who, (f"{each[-1].label} ({each[-1].county})" for each in found))
    return list(dict.fromkeys(each.number for each in found[0]))
