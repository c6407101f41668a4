"""Data that would be a program elsewhere are words here: in letters, reports and on the screen."""

import csv
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from brevgen.findings import Finding, Place
from tests.hostile import workbooks
from tests.hostile.bounds import Ended, Nursery, Run
from tests.support.reading import docx_blocks, page_texts

FORMULA, SCRIPT, JINJA = "=HYPERLINK(A1)", "<script>alert(1)</script>", "{{ 7*7 }}{% for i %}"

NAMES = (
    *("../../../etc/passwd", "C:\\con", "..", FORMULA, SCRIPT, "[red]Ås[/]", "[/]", "&amp;lt;"),
    *("--", "O'Hara; DROP TABLE", '"'),
)
"""Names in the register and the allocation: strange, but the same in both."""

REFERENCES = (FORMULA, "<b>", "[bold]a[/]", "abcdefgh/pqrst|uvw}xyz!a?def", "%s%n", "a\tb")
UNPRINTABLE = ("None", JINJA)
KEPT = (FORMULA, "+1", "-1+1", "@a", SCRIPT, JINJA, '"><img src=x>', "[red]a[/]")
"""Columns that are only kept: each is its own header."""

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


Made = tuple[Path, Ended]


def number(name: str, reference: str = "") -> str:
    """The number of the municipality that bears a name, or has a reference."""
    everybody = [*((name, "") for name in NAMES)]
    everybody += [("Ås", reference) for reference in (*REFERENCES, *UNPRINTABLE)]
    return str(1001 + everybody.index((name, reference)))


