"""Lines that are read without effort: their length, their ends, and how many pages they fill."""

import shutil
import subprocess
from collections.abc import Iterator
from itertools import islice
from statistics import median

import pypdfium2
import pytest

from bench.plain import letters_of
from brevgen.letter.content import Content
from brevgen.letter.printable import SHORTEST_LAST_LINE, last_words, pieces
from brevgen.render.pdf import PdfWriter
from brevgen.workspace import find_workspace
from tests.support.reading import tidy
from tests.support.samples import ROOT, STYLESHEET, templates

LONGEST_LINE = 82
"""Characters of a full line; more are read with effort."""
WORKSPACE = find_workspace(ROOT)


def letters(*, step: int = 1) -> Iterator[tuple[Content, bytes]]:
    """What every letter of both rounds says, and its PDF; or every so many of them."""
    ours, writer = templates(), PdfWriter(STYLESHEET)
    for round_name in ("2018", "2024"):
        for letter in islice(letters_of(WORKSPACE, round_name, approved=True), 0, None, step):
            said = ours.content(letter)
            yield said, writer.write(said, reference=letter.reference, dated=letter.date)


def lines_of(pdf: bytes) -> list[str]:
    """Every line of a letter on one page, as PDFium reads them."""
    with pypdfium2.PdfDocument(pdf) as document:
        (sheet,) = document
        return [tidy(line) for line in sheet.get_textpage().get_text_range().splitlines()]


def paragraphs(said: Content, lines: list[str]) -> Iterator[list[str]]:
    """The lines of each paragraph."""
    at = 0
    for block in said.blocks:
        wanted = tidy(block.text)
        if block.style != "paragraph":
            continue
        while not wanted.startswith(lines[at]) or len(lines[at]) < min(20, len(wanted)):
            at += 1
        end = at + 1
        while tidy(" ".join(lines[at:end])).replace(" ", "") != wanted.replace(" ", ""):
            end += 1
        yield lines[at:end]
        at = end


@pytest.mark.slow
def test_the_letters_of_both_rounds_are_one_page_of_lines_that_are_easily_read() -> None:
    full: list[str] = []
    for said, pdf in letters():
        lines = lines_of(pdf)
        for paragraph in paragraphs(said, lines):
            full += paragraph[:-1]
            assert len(paragraph) == 1 or len(paragraph[-1]) >= SHORTEST_LAST_LINE
            told = "\n".join(paragraph)
            for whole, _ in filter(lambda each: each[1], pieces(" ".join(paragraph), "")):
                assert whole in told or "/" in whole or "@" in told, whole
            recipient = said.part("recipient")[0].text
            assert (recipient in told) == (recipient in " ".join(paragraph))
    assert max(map(len, full)) <= LONGEST_LINE, max(full, key=len)
    assert 72 <= median(map(len, full)) <= 80


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_another_program_takes_out_the_same_words() -> None:
    for said, pdf in letters(step=90):
        read = subprocess.run(
            ["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True
        ).stdout.decode()
        for block in said.blocks:
            assert "".join(block.text.split()) in "".join(read.split()), block.text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("om å bosette 10 flyktninger i 2018.", ["10 flyktninger"]),
        ("at 4\u00a0400 flyktninger må", ["4\u00a0400 flyktninger"]),
        ("er 6. januar 2018.", ["6. januar"]),
        ("takker Sør-Odal kommune for", ["Sør-Odal kommune"]),
        ("fra Midt-Norge og", ["Midt-Norge"]),
        ("Integrerings- og mangfoldsdirektoratet", []),
        ("i 2018.", []),
    ],
)
def test_numbers_with_their_nouns_days_and_names_stay_whole(text: str, whole: list[str]) -> None:
    found = pieces(text, "Sør-Odal kommune")

    assert "".join(piece for piece, _ in found) == text
    assert [piece for piece, is_whole in found if is_whole] == whole


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("mange har flyktet fra krigen i Ukraina.", "i Ukraina."),
        ("om å bosette flyktninger.", "flyktninger."),
        ("Ordet.", ""),
        ("To ord.", ""),
        (f"Et {'langt' * 12}", ""),
    ],
)
def test_no_paragraph_ends_in_a_short_word_alone(text: str, end: str) -> None:
    assert text[len(text) - last_words(text) :] == end
