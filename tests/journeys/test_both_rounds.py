"""The two rounds that are shipped, made whole: 210 letters for 2018 and 355 for 2024."""

import csv
import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass
from filecmp import cmp
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import page as validator
import pytest

from tests.support.made_rounds import drafted, made_once
from tests.support.reading import docx_blocks, page_texts, tidy
from tests.support.running import Ran, finish, start
from tests.support.samples import ROOT, make_workspace

pytestmark = pytest.mark.slow

ROUNDS = {
    "2018": {"asked": 4400, "minors": 150, "letters": 210, "series": ("17-09100", "17-09499")},
    "2024": {"asked": 36985, "minors": 610, "letters": 355, "series": ("23-20001", "23-20500")},
}


@dataclass(frozen=True)
class Made:
    """A round that was made with two processes, in a workspace where nothing is changed."""

    name: str
    workspace: Path
    ran: Ran
    words: dict[str, str]
    """The words of each PDF, by municipality number."""

    @property
    def figures(self) -> dict[str, Any]:
        return ROUNDS[self.name]

    @property
    def folder(self) -> Path:
        return self.workspace / "output" / self.name

    @property
    def drafts(self) -> list[Path]:
        return sorted((self.folder / "drafts").iterdir())


@pytest.fixture(scope="module", params=["2018", pytest.param("2024", marks=pytest.mark.slow)])
def made(request: pytest.FixtureRequest, shared: Path) -> Made:
    """A round, made once however many processes run the tests."""
    workspace, ran = drafted(shared, request.param)

    def read(path: Path) -> None:
        drafts = sorted((workspace / "output" / request.param / "drafts").glob("*.pdf"))
        texts = {file.name[:4]: tidy(" ".join(page_texts(file.read_bytes()))) for file in drafts}
        path.write_text(json.dumps(texts))

    words = made_once(shared, f"words of {request.param}", read)
    return Made(request.param, workspace, ran, json.loads(words.read_text()))