def add_rows(path: Path, rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


@pytest.fixture(scope="module")
def made(nursery: Nursery, untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A workspace where letters to strange municipalities were made, and how that ended."""
    place = tmp_path_factory.mktemp("strange") / "workspace"
    shutil.copytree(untouched, place)
    asked = [(name, "") for name in NAMES]
    asked += [("Ås", reference) for reference in (*REFERENCES, *UNPRINTABLE)]
    numbered = [(number(*each), *each) for each in asked]
    add_rows(
        place / "data" / "municipalities.csv",
        [(n, name, "bokmål", "", "IMDi Øst", "F", *[""] * 6) for n, name, _ in numbered],
    )
    add_rows(
        place / "data" / "contacts.csv",
        [(n, name, "post@imdi.example", *[""] * 4) for n, name, _ in numbered],
    )
    folder = place / "data" / "rounds" / "trial"
    (folder / "allocation.csv").unlink()
    rows = [(n, name, "10", reference, *KEPT) for n, name, reference in numbered]
    header = ("kommunenummer", "kommunenavn", "antall", "deres_ref", *KEPT)
    add_rows(folder / "allocation.csv", [header, *rows], ";")
    settings = (folder / "round.toml").read_text(encoding="utf-8")
    need = f"{SCRIPT} [red] {FORMULA} &lt; \\u00e5\\u200b."
    texts = {"total": 10 * len(asked), "minors": 0, "municipalities": len(asked)}
    for key, value in {**texts, "need": f'"{need}"'}.items():
        line = f"{key} = {value}".replace("\\", r"\\")
        settings = re.sub(rf"(?m)^{key} = .*$", line, settings)
    (folder / "round.toml").write_text(settings, encoding="utf-8")
    return place, nursery.run(place, "generate", "trial", "--jobs", "1")


def draft(place: Path, number: str) -> tuple[str, list[str]]:
    """The words of a letter, as PDF without blanks, and as DOCX by paragraphs."""
    (pdf,) = (place / "output" / "trial" / "drafts").glob(f"{number}-*.pdf")
    pages = "".join("".join(page_texts(pdf.read_bytes())).split())
    return pages, docx_blocks(pdf.with_suffix(".docx").read_bytes())


def bare(text: str) -> str:
    return "".join(text.split())


def test_each_letter_lies_in_its_folder_and_nowhere_else(made: Made) -> None:
    place, ended = made
    files = {path for path in place.parent.rglob("*") if path.suffix in (".pdf", ".docx")}
    files.discard(place / "templates" / "letters" / "styles.docx")
    assert {path.parent for path in files} == {place / "output" / "trial" / "drafts"}
    assert len(files) == 2 * (len(NAMES) + len(REFERENCES))
    assert f"{len(NAMES) + len(REFERENCES)} letters made" in ended.out


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_stands_in_the_letter_as_it_is_written(made: Made, name: str) -> None:
    pages, blocks = draft(made[0], number(name))
    assert any(f"{name} kommune" in block for block in blocks)
    assert bare(f"{name} kommune") in pages


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_strange_reference_stands_in_the_letter_as_it_is_written(
    made: Made, reference: str
) -> None:
    pages, blocks = draft(made[0], number("Ås", reference))
    assert any(bare(reference) in bare(block) for block in blocks)
    assert bare(reference) in pages


@pytest.mark.parametrize("reference", UNPRINTABLE)
def test_a_letter_that_cannot_be_printed_is_told_and_not_made(made: Made, reference: str) -> None:
    place, ended = made
    unmade = number("Ås", reference)
    assert ended.code == 4
    assert f"│ letter {unmade} " in ended.err
    assert not list(place.glob(f"output/trial/*/{unmade}-*"))


def test_the_words_of_a_round_are_words(made: Made) -> None:
    pages, blocks = draft(made[0], number(".."))
    said = f"{SCRIPT} [red] {FORMULA} &lt; å."
    assert any(said in block.replace("\xa0", " ") for block in blocks)
    assert bare(said) in pages


class Elements(HTMLParser):
    """Gathers the elements of a page, and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


Report = tuple[list[list[str]], Elements]
"""The rows of the spreadsheet, and the page."""


@pytest.fixture(scope="module")
def report(made: Made) -> Report:
    folder = made[0] / "output" / "trial"
    with (folder / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    return rows, Elements((folder / "report.html").read_text(encoding="utf-8"))


def as_reported(text: str) -> str:
    return f"'{text}" if text[0] in "=+-@" else text


@pytest.mark.parametrize("kept", KEPT)
def test_columns_that_are_only_kept_stand_in_the_report_as_words(report: Report, kept: str) -> None:
    (header, *rows), _ = report
    column = header.index(as_reported(kept))
    assert {row[column] for row in rows} == {as_reported(kept)}


@pytest.mark.parametrize("name", NAMES)
def test_strange_names_stand_in_the_report_as_words(report: Report, name: str) -> None:
    rows, page = report
    assert [row[1] for row in rows if row[0] == number(name)] == [as_reported(name)]
    assert name in page.words


def test_no_word_of_the_report_is_a_part_of_its_page(report: Report) -> None:
    assert not {"img", "b"} & set(report[1].elements)
    assert report[1].elements.count("script") == 1, "the page's own"


def test_the_stylesheet_cannot_end_itself_in_a_preview(place: Path, run: Run) -> None:
    path = place / "templates" / "letters" / "letter.css"
    path.write_text(path.read_text() + f"/* </style>{SCRIPT} */\n")
    ended = run("preview", "trial", "Ås", "--format", "html", "--output", "-")
    assert ended.code == 0, ended.err
    page = Elements(ended.out)
    assert "script" not in page.elements
    assert any("alert(1)" in words for words in page.words), "it is a part of the style"


# -- the screen -----------------------------------------------------------------------------------

TRICKS = "\x1b[31m\x9b2J\x07\u202eÅs\u2066\r[red]a[/][link=http://evil.example]b[/link][/]"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_workbook_cannot_talk_to_the_terminal(place: Path, run: Run, options: list[str]) -> None:
    name = "\u202e[red]a[/]\x9b31m"
    workbooks.put(place, workbooks.parts(sheets=f'<sheet name="{name}" sheetId="1" r:id="s1"/>'))
    ended = run("check", "trial", *options)
    assert ended.code == 1
    assert not UNSEEN.search(ended.out + ended.err)
    assert "\\u202e[red]a[/]\\u009b31m" in ended.out + ended.err
    if options:
        assert {each["place"]["sheet"] for each in json.loads(ended.out)["findings"]} >= {name}


def test_settings_cannot_talk_to_the_terminal(place: Path, run: Run) -> None:
    path = place / "data" / "rounds" / "trial" / "round.toml"
    tricks = json.dumps(TRICKS)
    path.write_text(f"kind = {tricks}\n{tricks} = 1\n", encoding="utf-8")
    ended = run("check", "trial")
    assert ended.code == 1
    assert not UNSEEN.search(ended.out + ended.err)
    assert ended.err.count("\\u001b[31m\\u009b2J\\u0007\\u202eÅs\\u2066\\u000d[red]a[/]") == 2


@pytest.mark.parametrize("words", [["check", TRICKS], ["preview", "trial", TRICKS]])
def test_what_was_typed_cannot_talk_to_the_terminal(run: Run, words: list[str]) -> None:
    ended = run(*words)
    assert ended.code == 2
    assert not UNSEEN.search(ended.out + ended.err)
    assert "[link=http://evil.example]b[/link]" in ended.err


def test_halves_of_characters_are_shown_too(run: Run) -> None:
    ended = run("check", "a\udcffb\ud800")
    assert ended.code == 2
    assert "“a\\udcffb\\ud800”" in ended.err


def test_a_long_place_is_shown_in_short() -> None:
    place = Place("f.csv", "s" * 9_000, 1, "c" * 9_000)
    assert len(str(Finding("fault", "a", "b", place))) < 500
