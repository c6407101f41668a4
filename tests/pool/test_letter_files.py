"""One letter made: both files or none, whole, and only after the PDF has been read back."""

import multiprocessing
import os
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from brevgen.files import sha256
from brevgen.findings import Findings
from brevgen.letter.content import Style
from brevgen.letter.letter import must_say
from brevgen.pool import letter_files
from brevgen.pool.letter_files import LetterMaker, Outcome, Task, check_look, look
from brevgen.render.pdf import PdfWriter
from tests.support.reading import docx_blocks, page_texts, tidy
from tests.support.running import seen_whole
from tests.support.samples import DATED, REFERENCE, REQUEST, TEMPLATES, content, letter

PATIENCE = 60  # seconds a process may take on a busy machine

spawn = multiprocessing.get_context("spawn")


@cache
def maker() -> LetterMaker:
    return LetterMaker(TEMPLATES)


def task(folder: Path, *, form: str = "nb", **changes: Any) -> Task:
    return Task(
        number="0214",
        reference=REFERENCE,
        dated=DATED,
        content=content(form=form, **changes),
        must_say=must_say(letter(written_form=form, **changes), REQUEST),
        folder=folder,
        stem="0214-Ås-17-09235",
    )


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


BOTH = ["0214-Ås-17-09235.docx", "0214-Ås-17-09235.pdf"]


@pytest.mark.parametrize("form", ["nb", "nn"])
def test_both_files_say_the_same_words_in_the_same_order(tmp_path: Path, form: str) -> None:
    done = task(tmp_path / "drafts", form=form, minors=4, minors_under_15=2)
    maker().make(done)
    docx, pdf = ((done.folder / name).read_bytes() for name in names(done.folder))
    wanted = tidy(" ".join(block.text for block in done.content.blocks))
    assert tidy(" ".join(docx_blocks(docx))) == wanted
    assert " ".join(page_texts(pdf)) == wanted


