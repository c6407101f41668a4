"""Time `brevgen generate` against a plain loop of the same libraries, in one run.

Both make the same letters.

The plain loop is what one would write first: one process, nothing kept between letters, no checks.
It makes the same words: Jinja2 fills the template, WeasyPrint makes a PDF/A-2a, python-docx starts
from its stock document. `brevgen generate` runs as a user runs it, with start-up, all checks,
reading back, ledger and report.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from brevgen import batch
from brevgen.document.html import as_html
from brevgen.document.pdf import font_faces
from brevgen.ledger.reading import LedgerReader
from brevgen.letter.content import Content
from brevgen.workspace import find_workspace

HERE = Path(__file__).resolve().parent.parent


def workspace_copy(folder: Path) -> Path:
    """A workspace of its own, so that no ledger or output of the user is touched."""
    root = folder / "workspace"
    root.mkdir()
    shutil.copy(HERE / "brevgen.toml", root)
    shutil.copytree(HERE / "data", root / "data", ignore=shutil.ignore_patterns("ledger*"))
    shutil.copytree(HERE / "templates", root / "templates")
    return root


def plain_loop(root: Path, round_name: str, target: Path) -> int:
    """Make every letter the plain way; returns how many."""
    import docx
    import weasyprint

    workspace = find_workspace(root)
    facts, templates, _ = batch.open_round(workspace, round_name)
    with LedgerReader(workspace.ledger) as ledger:
        references = ledger.references(round_name)
    target.mkdir()
    letters = batch.plan(workspace, facts, templates, references, {})
    for letter in letters:
        content = templates.content(letter.letter)
        stylesheet = font_faces() + (workspace.templates / "letter.css").read_text()
        html = as_html(
            content,
            reference=letter.letter.reference,
            dated=letter.letter.date.isoformat(),
            stylesheet=stylesheet,
        )
        weasyprint.HTML(string=html).write_pdf(
            target / f"{letter.stem}.pdf", pdf_variant="pdf/a-2a"
        )
        document = docx.Document()
        _fill(document, content)
        document.save(str(target / f"{letter.stem}.docx"))
    return len(letters)


def _fill(document: object, content: Content) -> None:
    styles = {"title": "Heading 1", "heading": "Heading 2", "bullet": "List Bullet"}
    for block in content.blocks:
        paragraph = document.add_paragraph(style=styles.get(block.style))  # type: ignore[attr-defined]
        for run in block.runs:
            paragraph.add_run(run.text).bold = run.strong


def generate(root: Path, round_name: str, jobs: int) -> float:
    """Run `brevgen generate` as a user does; returns seconds."""
    brevgen = Path(sys.executable).with_name("brevgen")
    command = [brevgen, "generate", round_name, "--jobs", str(jobs), "--workspace", str(root)]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Run both and print seconds, milliseconds per letter and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--round", default="2024")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as scratch:
        root = workspace_copy(Path(scratch))
        ours = generate(root, options.round, jobs=cores)
        again = generate(root, options.round, jobs=cores)
        started = time.perf_counter()
        count = plain_loop(root, options.round, Path(scratch) / "plain")
        plain = time.perf_counter() - started
    print(f"{count} letters, PDF and DOCX each, {cores} cores")
    for name, seconds in (
        ("plain loop, nothing kept, no checks", plain),
        (f"brevgen generate, {cores} processes, all checks", ours),
        ("brevgen generate again, nothing changed", again),
    ):
        per_letter = seconds / count * 1000
        print(f"{name:<46}{seconds:8.1f} s{per_letter:8.1f} ms/letter{plain / seconds:8.1f} ×")


if __name__ == "__main__":
    main()
