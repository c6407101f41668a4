"""The plain loop: what one would write first with the same libraries.

One process, nothing kept between letters, nothing checked: Jinja2 fills the template, WeasyPrint
makes a PDF/A-2a, python-docx starts from its stock document, and pyHanko's SimpleSigner seals.
"""

import argparse
import io
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter, letter_for
from brevgen.letter.templates import read_templates
from brevgen.render.html import as_html
from brevgen.render.pdf import font_faces
from brevgen.rounds.kinds import good_kinds
from brevgen.workspace import Workspace, find_workspace

STYLES = {"title": "Heading 1", "heading": "Heading 2", "bullet": "List Bullet"}


def letters_of(workspace: Workspace, round_name: str, *, approved: bool) -> Iterator[Letter]:
    """The letters of a round; references are counted from the first of the series."""
    facts = read_round_facts(
        workspace.round_folder(round_name), workspace.data, Findings(), kinds=good_kinds(workspace)
    )
    assert facts is not None
    year, first = facts.round.series.first.split("-")
    for given, (row, municipality) in enumerate(facts.asked()):
        yield letter_for(
            row,
            municipality,
            facts.round,
            kind=facts.kind,
            earlier=facts.earlier(municipality.number),
            reference=f"{year}-{int(first) + given:05}",
            agency=workspace.settings.agency,
            approved=approved,
        )


def make_letters(
    root: Path, round_name: str, target: Path, seal: Callable[[bytes], bytes] | None, most: int
) -> None:
    """Make the letters of a round.

    Args:
        root: the workspace.
        round_name: the round.
        target: the folder for them, which is made.
        seal: seals a PDF; without it the letters are drafts.
        most: how many at most; 0 for all.
    """
    workspace = find_workspace(root)
    target.mkdir()
    letters = letters_of(workspace, round_name, approved=seal is not None)
    for letter in islice(letters, most or None):
        content, pdf = pdf_of(workspace.templates, letter)
        path = target / letter.municipality.number
        path.with_suffix(".pdf").write_bytes(seal(pdf) if seal else pdf)
        write_docx(content, path.with_suffix(".docx"))


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


def sealing_with(key: Path) -> Callable[[bytes], bytes]:
    """What seals a PDF with a TEST key, as the documentation of pyHanko shows it."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        load_pem_private_key,
        pkcs12,
    )
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, signers

    pem = key.read_bytes()
    own, *others = x509.load_pem_x509_certificates(pem)
    private: pkcs12.PKCS12PrivateKeyTypes = load_pem_private_key(pem, None)  # type: ignore[assignment]
    package = pkcs12.serialize_key_and_certificates(
        b"bench", private, own, others, BestAvailableEncryption(b"bench")
    )
    signer = signers.SimpleSigner.load_pkcs12_data(package, [], passphrase=b"bench")

    def seal(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        meta = PdfSignatureMetadata(field_name="Segl", md_algorithm="sha256")
        return bytes(PdfSigner(meta, signer=signer).sign_pdf(writer).getvalue())

    return seal


def main() -> None:
    """Make the letters of a round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("round")
    parser.add_argument("target", type=Path)
    parser.add_argument("--key", type=Path, help="a TEST key to seal with")
    parser.add_argument("--most", type=int, default=0, help="make only so many")
    given = parser.parse_args()
    seal = sealing_with(given.key) if given.key else None
    make_letters(given.root, given.round, given.target, seal, given.most)


if __name__ == "__main__":
    main()