def test_the_outcome_tells_pages_and_digests_of_what_was_written(tmp_path: Path) -> None:
    outcome = maker().make(task(tmp_path, long=80))
    docx, pdf = ((tmp_path / name).read_bytes() for name in BOTH)
    assert outcome == Outcome("0214", 2, sha256(pdf), sha256(docx))
    assert names(tmp_path) == BOTH, "nothing else is left in the folder"


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "too long": ({"long": 200}, "pages: 3, at most 2 are allowed"),
    "a sign that the font lacks": ({"name": "Ås 漢"}, "layout: .*U\\+6F22"),
    "an address that is not live": ({"your_reference": "ola@as.example"}, "links: ola@as.example"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_letter_that_breaks_a_rule_leaves_no_file(tmp_path: Path, case: str) -> None:
    changes, told = BAD[case]
    outcome = maker().make(task(tmp_path / "drafts", **changes))
    assert [fault for fault in outcome.faults if re.match(told, fault)]
    assert (outcome.pdf_sha256, outcome.docx_sha256) == ("", "")
    assert names(tmp_path / "drafts") == []


def test_a_letter_that_breaks_a_rule_leaves_the_earlier_files_alone(tmp_path: Path) -> None:
    maker().make(task(tmp_path))
    before = {name: (tmp_path / name).read_bytes() for name in BOTH}
    assert maker().make(task(tmp_path, long=200)).faults
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


def test_a_letter_without_one_of_its_facts_is_not_made(tmp_path: Path) -> None:
    lacking = replace(task(tmp_path), must_say=("17-09235", "6. februar 2018"))
    outcome = maker().make(lacking)
    assert outcome.faults == ("facts: “6. februar 2018” does not stand in the letter",)
    assert names(tmp_path) == []


def test_a_fault_in_one_letter_is_not_carried_to_the_next(tmp_path: Path) -> None:
    assert maker().make(task(tmp_path, name="Ås 漢")).faults
    assert maker().make(task(tmp_path)).faults == ()


@pytest.mark.parametrize("ending", [".pdf", ".docx"])
def test_a_file_that_cannot_be_written_is_a_fault_of_that_letter(
    tmp_path: Path, ending: str
) -> None:
    (tmp_path / f"0214-Ås-17-09235{ending}").mkdir()
    outcome = maker().make(task(tmp_path))
    (fault,) = outcome.faults
    assert fault.startswith(f"file: 0214-Ås-17-09235{ending} cannot be written (")
    assert [name for name in names(tmp_path) if name.startswith(".")] == []


def test_a_new_maker_makes_the_same_bytes(tmp_path: Path) -> None:
    first = maker().make(task(tmp_path / "a"))
    maker().make(task(tmp_path / "b", form="nn", long=80))
    assert maker().make(task(tmp_path / "c")) == first
    assert LetterMaker(TEMPLATES).make(task(tmp_path / "d")) == first


def make_on_and_on(folder: Path) -> None:
    made = LetterMaker(TEMPLATES)
    for turn in range(1_000_000):
        each = replace(task(folder, asked=10 + turn % 3), stem=f"{turn % 4}", must_say=())
        made.make(each)


@pytest.mark.skipif(os.name == "nt", reason="needs kill -9")
@pytest.mark.slow
@pytest.mark.parametrize("milliseconds", [7, 31])
def test_a_maker_killed_in_the_middle_leaves_only_whole_letters(
    tmp_path: Path, milliseconds: int
) -> None:
    maker = spawn.Process(target=make_on_and_on, args=(tmp_path,))
    maker.start()
    until = time.monotonic() + PATIENCE
    while not (tmp_path / "3.docx").exists() and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(milliseconds / 1000)
    maker.kill()
    maker.join(PATIENCE)
    files = [file for file in tmp_path.iterdir() if not file.name.startswith(".")]
    assert {file.stem for file in files} == {"0", "1", "2", "3"}
    seen_whole(files)


# -- what a letter's looks rest on ----------------------------------------------------------------


def test_the_look_is_the_same_wherever_the_templates_lie(tmp_path: Path) -> None:
    for name in ("letter.css", "styles.docx"):
        (tmp_path / name).write_bytes((TEMPLATES / name).read_bytes())
    assert look(tmp_path) == look(TEMPLATES)


@pytest.mark.parametrize("name", ["letter.css", "styles.docx"])
def test_another_stylesheet_or_other_word_styles_are_another_look(
    tmp_path: Path, name: str
) -> None:
    for each in ("letter.css", "styles.docx"):
        (tmp_path / each).write_bytes((TEMPLATES / each).read_bytes())
    with (tmp_path / name).open("ab") as file:
        file.write(b"\n")
    assert look(tmp_path) != look(TEMPLATES)


def copied_to(folder: Path, rule: str = "") -> Path:
    """The project's stylesheet with one more rule, and its Word styles, in a folder."""
    for name in ("letter.css", "styles.docx"):
        (folder / name).write_bytes((TEMPLATES / name).read_bytes())
    with (folder / "letter.css").open("a", encoding="utf-8") as file:
        file.write(rule)
    return folder


def test_the_look_takes_in_the_program_and_its_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = look(TEMPLATES)
    letter_files._program.cache_clear()
    monkeypatch.setattr(letter_files, "FACES", {"Regular": 400, "It": 400})
    assert look(TEMPLATES) != before
    letter_files._program.cache_clear()


def test_a_letter_planned_under_another_look_is_not_made(tmp_path: Path) -> None:
    templates = copied_to(tmp_path)
    planned = replace(task(tmp_path / "drafts"), look=look(templates))
    assert LetterMaker(templates).make(planned).faults == ()
    copied_to(tmp_path, "p strong { color: #333 }")
    (fault,) = LetterMaker(templates).make(planned).faults
    assert fault.startswith("look: the stylesheet, the Word styles or the program has changed")


def test_a_draft_is_never_sealed(tmp_path: Path) -> None:
    sealed = replace(task(tmp_path), seal_at=datetime(2017, 11, 6, tzinfo=UTC))
    assert maker().make(sealed).faults == ("seal: a draft is never sealed",)
    assert names(tmp_path) == []


# -- what check finds before any letter is made ---------------------------------------------------


def found(templates: Path) -> list[str]:
    findings = Findings()
    check_look(templates, findings)
    return [str(finding) for finding in findings.items]


def test_the_look_that_ships_has_no_faults(tmp_path: Path) -> None:
    assert found(TEMPLATES) == []


@pytest.mark.parametrize("approved", [False, True])
def test_the_sample_has_every_style_and_two_pages(approved: bool) -> None:
    sample = letter_files.sample(approved=approved)
    missing = set(get_args(Style)) - {block.style for block in sample.blocks}
    assert missing == {"draft" if approved else "approval"}
    pdf = PdfWriter(TEMPLATES / "letter.css").write(sample, reference="00-00000", dated=DATED)
    assert len(page_texts(pdf)) == 2


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (".approval { background: url(seal.png) }", "Remove url()"),
        ("p.draft { color: white }", "words are not dark enough"),
        ("p.approval { color: transparent }", "something is transparent"),
        ("p.signature { transform: scale(0) }", "cannot be laid out"),
        ("li { background: #999 }", "something other than words and lines"),
        ("@page { @top-left { color: #eee } }", "words are not dark enough"),
        ("p.closing { position: absolute; left: 250mm }", "words run over the edge"),
        ("p.approval { display: none }", "the page does not say what the content says"),
        ("h2 { font-family: serif; text-transform: uppercase }", "the page does not say"),
    ],
)
def test_check_finds_what_would_be_wrong_with_each_letter(
    tmp_path: Path, rule: str, told: str
) -> None:
    faults = found(copied_to(tmp_path, rule))
    assert any(told in fault for fault in faults), faults
    assert len(faults) == len(set(faults))
