"""The report: the caseworker's own columns, and beside them what became of each letter."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.files import sha256_of_file
from brevgen.tables.csv_file import as_text_cell
from tests.support.running import Ran
from tests.support.samples import HEADER, ROWS, make_round
from tests.support.sessions import generated

Run = Callable[..., Ran]

OURS = [
    "brevgen_referanse",
    "brevgen_status",
    "brevgen_godkjent_av",
    "brevgen_godkjent",
    "brevgen_sider",
    "brevgen_pdf",
    "brevgen_pdf_sha256",
    "brevgen_docx_sha256",
    "brevgen_laget",
    "brevgen_sendt",
    "brevgen_mottakere",
    "brevgen_svar",
    "brevgen_vedtatt",
    "brevgen_vedtatt_mindreårige",
    "brevgen_vedtaksdato",
    "brevgen_svarfrist",
    "brevgen_dager_over_fristen",
]


@pytest.fixture
def folder(workspace: Path) -> Path:
    return workspace / "output" / "trial"


def read_csv(folder: Path) -> list[list[str]]:
    text = (folder / "report.csv").read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def told(folder: Path, number: str) -> dict[str, str]:
    """What the report tells of one letter in our columns, without those that are empty."""
    header, *rows = read_csv(folder)
    (row,) = (dict(zip(header, row, strict=True)) for row in rows if number in row)
    return {name: row[name] for name in OURS if row[name]}


def test_the_own_columns_come_first_in_their_order_and_unchanged(
    workspace: Path, folder: Path
) -> None:
    generated(workspace, only=["Ås"])
    header, *rows = read_csv(folder)
    assert header == [*HEADER.split(";"), *OURS]
    assert [row[:8] for row in rows] == [row.split(";") for row in ROWS]


def test_columns_in_another_order_with_other_headers_are_kept_as_they_are(
    workspace: Path, folder: Path
) -> None:
    own = "Merknad;Kommune;Knr;EM;Anmodet;Saksnr"
    rows = ["haster;Ås;214;0;10;17-09235", ";Bærum;0219;;65;", '"a;b";Vinje;834;0;10;']
    round_folder = make_round(workspace, ROWS[:3], minors="0")
    (round_folder / "allocation.csv").write_text("\n".join([own, *rows]), encoding="utf-8")
    generated(workspace)
    header, *lines = read_csv(folder)
    assert header == ["Kommune", "Knr", "EM", "Anmodet", "Saksnr", "Merknad", *OURS]
    assert [line[:7] for line in lines] == [
        ["Ås", "0214", "0", "10", "17-09235", "haster", "17-09235"],
        ["Bærum", "0219", "", "65", "", "", "17-09100"],
        ["Vinje", "0834", "0", "10", "", "a;b", "17-09101"],
    ]


def test_what_became_of_each_letter_stands_beside_it(workspace: Path, folder: Path) -> None:
    generated(workspace, only=["Ås"])
    pdf = folder / "drafts" / "0214-Ås-17-09235.pdf"
    aas = told(folder, "0214")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", aas.pop("brevgen_laget"))
    assert aas == {
        "brevgen_referanse": "17-09235",
        "brevgen_status": "utkast",
        "brevgen_sider": "1",
        "brevgen_pdf": pdf.name,
        "brevgen_pdf_sha256": sha256_of_file(pdf),
        "brevgen_docx_sha256": sha256_of_file(pdf.with_suffix(".docx")),
        "brevgen_mottakere": "Ordfører ordforer@as.kommune.example: skal sendes; "
        "Rådmann radmann@as.kommune.example: skal sendes",
    }
    baerum = told(folder, "0219")
    del baerum["brevgen_mottakere"]
    assert baerum == {"brevgen_referanse": "17-09100", "brevgen_status": "skal lages"}


def test_a_letter_that_would_say_something_else_now_is_not_told_as_made(
    workspace: Path, folder: Path
) -> None:
    generated(workspace)
    make_round(workspace, [row.replace(";4;2;", ";4;3;") for row in ROWS])
    generated(workspace, only=["Ås"])
    assert told(folder, "0214")["brevgen_status"] == "utkast"
    assert "brevgen_pdf" not in told(folder, "0219")
    assert told(folder, "0219")["brevgen_status"] == "endret"


def test_the_csv_opens_in_excel(workspace: Path, folder: Path) -> None:
    generated(workspace, only=["Ås"])
    data = (folder / "report.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfkommunenummer;"), "told as UTF-8 by its first bytes"
    assert data.count(b"\r\n") == 1 + len(ROWS)
    assert data.count(b"\n") == 1 + len(ROWS)


NASTY = ["=1+1", "+47 40", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")']


def test_no_cell_is_taken_for_a_formula(workspace: Path, folder: Path) -> None:
    header = "kommunenummer;kommunenavn;antall;deres_ref;=navn"
    rows = [f"0214;Ås;10;;{NASTY[0]}"]
    quoted = NASTY[5].replace('"', '""')
    rows += [f"0219;Bærum;65;{NASTY[1]};{NASTY[2]}", f'0834;Vinje;10;@x;"{quoted}"']
    round_folder = make_round(workspace, ROWS[:3], minors="0")
    (round_folder / "allocation.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    generated(workspace, only=["Ås"])
    for row in read_csv(folder):
        assert [cell for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    names, aas, baerum, vinje = read_csv(folder)
    assert names[4] == "'=navn"
    assert (aas[4], baerum[3], baerum[4], vinje[4]) == ("'=1+1", "'+47 40", "'-1", f"'{NASTY[5]}")


@pytest.mark.parametrize("text", NASTY)
def test_a_formula_becomes_text(text: str) -> None:
    assert as_text_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "Ås", "17-09235", "a=b", 10, 0, -1, 2.5])
def test_what_is_no_formula_stays_as_it_is(value: str | int | float) -> None:
    assert as_text_cell(value) == value


def test_the_same_letters_give_the_same_bytes(workspace: Path, brevgen: Run, folder: Path) -> None:
    generated(workspace)
    before = [(folder / name).read_bytes() for name in ("report.csv", "report.html")]
    brevgen("generate", "trial", "--jobs", "1")
    assert [(folder / name).read_bytes() for name in ("report.csv", "report.html")] == before


def test_a_report_that_is_open_elsewhere_is_told_and_the_letters_are_there(
    brevgen: Run, folder: Path
) -> None:
    (folder / "report.csv").mkdir(parents=True)
    ran = brevgen("generate", "trial", "--jobs", "1")
    assert ran.code == 4
    assert "The report cannot be written" in ran.err
    assert len(list((folder / "drafts").iterdir())) == 12
