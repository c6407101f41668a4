"""The letters of a round for those who make them in another way: the same facts, the same words."""

import re
from collections.abc import Sequence
from pathlib import Path

from brevgen.letter.content import Content
from brevgen.letter.letter import Letter, letter_for
from brevgen.letter.templates import Templates
from brevgen.rounds import opening
from brevgen.workspace import Workspace, file_stem, find_workspace

_NOT_SEEN = re.compile("[\\s\x02\ufffe\u00ad‐-]")
"""Blanks and what becomes of hyphens at the end of a line."""


def letters_of(
    root: Path, round_name: str, *, approved: bool
) -> tuple[Workspace, Templates, list[tuple[str, Letter]]]:
    """The workspace, its templates, and for each letter the name of its files and its facts."""
    workspace = find_workspace(root)
    facts, templates, _ = opening.open_round(workspace, round_name)
    references = opening.expected_references(workspace, facts)
    agency = workspace.settings.agency
    letters = []
    for row, municipality in facts.asked():
        letter = letter_for(
            row,
            municipality,
            facts.round,
            reference=references[municipality.number],
            agency_short_name=agency.short_name,
            agency_name=agency.name,
            approved=approved,
        )
        stem = file_stem(municipality.number, municipality.name, letter.reference)
        letters.append((stem, letter))
    return workspace, templates, letters


def lacking(content: Content, text: str) -> list[str]:
    """The blocks of a letter whose words do not stand in a text, however its lines break."""
    found = _NOT_SEEN.sub("", text)
    return [b.text for b in content.blocks if _NOT_SEEN.sub("", b.text) not in found]


def text_of_pdf(pdf: Path) -> str:
    """The text of a PDF, read by PDFium."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def text_of_docx(docx: Path) -> str:
    """The text of a Word document."""
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(str(docx)).paragraphs)


def same_words(
    root: Path, round_name: str, made: Path, endings: Sequence[str], *, approved: bool
) -> list[str]:
    """Where files of a folder do not say what the letters say; empty if all do.

    Args:
        root: the workspace.
        round_name: the round.
        made: the folder with the files.
        endings: which of `.pdf` and `.docx` there are.
        approved: whether they are final letters.
    """
    _, templates, letters = letters_of(root, round_name, approved=approved)
    read = {".pdf": text_of_pdf, ".docx": text_of_docx}
    return [
        f"{stem}{ending} lacks “{words}”"
        for stem, letter in letters
        for ending in endings
        for words in lacking(templates.content(letter), read[ending](made / f"{stem}{ending}"))
    ]
