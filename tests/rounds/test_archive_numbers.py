"""The archive's numbers are read back, kept beside earlier ones, and shown where letters are."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from brevgen.actor import Actor
from brevgen.channels.svarut.forsendelse import ArchiveNumbers
from brevgen.errors import MayNot, Refused
from brevgen.findings import FaultyInput
from brevgen.rounds.archive import archive
from brevgen.rounds.archive_numbers import keep_numbers, numbers_of
from brevgen.rounds.history import history
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import status
from brevgen.workspace import find_workspace
from tests.support.made_rounds import copied
from tests.support.sessions import Clock, session, silent
from tests.support.tables import workbook

HEADER = "vår_ref;saksnummer;journalpostnummer;arkiv"


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def opened(place: Path) -> Iterator[RoundSession]:
    with session(place, account="arne") as found:
        yield found


@pytest.fixture
def references(opened: RoundSession) -> dict[str, str]:
    return dict(opened.known.references)


def written(place: Path, *rows: str, header: str = HEADER) -> Path:
    file = place / "numre.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return file


def faults(opened: RoundSession, file: Path, **how: bool) -> list[str]:
    before = opened.ledger.mark() if opened.ledger else None
    with pytest.raises(FaultyInput) as error:
        keep_numbers(opened, file, **how)
    assert opened.ledger.mark() == before
    return [str(each) for each in error.value.findings if each.severity == "fault"]


def test_numbers_are_kept_and_shown(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    aas, vinje = references["0214"], references["0834"]
    kept = keep_numbers(
        opened, written(place, f"{aas};2017/9235;1;Elements", f"{vinje};2017/9235-2;;", ";;;")
    )
    assert [(e.reference, e.case_number, e.journal_number) for e in kept.numbers] == [
        (aas, "2017/9235", "1"),
        (vinje, "2017/9235", "2"),
    ]
    assert len(kept.missing) == 4
    lines = {each.number: each.archive_number for each in status(opened).letters}
    assert (lines["0214"], lines["0834"], lines["0219"]) == ("2017/9235-1", "2017/9235-2", "")
    events = history(find_workspace(place), "0214").events
    assert (events[-1].act, events[-1].what) == ("archive number kept", "2017/9235 1 Elements")


@pytest.mark.parametrize(
    ("header", "aas", "vinje"),
    [
        ("mottaker", "Ås kommune", "Vinje kommune"),
        ("kommunenavn", "ÅS", "Vinje"),
        ("orgnr", "964948798", "964964610"),
    ],
)
def test_a_row_that_is_of_another_letter_than_its_reference_is_a_fault(
    opened: RoundSession,
    place: Path,
    references: dict[str, str],
    header: str,
    aas: str,
    vinje: str,
) -> None:
    numbers = [
        f"{references['0834']};2017/9235;1;{aas}",
        f"{references['0214']};2017/9235;2;{vinje}",
    ]
    file = written(place, *numbers, header=f"vår_ref;saksnummer;journalpostnummer;{header}")
    first, second = faults(opened, file)
    assert first == (
        f"numre.csv, row 2, {header}: {references['0834']} is the letter to 0834 Vinje, and the row"
        " is of 0214 Ås. See that reference, number and recipient of the row belong together."
    )
    assert "is the letter to 0214 Ås, and the row is of 0834 Vinje." in second


def test_a_recipient_in_words_of_the_archives_own_is_passed_over(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    row = f"{references['0214']};2017/9235;1;Ordføreren i Ås;"
    file = written(place, row, header="vår_ref;saksnummer;journalpostnummer;mottaker;orgnr")
    assert len(keep_numbers(opened, file).numbers) == 1


def test_channels_are_told_the_numbers_that_hold(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    aas, vinje = references["0214"], references["0834"]
    keep_numbers(opened, written(place, f"{aas};2017/9235;1", f"{vinje};SAK-7;"))
    keep_numbers(opened, written(place, f"{aas};2017/9235;3"), replace=True)
    find = numbers_of(opened)
    assert find(aas) == ArchiveNumbers(case_year=2017, case_number=9235, entry=3)
    assert find(vinje) == find(references["0219"]) == ArchiveNumbers()


def test_a_file_read_twice_keeps_nothing_new_and_another_number_must_be_meant(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    aas = references["0214"]
    keep_numbers(opened, written(place, f"{aas};2017/9235;1"))
    again = keep_numbers(opened, written(place, f"{aas};2017/9235;1"))
    assert [each.is_new for each in again.numbers] == [False]
    other = written(place, f"{aas};2017/9235;7")
    (fault,) = faults(opened, other)
    assert "2017/9235-1" in fault
    assert "2017/9235-7" in fault
    (line,) = keep_numbers(opened, other, replace=True).numbers
    assert (line.replaces, line.is_new) == ("2017/9235-1", True)
    numbers = opened.ledger.archive_numbers("trial")["0214"]
    assert [each.in_words for each in numbers] == ["2017/9235-1", "2017/9235-7"]


def test_every_fault_is_told_at_its_cell_and_nothing_is_kept(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    aas, moss, vinje = references["0214"], references["0219"], references["0834"]
    keep_numbers(opened, written(place, f"{vinje};2017/9;9"))
    told = faults(
        opened,
        written(
            place,
            "99-12345;2017/1;1",
            f"{aas};;3",
            f"{moss};2017/1;4",
            f"{moss};2017/1;5",
            ";2017/1;6",
            f"{references['1515']};2017/1;4",
            f"{references['1940']};2017/9;9",
            f"{references['2011']};{'9' * 99};1",
        ),
    )
    assert len(told) == 7, told
    for where, what in (
        ("row 2", "99-12345"),
        ("row 3", "case is missing"),
        ("row 5", "in row 4 already"),
        ("row 6", "reference is missing"),
        ("row 7", "letter in row 4"),
        ("row 8", "Vinje"),
        ("row 9", "too long"),
    ):
        assert any(where in each and what in each for each in told), (where, told)


def test_a_number_that_excel_took_for_a_date_is_a_fault(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["vår_ref", "saksnummer"])
        sheet.append([references["0214"], date(2017, 5, 17)])

    (fault,) = faults(opened, workbook(place / "numre.xlsx", fill))
    assert "saksnummer" in fault


def test_the_journal_filled_in_is_read_back(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    with session(place, clock=Clock(datetime.now(UTC))) as now:
        archive(now, progress=silent)
    journal = place / "output" / "trial" / "archive" / "journal.csv"
    text = journal.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    for number, row in enumerate(rows, start=1):
        row["saksnummer"], row["journalpostnummer"] = "2017/9235", str(number)
    filled = io.StringIO(newline="")
    writer = csv.DictWriter(filled, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    file = place / "fylt.csv"
    file.write_text(filled.getvalue(), encoding="utf-8-sig")
    kept = keep_numbers(opened, file)
    assert (len(kept.numbers), kept.missing) == (6, ())


def test_who_may_not_and_where_there_is_nothing(place: Path) -> None:
    looker = Actor("ola", roles=("make", "approve", "send"))
    file = written(place, "1;2017/1;1")
    with (
        RoundSession(find_workspace(place), "trial", looker, Clock()) as opened,
        pytest.raises(MayNot),
    ):
        keep_numbers(opened, file)
    with session(place, name="2018") as opened, pytest.raises(Refused):
        keep_numbers(opened, file)


def test_what_is_told_is_compared_as_it_is_kept(
    opened: RoundSession, place: Path, references: dict[str, str]
) -> None:
    aas = references["0214"]
    first = keep_numbers(opened, written(place, f"{aas};2017/9235;1;Elements")).numbers[0]
    assert (
        replace(first, is_new=False)
        == keep_numbers(opened, written(place, f" {aas} ; 2017/9235-1 ;;Elements")).numbers[0]
    )
