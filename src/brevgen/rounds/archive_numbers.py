"""Reading back the numbers that the archive gave the letters, and keeping them in the ledger.

Nothing that was kept is changed: another number takes the place of an earlier one only where that
is said, and both stay.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from brevgen.archive.numbers import case_in_year, entry_in_case
from brevgen.archive.numbers_table import (
    CASE,
    ENTRY,
    ORGANISATION,
    RECIPIENT,
    REFERENCE,
    NumbersTable,
    ToldNumber,
    read_numbers,
)
from brevgen.channels.svarut.forsendelse import ArchiveNumbers
from brevgen.errors import Refused
from brevgen.findings import FaultyInput, Findings
from brevgen.language import tr
from brevgen.ledger.records import ArchiveNumber
from brevgen.rounds.archive_entries import FinalLetter, final_letters
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class KeptNumber:
    """A letter's number in the archive, as it was read.

    Args:
        municipality: number and name.
        reference: the letter's reference.
        case_number: the number of the case.
        journal_number: of the entry in it; may be empty.
        archive: what the archive is called; may be empty.
        replaces: the number it takes the place of; empty for none.
        is_new: whether it was not kept already.
    """

    municipality: str
    reference: str
    case_number: str
    journal_number: str
    archive: str
    replaces: str
    is_new: bool


@dataclass(frozen=True)
class KeptNumbers:
    """What was read back from the archive.

    Args:
        round: the round's name.
        numbers: every number that was told, in order of the file.
        blank: how many rows tell no number yet.
        missing: the references of sealed letters of which no number is known still.
    """

    round: str
    numbers: tuple[KeptNumber, ...]
    blank: int
    missing: tuple[str, ...]


def keep_numbers(session: RoundSession, path: Path, *, replace: bool = False) -> KeptNumbers:
    """Keep the archive's numbers from a spreadsheet; all of them or none.

    Args:
        path: the spreadsheet, .xlsx or .csv; `journal.csv` filled in will do.
        replace: whether a number may take the place of another that is kept already.

    Raises:
        FaultyInput: something in it does not fit; all that does not.
        Refused: no letter of the round is sealed.
    """
    session.actor.must_have("follow up")
    if not final_letters(session)[0]:
        raise Refused(
            tr(
                "No letter of the round {round} is approved and sealed, so the archive has none.",
                round=session.name,
            )
        )
    findings = Findings()
    table = read_numbers(path, findings, shown_as=path.name)
    if table is None:
        raise FaultyInput(findings.items)
    _check(session, table, findings, replace=replace)
    findings.stop_on_faults()
    letters = _by_reference(session)
    lines = [_line(letters[each.reference], each) for each in table.rows]
    if any(each.is_new for each in lines):
        with session.changing() as ledger:
            letters = _by_reference(session)
            _check(session, table, findings, replace=replace)  # somebody may have been faster
            findings.stop_on_faults()
            lines = [_line(letters[each.reference], each) for each in table.rows]
            new = [row for row, line in zip(table.rows, lines, strict=True) if line.is_new]
            ledger.keep_archive_numbers([_told(letters[each.reference], each) for each in new])
            session.forget()
    known = {each.reference for each in lines}
    missing = [r for r, each in letters.items() if each.archived is None and r not in known]
    return KeptNumbers(session.name, tuple(lines), table.blank, tuple(missing))


def numbers_of(session: RoundSession) -> Callable[[str], ArchiveNumbers]:
    """What tells the archive's numbers of a letter by its reference, as channels take them along.

    A number that is not written as year and number is none to them.
    """

    def find(reference: str) -> ArchiveNumbers:
        every = session.known.archive_numbers.values()
        kept = [each for those in every for each in those if each.reference == reference]
        if not kept:
            return ArchiveNumbers()
        year, number = case_in_year(kept[-1].case_number) or (None, None)
        entry = entry_in_case(kept[-1].journal_number)
        return ArchiveNumbers(case_year=year, case_number=number, entry=entry)

    return find


def _by_reference(session: RoundSession) -> dict[str, FinalLetter]:
    return {each.reference: each for each in final_letters(session)[0]}


def _told(letter: FinalLetter, row: ToldNumber) -> ArchiveNumber:
    """What is told of a letter, as the ledger keeps it."""
    return ArchiveNumber(
        round=letter.file.round,
        municipality=letter.number,
        reference=row.reference,
        case_number=row.case_number,
        journal_number=row.journal_number,
        archive=row.archive,
    )


def _line(letter: FinalLetter, told: ToldNumber) -> KeptNumber:
    before = letter.archived
    is_new = before is None or _differs(before, told)
    return KeptNumber(
        municipality=letter.label,
        reference=told.reference,
        case_number=told.case_number,
        journal_number=told.journal_number,
        archive=told.archive,
        replaces=before.in_words if is_new and before is not None else "",
        is_new=is_new,
    )


def _differs(before: ArchiveNumber, told: ToldNumber) -> bool:
    return (before.case_number, before.journal_number, before.archive) != (
        *(told.case_number, told.journal_number, told.archive),
    )


def _check(
    session: RoundSession, table: NumbersTable, findings: Findings, *, replace: bool
) -> None:
    """Each row is of a sealed letter, says no other number than is known, and the only one."""
    letters, entries = _by_reference(session), dict[tuple[str, str], int]()
    told_of = {each.reference for each in table.rows}
    taken = {
        (kept.case_number, kept.journal_number): letter.label
        for letter in letters.values()
        if (kept := letter.archived) is not None and letter.reference not in told_of
    }
    for each in table.rows:
        place = table.table.place(each.row, REFERENCE)
        letter = letters.get(each.reference)
        if letter is None:
            findings.fault(
                tr(
                    "The round {round} has no sealed letter with the reference {reference}.",
                    round=session.name,
                    reference=each.reference,
                ),
                tr("See whether the reference is right, and of this round."),
                place,
            )
            continue
        _check_recipient(session, table, each, letter, findings)
        told, before = _told(letter, each), letter.archived
        if before is not None and _differs(before, each) and not replace:
            findings.fault(
                tr(
                    "{municipality} ({reference}) is {before} in the archive already, not {now}.",
                    municipality=letter.label,
                    reference=each.reference,
                    before=before.in_words,
                    now=told.in_words,
                ),
                tr(
                    "Put the number right; if it has really changed, say so: --replace, or tick the"
                    " box."
                ),
                table.table.place(each.row, CASE),
            )
        key = (each.case_number, each.journal_number)
        if each.journal_number and key in taken:
            findings.fault(
                tr(
                    "{number} is the number of {municipality} already.",
                    number=told.in_words,
                    municipality=taken[key],
                ),
                tr("See which of the two it is."),
                table.table.place(each.row, ENTRY),
            )
        first = entries.setdefault(key, each.row.number)
        if each.journal_number and first != each.row.number:
            findings.fault(
                tr(
                    "{number} is the number of the letter in row {row} already.",
                    number=told.in_words,
                    row=first,
                ),
                tr("See which of the two it is."),
                table.table.place(each.row, ENTRY),
            )


def _check_recipient(
    session: RoundSession,
    table: NumbersTable,
    told: ToldNumber,
    letter: FinalLetter,
    findings: Findings,
) -> None:
    """A reference that has slipped into another row would give a letter another one's number."""
    register = session.readable_facts.register if session.readable_facts is not None else None
    if register is None:
        return
    name, number = (str(told.row.cells.get(each, "")) for each in (RECIPIENT, ORGANISATION))
    heirs = register.heirs(letter.number, date.max)
    own = {letter.number, *(each.number for each in heirs)}
    named = [each for those in register.ever_named(name) for each in those]
    numbered = [each for each in register if each.organisation_number == number.strip() != ""]
    for column, found in ((RECIPIENT, named), (ORGANISATION, numbered)):
        if found and not own & {each.number for each in found}:
            then = [each for each in found if each.valid_on(letter.dated)]
            findings.fault(
                tr(
                    "{reference} is the letter to {municipality}, and the row is of {other}.",
                    reference=told.reference,
                    municipality=letter.label,
                    other=(then or found)[-1].label,
                ),
                tr("See that reference, number and recipient of the row belong together."),
                table.table.place(told.row, column),
            )
            return
