"""The PDF alone, laid out by Typst, or by WeasyPrint as brevgen uses it; one process, no checks.

In each case Jinja2 fills our templates, so that the words are the same.
"""

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from bench.words import letters_of
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter

STANDARDS = ["a-2a", "ua-1"]
TEMPLATE = Path(__file__).with_name("letter.typ")
FACES = ("Regular", "Bold")

Writer = Callable[[Letter, Content], bytes]


def inputs(letter: Letter, content: Content) -> dict[str, str]:
    """What the Typst template is given."""
    blocks = [
        {
            "part": block.part,
            "style": block.style,
            "runs": [{"text": r.text, "strong": r.strong, "href": r.href} for r in block.runs],
        }
        for block in content.blocks
    ]
    return {
        "letter": json.dumps(
            {
                "title": content.title,
                "author": content.author,
                "reference": letter.reference,
                "language": content.written_form,
                "date": [letter.date.year, letter.date.month, letter.date.day],
                "blocks": blocks,
            }
        )
    }


def typst_each(folder: Path, fonts: Path) -> Writer:
    """A new Typst for every letter."""
    del folder
    import typst

    return lambda letter, content: typst.compile(
        TEMPLATE,
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs=inputs(letter, content),
        pdf_standards=STANDARDS,
    )


def typst_kept(folder: Path, fonts: Path) -> Writer:
    """One Typst compiler for all letters."""
    del folder
    import typst

    compiler = typst.Compiler(TEMPLATE, font_paths=[fonts], ignore_system_fonts=True)
    return lambda letter, content: compiler.compile(
        format="pdf", sys_inputs=inputs(letter, content), pdf_standards=STANDARDS
    )


def weasyprint_kept(folder: Path, fonts: Path) -> Writer:
    """brevgen's own writer."""
    del fonts
    from brevgen.render.pdf import PdfWriter

    writer = PdfWriter(folder / "letter.css")
    return lambda letter, content: writer.write(
        content, reference=letter.reference, dated=letter.date
    )


WAYS = {"typst-each": typst_each, "typst-kept": typst_kept, "weasyprint-kept": weasyprint_kept}


def make_letters(root: Path, round_name: str, target: Path, way: str) -> None:
    """Make every letter as PDF."""
    import font_source_sans_pro

    workspace, templates, letters = letters_of(root, round_name, approved=False)
    target.mkdir()
    fonts = target.parent / f"{target.name}-fonts"
    fonts.mkdir()
    for face in FACES:
        shutil.copy(Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{face}.ttf", fonts)
    write = WAYS[way](workspace.templates, fonts)
    for stem, letter in letters:
        (target / f"{stem}.pdf").write_bytes(write(letter, templates.content(letter)))


def main() -> None:
    """Make the PDFs of a round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("round")
    parser.add_argument("target", type=Path)
    parser.add_argument("way", choices=WAYS)
    given = parser.parse_args()
    make_letters(given.root, given.round, given.target, given.way)


if __name__ == "__main__":
    main()
