"""The plain loop: what one would write first with the same libraries.

One process, nothing kept between letters, nothing checked: Jinja2 fills the template, WeasyPrint
makes a PDF/A-2a, python-docx starts from its stock document, and pyHanko's SimpleSigner is loaded
from its PKCS#12 file for each letter and seals.
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path

from bench.words import letters_of
from brevgen.findings import Findings
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter
from brevgen.letter.templates import read_templates
from brevgen.render.html import as_html
from brevgen.render.pdf import font_faces

PASSPHRASE = b"bench"
TEST_KEY = ".brevgen/test-seal.pem"
"""Where brevgen keeps its TEST key in a workspace."""
STYLES = {"title": "Heading 1", "heading": "Heading 2", "bullet": "List Bullet"}


def make_letters(root: Path, round_name: str, target: Path, seal: Callable[[bytes], bytes]) -> None:
    """Make every letter; they are final ones if a key is given."""
    workspace, _, letters = letters_of(root, round_name, approved=seal is not as_it_is)
    target.mkdir()
    for stem, letter in letters:
        content, pdf = pdf_of(workspace.templates, letter)
        (target / f"{stem}.pdf").write_bytes(seal(pdf))
        write_docx(content, target / f"{stem}.docx")


def pdf_of(folder: Path, letter: Letter) -> tuple[Content, bytes]:
    """What a letter says, and its PDF."""
    import weasyprint

    templates = read_templates(folder, Findings(), shown_as="letters")
    assert templates is not None
    content = templates.content(letter)
    html = as_html(
        content,
        reference=letter.reference,
        dated=letter.date.isoformat(),
        stylesheet=font_faces() + (folder / "letter.css").read_text(encoding="utf-8"),
    )
    return content, weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-2a")


def write_docx(content: Content, path: Path) -> None:
    """Write a letter as a Word document."""
    import docx

    document = docx.Document()
    for block in content.blocks:
        paragraph = document.add_paragraph(style=STYLES.get(block.style))
        for run in block.runs:
            paragraph.add_run(run.text).bold = run.strong
    document.save(str(path))


def as_it_is(pdf: bytes) -> bytes:
    """No seal."""
    return pdf


def signer_of(key: Path) -> object:
    """The signer from its PKCS#12 file."""
    from pyhanko.sign import signers

    return signers.SimpleSigner.load_pkcs12(str(key), passphrase=PASSPHRASE)


def sealed(pdf: bytes, signer: object) -> bytes:
    """Seal one PDF with pyHanko as its documentation shows it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    meta = PdfSignatureMetadata(field_name="Segl", md_algorithm="sha256")
    return bytes(PdfSigner(meta, signer=signer).sign_pdf(writer).getvalue())


def pkcs12_of_test_key(root: Path, target: Path) -> None:
    """Write a workspace's TEST key as the PKCS#12 file that the plain loop loads."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12

    pem = (root / TEST_KEY).read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    certificate, *others = x509.load_pem_x509_certificates(pem)
    target.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"bench", key, certificate, others, serialization.BestAvailableEncryption(PASSPHRASE)
        )
    )


def main() -> None:
    """Make the letters of a round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("round")
    parser.add_argument("target", type=Path)
    parser.add_argument("--key", type=Path, help="a PKCS#12 file to seal with")
    parser.add_argument("--keep-key", action="store_true", help="load the key once")
    given = parser.parse_args()
    seal: Callable[[bytes], bytes] = as_it_is
    if given.key and given.keep_key:
        signer = signer_of(given.key)
        seal = lambda pdf: sealed(pdf, signer)  # noqa: E731
    elif given.key:
        seal = lambda pdf: sealed(pdf, signer_of(given.key))  # noqa: E731
    make_letters(given.root, given.round, given.target, seal)


if __name__ == "__main__":
    main()
