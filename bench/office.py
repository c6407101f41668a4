"""As an office would do it: docxtpl fills a Word template, LibreOffice makes PDFs of the documents.

The Word template is made from our own: the same words, conditions and Word styles, with the Jinja
of the HTML templates in its paragraphs.
"""

import argparse
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.sax.saxutils import escape

from jinja2 import Environment

from bench.words import letters_of
from brevgen.letter import wording
from brevgen.letter.content import Block, Content, Part, Run, Style, WrittenForm
from brevgen.letter.letter import Letter, in_form
from brevgen.letter.markup import BLOCK_ELEMENTS
from brevgen.letter.templates import FORMS, Templates
from brevgen.render.docx import DocxWriter

_BLOCK = re.compile(r"{% block (\w+) %}(.*?){% endblock %}", re.DOTALL)
_TAG = re.compile(r"\s*({%.*?%})")


def word_template(
    folder: Path, form: WrittenForm, letter: Letter, environment: Environment
) -> bytes:
    """A kind's template in one written form as a Word document with Jinja in it.

    Args:
        folder: the folder of letter templates.
        form: which of its two.
        letter: any letter of the round, for the addresses that are the same in all.
        environment: what fills them in.
    """
    parts = dict(_BLOCK.findall((folder / letter.kind / f"{form}.html").read_text("utf-8")))
    layout = re.sub(r"{#.*?#}", "", (folder / "layout.html").read_text("utf-8"), flags=re.DOTALL)
    reader = _TemplateReader(letter, environment)
    reader.feed(_BLOCK.sub(lambda found: parts[found[1]], layout))
    reader.close()
    content = Content(form, parts["subject"], letter.agency.name, tuple(reader.blocks))
    dated = datetime(letter.date.year, letter.date.month, letter.date.day, tzinfo=UTC)
    return DocxWriter(folder / "styles.docx").write(
        content, reference="{{ reference }}", dated=dated
    )


class _TemplateReader(HTMLParser):
    """The blocks of a template, with Jinja that stands between them in paragraphs of its own."""

    def __init__(self, letter: Letter, environment: Environment) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._letter, self._environment = letter, environment
        self._part: Part = "body"
        self._style: Style | None = None
        self._runs: list[Run] = []
        self._strong, self._href = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._part = cast(Part, given["class"])
        elif tag in BLOCK_ELEMENTS:
            self._style = cast(Style, given.get("class") or BLOCK_ELEMENTS[tag])
            self._runs = []
        elif tag == "strong":
            self._strong = True
        elif tag == "a":
            href = self._environment.from_string(given["href"] or "")
            self._href = href.render(self._letter.facts())

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCK_ELEMENTS and self._style is not None:
            self.blocks.append(Block(self._part, self._style, tuple(self._runs)))
            self._style = None
        elif tag == "strong":
            self._strong = False
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._style is None:
            for tag in _TAG.findall(data):
                run = Run("{%p" + tag.removeprefix("{%"))
                self.blocks.append(Block(self._part, "paragraph", (run,)))
        elif text := re.sub(r"[ \n]+", " ", _TAG.sub(r"\1", data)):
            self._runs.append(Run(text, self._strong, self._href))


def environment_for(templates: Templates, form: WrittenForm) -> tuple[Environment, dict[str, Any]]:
    """The Jinja environment of a written form, and the fixed words."""
    environment = Environment(autoescape=True)
    environment.filters.update(wording.filters(form))
    words = {name: in_form(word, form) for name, word in templates.words.items()}
    return environment, {"words": SimpleNamespace(**words)}


def fill(root: Path, round_name: str, target: Path) -> None:
    """Fill the template for every letter, as docxtpl's documentation shows it."""
    from docxtpl import DocxTemplate

    workspace, templates, letters = letters_of(root, round_name, approved=False)
    target.mkdir()
    environments, files = {}, {}
    for form in FORMS:
        environments[form] = environment_for(templates, form)
        files[form] = target.parent / f"template-{form}.docx"
        files[form].write_bytes(
            word_template(workspace.templates, form, letters[0][1], environments[form][0])
        )
    for stem, letter in letters:
        environment, words = environments[letter.written_form]
        document = DocxTemplate(files[letter.written_form])
        document.render(letter.facts() | words, environment)
        document.save(target / f"{stem}.docx")


def fonts(folder: Path) -> Path:
    """A configuration of fontconfig with which LibreOffice finds our font; returns its file."""
    import font_source_sans_pro

    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf'
        f"</include><dir>{escape(font_source_sans_pro.font_directory)}</dir></fontconfig>"
    )
    return file


def conversion(soffice: str, profile: Path, target: Path, *, archive: bool = False) -> list[str]:
    """The command that makes PDFs of Word documents, whose names are to follow.

    Args:
        soffice: LibreOffice's program.
        profile: where it keeps its settings.
        target: where the PDFs go.
        archive: whether they are to be PDF/A-2b with tags, the nearest there is.
    """
    options = {
        "SelectPdfVersion": {"type": "long", "value": "2"},
        "UseTaggedPDF": {"type": "boolean", "value": "true"},
    }
    kind = f"pdf:writer_pdf_Export:{json.dumps(options)}" if archive else "pdf"
    return [
        soffice,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        kind,
        "--outdir",
        str(target),
    ]


def main() -> None:
    """Fill the template for every letter of a round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("round")
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    fill(given.root, given.round, given.target)


if __name__ == "__main__":
    main()
