"""The plain loop: what one would write first with the same libraries.

One process, nothing kept between letters, nothing checked: Jinja2 fills the template, WeasyPrint
makes a PDF/A-2a, python-docx starts from its stock document, and pyHanko's SimpleSigner seals.
"""

import io
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from brevgen.letter.letter import Letter, letter_for
from brevgen.letter.templates import read_templates
from brevgen.render.html import as_html
from brevgen.render.pdf import font_faces
from brevgen.rounds.kinds import good_kinds
from brevgen.workspace import Workspace, find_workspace

STYLES = {"title": "Heading 1", "heading": "Heading 2", "bullet": "List Bullet"}
Seal = Callable[[bytes], bytes]


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


def make_letters(root: Path, round_name: str, target: Path, seal: Seal | None, most: int) -> None:
    """Make some letters of a round in a new folder; drafts without a seal."""
    import docx
    import weasyprint

    workspace = find_workspace(root)
    target.mkdir()
    for letter in islice(letters_of(workspace, round_name, approved=bool(seal)), most):
        templates = read_templates(workspace.templates, Findings(), shown_as="letters")
        assert templates is not None
        content = templates.content(letter)
        stylesheet = (workspace.templates / "letter.css").read_text(encoding="utf-8")
        html = as_html(
            content,
            reference=letter.reference,
            dated=letter.date.isoformat(),
            stylesheet=font_faces() + stylesheet,
        )
        pdf = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-2a")
        path = target / letter.municipality.number
        path.with_suffix(".pdf").write_bytes(seal(pdf) if seal else pdf)
        document = docx.Document()
        for block in content.blocks:
            paragraph = document.add_paragraph(style=STYLES.get(block.style))
            for run in block.runs:
                paragraph.add_run(run.text).bold = run.strong
        document.save(str(path.with_suffix(".docx")))


def sealing_with(key: Path) -> Seal:
    """What seals a PDF with a TEST key, as the documentation of pyHanko shows it."""
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    pem = key.read_bytes()
    own, *others = load_certs_from_pemder_data(pem)
    signer = signers.SimpleSigner(
        signing_cert=own,
        signing_key=load_private_key_from_pemder_data(pem, None),
        cert_registry=SimpleCertificateStore.from_certs(others),
    )
    meta = PdfSignatureMetadata(field_name="Segl", md_algorithm="sha256")

    def seal(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        return bytes(PdfSigner(meta, signer=signer).sign_pdf(writer).getvalue())

    return seal


def main(root: str, round_name: str, target: str, most: str, key: str = "") -> None:
    """Make letters of a round, sealed with a TEST key if there is one."""
    seal = sealing_with(Path(key)) if key else None
    make_letters(Path(root), round_name, Path(target), seal, int(most))


if __name__ == "__main__":
    main(*sys.argv[1:])
