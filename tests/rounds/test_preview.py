"""A preview shows the letter as it would be now, and changes nothing."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.support.reading import docx_blocks, page_texts, tidy
from tests.support.running import Ran
from tests.support.samples import ROWS, make_round
from tests.support.sessions import generated

Run = Callable[..., Ran]


@pytest.fixture
def folder(workspace: Path) -> Path:
    return workspace / "output" / "trial"


@pytest.fixture
def ledger(workspace: Path) -> Path:
    return workspace / "data" / "ledger.sqlite3"


def everything(workspace: Path) -> dict[Path, bytes]:
    """Every file of a workspace but the previews."""
    files = (file for file in workspace.rglob("*") if file.is_file())
    return {file: file.read_bytes() for file in files if "previews" not in file.parts}


FORMATS = pytest.mark.parametrize("form", ["pdf", "docx", "html", "text"])


@FORMATS
def test_a_preview_writes_one_file_and_touches_nothing_else(
    workspace: Path, brevgen: Run, folder: Path, ledger: Path, form: str
) -> None:
    before = everything(workspace)
    ending = {"text": "txt"}.get(form, form)
    words = ["--output", folder / "previews" / "x.txt"] if form == "text" else []
    ran = brevgen("preview", "trial", "Vinje", "--format", form, *words)
    assert ran.code == 0
    assert everything(workspace) == before
    assert not ledger.exists(), "not even the ledger's file is made"
    name = "x.txt" if words else f"0834-Vinje-17-09101.{ending}"
    assert ran.out == f"output/trial/previews/{name}\n"
    assert [file.name for file in (folder / "previews").iterdir()] == [name]


def words_of(form: str, data: bytes) -> str:
    """The words of a letter, whatever it is written as."""
    match form:
        case "pdf":
            return tidy(" ".join(page_texts(data)))
        case "docx":
            return tidy(" ".join(docx_blocks(data)))
        case "html":
            page = etree.fromstring(data, etree.HTMLParser())
            return tidy(
                " ".join("".join(e.itertext()) for e in page.xpath("//h1|//h2|//p|//dl/div"))
            )
    lines = [line for line in data.decode().splitlines() if set(line) - {"=", "-"}]
    return tidy(" ".join(lines))


def test_every_format_says_the_same_words_in_the_same_order(brevgen: Run, tmp_path: Path) -> None:
    said = set()
    for form in ("pdf", "docx", "html", "text"):
        file = tmp_path / form
        brevgen("preview", "trial", "Bærum", "--format", form, "--output", file)
        words = words_of(form, file.read_bytes())
        said.add(tidy(re.sub(r"Telefon .*? https://www\.imdi\.example/", "", words, count=1)))
    (words,) = said
    assert "IMDi Integrerings- og mangfoldsdirektoratet UTKAST – ikke godkjent" in words
    assert "Deres ref: 2017/311" in words
    assert "65 flyktninger" in words


def test_a_reference_that_is_not_given_yet_is_told_on_stderr(brevgen: Run) -> None:
    ran = brevgen("preview", "trial", "Herøy (Møre og Romsdal)", "--format", "text")
    assert "Vår ref: 17-09102" in tidy(ran.out)
    assert "not given yet; 17-09102 is what it would be now" in ran.err
    assert "brevgen generate trial" in ran.err


def test_the_reference_of_a_preview_is_the_one_that_is_given_afterwards(
    workspace: Path, brevgen: Run, folder: Path, tmp_path: Path
) -> None:
    for number in ("0214", "0834", "2011"):
        brevgen("preview", "trial", number, "--output", tmp_path / number)
    generated(workspace)
    for number in ("0214", "0834", "2011"):
        (draft,) = (folder / "drafts").glob(f"{number}-*.pdf")
        assert (tmp_path / number).read_bytes() == draft.read_bytes()


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_the_preview_of_a_letter_that_is_made_has_the_same_bytes_and_no_note(
    workspace: Path, brevgen: Run, folder: Path, form: str
) -> None:
    generated(workspace)
    ran = brevgen("preview", "trial", "ås", "--format", form)
    assert ran.err == ""
    preview = folder / "previews" / f"0214-Ås-17-09235.{form}"
    assert preview.read_bytes() == (folder / "drafts" / preview.name).read_bytes()


def test_a_preview_shows_what_is_new_and_leaves_the_draft_alone(
    workspace: Path, brevgen: Run, folder: Path
) -> None:
    generated(workspace)
    before = everything(workspace / "output")
    make_round(workspace, [row.replace(";4;2;", ";4;3;") for row in ROWS])
    ran = brevgen("preview", "trial", "0219", "--format", "text")
    assert "3 av dem under 15 år" in tidy(ran.out)
    assert everything(workspace / "output") == before


def test_text_goes_to_stdout_where_no_file_is_named(brevgen: Run, folder: Path) -> None:
    ran = brevgen("preview", "trial", "Ås", "--format", "text")
    assert ran.out.startswith("IMDi Integrerings- og mangfoldsdirektoratet\n\nTelefon")
    assert ran.out.endswith("regiondirektør\n")
    assert not folder.exists()


def test_a_dash_sends_the_bytes_to_stdout_and_nothing_besides(
    workspace: Path, brevgen: Run, tmp_path: Path
) -> None:
    file = tmp_path / "letter"
    brevgen("preview", "trial", "Ås", "--format", "pdf", "--output", file)
    words = ["preview", "trial", "Ås", "--format", "pdf", "--output", "-"]
    ran = subprocess.run(
        [sys.executable, "-m", "brevgen", *words],
        cwd=workspace,
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert ran.stdout == file.read_bytes()
    assert "17-09235" in ran.stderr.decode()


def test_a_named_file_is_written_where_the_user_is(
    workspace: Path, brevgen: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    ran = brevgen("preview", "trial", "Ås", "--output", "a/b.pdf", "--workspace", workspace)
    assert (elsewhere / "a" / "b.pdf").read_bytes().startswith(b"%PDF")
    assert ran.out == f"{elsewhere}/a/b.pdf\n"


def test_a_file_that_cannot_be_written_is_told(brevgen: Run, tmp_path: Path) -> None:
    ran = brevgen("preview", "trial", "Ås", "--output", tmp_path)
    assert ran.code == 2
    assert f"{tmp_path} is no ordinary file." in ran.err


def test_a_preview_in_the_browser_brings_its_looks_along(brevgen: Run, tmp_path: Path) -> None:
    brevgen("preview", "trial", "Ås", "--format", "html", "--output", tmp_path / "l.html")
    page = etree.parse(io.BytesIO((tmp_path / "l.html").read_bytes()), etree.HTMLParser())
    assert "Source Sans Pro" in page.findtext("head/style")


def test_without_references_left_there_is_no_preview(workspace: Path, brevgen: Run) -> None:
    make_round(workspace, ROWS[1:], last='"17-09102"')
    ran = brevgen("preview", "trial", "Vinje")
    assert ran.code == 3
    assert "too short" in ran.err