@cache
def allocation(name: str) -> dict[str, dict[str, Any]]:
    """The rows of a shipped allocation by municipality number, read without brevgen."""
    folder = ROOT / "data" / "rounds" / name
    if name == "2018":
        with (folder / "allocation.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
    else:
        sheet = openpyxl.load_workbook(folder / "allocation.xlsx").worksheets[0]
        header, *below = sheet.iter_rows(min_row=4, values_only=True)
        rows = [dict(zip(header, row, strict=True)) for row in below]
    found = {str(row["kommunenummer"]): row for row in rows if row["antall"]}
    return {number: row for number, row in found.items() if re.fullmatch(r"\d{4}", number)}


def register(year: str) -> dict[str, dict[str, str]]:
    """The municipalities of 1 January of a year, by number, read without brevgen."""
    day = f"{year}-01-01"
    with (ROOT / "data" / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["kommunenummer"]: row
            for row in csv.DictReader(file)
            if (row["gyldig_fra"] or "0") <= day <= (row["gyldig_til"] or "9")
        }


def number(text: str | int | None) -> int:
    return int("".join(str(text or 0).split()))


ASKED = re.compile(r"å (?:bosette|busette) (\d+(?: \d{3})*) flyktning")
MINORS = re.compile(r"(?:Av disse|Av desse) (\d+) e")


def test_every_letter_of_the_round_is_made_in_one_run(made: Made) -> None:
    assert made.ran.code == 0, made.ran.err
    assert made.ran.out.startswith(f"{made.figures['letters']} letters made, 0 up to date.\n")
    assert set(made.words) == set(allocation(made.name))


def test_each_letter_asks_for_what_the_allocation_says(made: Made) -> None:
    rows = allocation(made.name)
    asked = {who: [number(n) for n in ASKED.findall(text)] for who, text in made.words.items()}
    minors = {who: [number(n) for n in MINORS.findall(text)] for who, text in made.words.items()}
    assert asked == {who: [number(row["antall"])] for who, row in rows.items()}
    wanted = {who: number(row["enslige_mindreårige"]) for who, row in rows.items()}
    assert minors == {who: [count] if count else [] for who, count in wanted.items()}


def test_what_the_letters_ask_for_adds_up_to_the_national_figures(made: Made) -> None:
    asked = [number(n) for text in made.words.values() for n in ASKED.findall(text)]
    minors = [number(n) for text in made.words.values() for n in MINORS.findall(text)]
    assert (sum(asked), sum(minors), len(asked)) == (
        made.figures["asked"],
        made.figures["minors"],
        made.figures["letters"],
    )


def without_foot(words: str) -> str:
    """The words of a letter but for where the agency is reached, which stands at another place."""
    return tidy(re.sub(r"Telefon .*? https://www\.imdi\.example/", "", words, count=1))


def test_word_and_pdf_say_the_same_words_in_the_same_order(made: Made) -> None:
    for file in made.drafts:
        if file.suffix == ".docx":
            words = tidy(" ".join(docx_blocks(file.read_bytes())))
            assert without_foot(words) == without_foot(made.words[file.name[:4]]), file.name


def test_each_letter_names_its_municipality_and_is_in_its_written_form(made: Made) -> None:
    municipalities = register(made.name)
    for who, text in made.words.items():
        municipality = municipalities[who]
        name = municipality["kommunenavn"]
        assert text.count(f"{name} kommune ") >= 3, who
        nynorsk = municipality["målform"] == "nynorsk"
        assert ("Oppmoding om busetting" in text) == nynorsk, who
        assert ("Anmodning om bosetting" in text) != nynorsk, who
        assert ("Med helsing" in text) == nynorsk, who


def test_every_reference_is_given_once_and_is_one_of_the_series(made: Made) -> None:
    printed = {who: re.findall(r"Vår ref: (\d\d-\d{5}) ", text) for who, text in made.words.items()}
    assert {len(found) for found in printed.values()} == {1}
    references = [found[0] for found in printed.values()]
    assert len(set(references)) == made.figures["letters"]
    first, last = made.figures["series"]
    assert first <= min(references) < max(references) <= last
    if made.name == "2018":
        assert printed["0214"] == ["17-09235"]
    stems = [file.stem for file in made.drafts]
    assert Counter(stem[-8:] for stem in stems) == dict.fromkeys(references, 2)
    assert {stem[:4]: [stem[-8:]] for stem in stems} == printed


def test_the_files_are_named_for_people_and_there_is_nothing_else(made: Made) -> None:
    assert sorted(file.name for file in made.folder.iterdir()) == [
        *("drafts", "report.csv", "report.html"),
    ]
    names = register(made.name)
    for file in made.drafts:
        pattern = re.escape(file.stem[:4]) + r"-[\w-]+-\d\d-\d{5}\.(pdf|docx)"
        assert re.fullmatch(pattern, file.name)
        words = file.stem[5:-9].split("-")
        assert words == re.findall(r"[^\W_]+", names[file.name[:4]]["kommunenavn"])
    assert len(made.drafts) == 2 * made.figures["letters"]


def test_every_letter_fits_on_one_page_and_follows_the_standards(made: Made) -> None:
    for file in made.drafts[1::14]:
        data = file.read_bytes()
        assert len(page_texts(data)) == 1, file.name
        for standard in ("2a", "ua1"):
            assert validator.validate_pdf_bytes(data, profile=standard).is_compliant, file.name


def test_dates_and_deadline_are_those_of_the_round(made: Made) -> None:
    day, long = {
        "2018": ("6.11.2017", "6. januar 2018"),
        "2024": ("20.11.2023", "25. februar 2024"),
    }[made.name]
    for who, text in made.words.items():
        assert f"Dato: {day} " in text, who
        assert f" er {long}. " in text, who


def test_the_report_has_every_letter_and_its_sums_are_the_national_figures(made: Made) -> None:
    text = (made.folder / "report.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["kommunenummer"] for row in rows] == sorted(allocation(made.name))
    assert sum(number(row["antall"]) for row in rows) == made.figures["asked"]
    assert {row["brevgen_status"] for row in rows} == {"utkast"}
    extra = {"2018": "kilde", "2024": "fylke"}[made.name]
    source = allocation(made.name)
    assert {row["kommunenummer"]: row[extra] for row in rows} == {
        who: row[extra] for who, row in source.items()
    }
    page = (made.folder / "report.html").read_text(encoding="utf-8")
    assert "ikke de samme som de nasjonale tallene" not in page


def test_every_letter_stands_as_a_draft(made: Made) -> None:
    told = json.loads(finish(start(made.workspace, "status", made.name, "--json")).out)["letters"]
    assert [line["state"] for line in told] == ["draft"] * made.figures["letters"]


def test_the_next_run_makes_nothing_and_touches_no_letter(made: Made, tmp_path: Path) -> None:
    workspace = tmp_path / "again"
    shutil.copytree(made.workspace, workspace)
    folder = workspace / "output" / made.name
    before = {file: file.stat().st_mtime_ns for file in (folder / "drafts").iterdir()}
    ran = finish(start(workspace, "generate", made.name))
    assert ran.out.startswith(f"0 letters made, {made.figures['letters']} up to date.\n")
    assert {file: file.stat().st_mtime_ns for file in (folder / "drafts").iterdir()} == before
    for report in ("report.csv", "report.html"):
        assert (folder / report).read_bytes() == (made.folder / report).read_bytes()


@pytest.mark.slow
def test_one_process_makes_the_same_bytes_as_two(made: Made, tmp_path: Path) -> None:
    region = {"2018": "Nord", "2024": "Finnmark"}[made.name]
    workspace = make_workspace(tmp_path / "alone")
    ran = finish(start(workspace, "generate", made.name, "--region", region, "--jobs", "1"))
    assert ran.code == 0, ran.err
    files = list((workspace / "output" / made.name / "drafts").iterdir())
    assert len(files) >= 30
    for file in files:
        assert file.read_bytes() == (made.folder / "drafts" / file.name).read_bytes(), file.name


@pytest.mark.slow
@pytest.mark.parametrize("made", ["2018"], indirect=True)
def test_one_changed_figure_makes_exactly_one_letter_anew(made: Made, tmp_path: Path) -> None:
    workspace = tmp_path / "changed"
    shutil.copytree(made.workspace, workspace)
    file = workspace / "data" / "rounds" / "2018" / "allocation.csv"
    text = file.read_text(encoding="utf-8")
    assert "\n0104;Moss;35;3;1;" in text
    file.write_text(text.replace("\n0104;Moss;35;3;1;", "\n0104;Moss;35;3;2;"), encoding="utf-8")
    ran = finish(start(workspace, "generate", "2018"))
    assert ran.out.startswith("1 letter made, 209 up to date.\n")
    drafts = workspace / "output" / "2018" / "drafts"
    changed = [draft.name for draft in made.drafts if not cmp(draft, drafts / draft.name, False)]
    assert changed == ["0104-Moss-17-09101.docx", "0104-Moss-17-09101.pdf"]
