"""Time brevgen against a plain loop of the same libraries, on the same letters, in one run.

The plain loop is what one would write first: one process, nothing kept between letters, no checks.
It makes the same words: Jinja2 fills the template, WeasyPrint makes a PDF/A-2a, python-docx starts
from its stock document, pyHanko's SimpleSigner is loaded from its PKCS#12 file and seals. The
commands run as a user runs them, with start-up, all checks, reading back, ledger and report.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from brevgen.approval.keys import open_key
from brevgen.approval.seal import Sealer
from brevgen.approval.settings import STATE_FOLDER
from brevgen.approval.trial_key import FILE
from brevgen.batch import opening, plan
from brevgen.document.html import as_html
from brevgen.document.pdf import PdfWriter, font_faces
from brevgen.facts.faults import Findings
from brevgen.letter.content import Content
from brevgen.letter.templates import read_templates
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


def plain_loop(root: Path, round_name: str, target: Path, key: Path | None) -> int:
    """Make every letter the plain way, sealed if there is a key; returns how many."""
    import docx
    import weasyprint

    workspace = find_workspace(root)
    facts, templates, _ = opening.open_round(workspace, round_name)
    target.mkdir()
    letters = plan.stand(workspace, facts, templates)
    for letter in letters:
        fresh = read_templates(workspace.templates, Findings(), shown_as="letters")
        assert fresh is not None
        content = fresh.content(letter.letter)
        stylesheet = font_faces() + (workspace.templates / "letter.css").read_text()
        html = as_html(
            content,
            reference=letter.letter.reference,
            dated=letter.letter.date.isoformat(),
            stylesheet=stylesheet,
        )
        pdf = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-2a")
        (target / f"{letter.stem}.pdf").write_bytes(pdf if key is None else plain_seal(pdf, key))
        document = docx.Document()
        _fill(document, content)
        document.save(str(target / f"{letter.stem}.docx"))
    return len(letters)


def plain_seal(pdf: bytes, key: Path) -> bytes:
    """Seal one PDF with pyHanko as its documentation shows it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, signers

    signer = signers.SimpleSigner.load_pkcs12(str(key), passphrase=b"bench")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    meta = PdfSignatureMetadata(field_name="Segl", md_algorithm="sha256")
    return bytes(PdfSigner(meta, signer=signer).sign_pdf(writer).getvalue())


def pkcs12_of_test_key(root: Path) -> Path:
    """The workspace's TEST key as the PKCS#12 file the plain loop loads."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    pem = (root / STATE_FOLDER / FILE).read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    certificate, *others = x509.load_pem_x509_certificates(pem)
    file = root / "bench.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"bench", key, certificate, others, serialization.BestAvailableEncryption(b"bench")
        )
    )
    return file


def milliseconds_to_seal(root: Path, round_name: str, letters: int = 50) -> float:
    """What one seal costs on top of laying a letter out, with the key opened once."""
    workspace = find_workspace(root)
    facts, templates, _ = opening.open_round(workspace, round_name)
    content = plan.as_approved(plan.stand(workspace, facts, templates)[0].letter, templates)
    writer = PdfWriter(workspace.templates / "letter.css")
    day = facts.round.letter_date
    pdf = writer.write(content, reference="24-00000", dated=day, seal_label="Segl")
    now = datetime.now(UTC)
    sealer = Sealer(open_key(workspace.settings.seal, root, now))
    sealer.seal(pdf, at=now)
    started = time.perf_counter()
    for _ in range(letters):
        sealer.seal(pdf, at=now)
    return (time.perf_counter() - started) / letters * 1000


def _fill(document: object, content: Content) -> None:
    styles = {"title": "Heading 1", "heading": "Heading 2", "bullet": "List Bullet"}
    for block in content.blocks:
        paragraph = document.add_paragraph(style=styles.get(block.style))  # type: ignore[attr-defined]
        for run in block.runs:
            paragraph.add_run(run.text).bold = run.strong


def command(root: Path, *words: str) -> float:
    """Run a command as a user does; returns seconds."""
    brevgen = Path(sys.executable).with_name("brevgen")
    started = time.perf_counter()
    subprocess.run([brevgen, *words, "--workspace", str(root)], check=True, capture_output=True)
    return time.perf_counter() - started


def timed_plain_loop(root: Path, round_name: str, target: Path, key: Path | None) -> float:
    """Seconds that the plain loop takes."""
    started = time.perf_counter()
    plain_loop(root, round_name, target, key)
    return time.perf_counter() - started


def show(name: str, seconds: float, count: int, plain: float) -> None:
    """Print one line of the table."""
    per_letter = seconds / count * 1000
    print(f"{name:<50}{seconds:8.1f} s{per_letter:8.1f} ms/letter{plain / seconds:8.1f} ×")


def main() -> None:
    """Run all of them and print seconds, milliseconds per letter and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--round", default="2024")
    name = parser.parse_args().round
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as scratch:
        root = workspace_copy(Path(scratch))
        ours = command(root, "generate", name, "--jobs", str(cores))
        again = command(root, "generate", name, "--jobs", str(cores))
        plain = timed_plain_loop(root, name, Path(scratch) / "plain", None)
        count = len(list((Path(scratch) / "plain").glob("*.pdf")))
        sealed = command(root, "approve", name, "--yes", "--jobs", str(cores))
        key = pkcs12_of_test_key(root)
        plain_sealed = timed_plain_loop(root, name, Path(scratch) / "sealed", key)
        one_seal = milliseconds_to_seal(root, name)
    print(f"{count} letters, PDF and DOCX each, {cores} cores, RSA-3072")
    show("plain loop, nothing kept, no checks", plain, count, plain)
    show(f"brevgen generate, {cores} processes, all checks", ours, count, plain)
    show("brevgen generate again, nothing changed", again, count, plain)
    show("plain loop with a seal", plain_sealed, count, plain_sealed)
    show(f"brevgen approve: final letters, sealed, {cores} processes", sealed, count, plain_sealed)
    print(f"one seal, on top of laying the letter out: {one_seal:.1f} ms")


if __name__ == "__main__":
    main()
