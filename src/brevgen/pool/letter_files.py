"""One letter made: both files written whole, the PDF only after it has been read back."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from pathlib import Path

from brevgen import render
from brevgen.errors import NotSealed, UnreadableFile
from brevgen.files import read_bytes, sha256, write_whole
from brevgen.findings import FaultyInput, Finding, Findings, Place
from brevgen.letter.content import Content
from brevgen.render.docx import MAX_STYLES, DocxWriter
from brevgen.render.inspection import inspect
from brevgen.render.pdf import LayoutFault, PdfWriter
from brevgen.seal.key import SealKey, open_key
from brevgen.settings.seal import SealSettings

STYLESHEET = "letter.css"
WORD_STYLES = "styles.docx"
SEAL_LABEL = {"nb": "Elektronisk segl fra avsenderen", "nn": "Elektronisk segl frå avsendaren"}
"""What a screen reader says of the seal."""


@dataclass(frozen=True)
class Task:
    """A letter to be made.

    Args:
        number: municipality number.
        reference: our reference.
        dated: the letter's date.
        content: what it says.
        must_say: facts that must stand in it, as they are printed.
        folder: where the files go.
        stem: the files' name without ending.
        seal_at: the time that goes into the seal; None for a draft, which is not sealed.
    """

    number: str
    reference: str
    dated: date
    content: Content
    must_say: tuple[str, ...]
    folder: Path
    stem: str
    seal_at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a task: digests and pages, or the faults for which nothing was written.

    `pdf_sha256` is of the file as written, `unsealed_sha256` of the PDF before the seal, if any.
    """

    number: str
    pages: int = 0
    pdf_sha256: str = ""
    docx_sha256: str = ""
    unsealed_sha256: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finished:
    """Both files of a letter before they are on a disk, and what becomes of the task with them."""

    outcome: Outcome
    pdf: bytes = b""
    docx: bytes = b""

    def keep(self, task: Task) -> Outcome:
        """Write both files whole, if there are any; what has become of the task."""
        if self.outcome.faults:
            return self.outcome
        try:
            for ending, data in ((".pdf", self.pdf), (".docx", self.docx)):
                write_whole(task.folder / (task.stem + ending), data)
        except OSError as error:  # open in another program, or the disk is full
            reason = f"file: {task.stem}{ending} cannot be written ({error.strerror})"
            return Outcome(task.number, self.outcome.pages, faults=(reason,))
        return self.outcome


@dataclass(frozen=True)
class SealAccess:
    """How a process gets at the agency's key; holds no secret.

    Args:
        settings: the `[seal]` table.
        folder: the workspace.
        now: the time, aware.
    """

    settings: SealSettings
    folder: Path
    now: datetime

    def open(self) -> SealKey:
        """Open the key.

        Raises:
            FaultyInput: letters cannot be sealed with it.
        """
        return open_key(self.settings, self.folder, self.now)


class Workshop:
    """What is built once and used for all letters of a process.

    Args:
        templates: the folder with stylesheet and Word styles.
        seal: how to get at the agency's key, where letters are to be sealed.
    """

    def __init__(self, templates: Path, seal: SealAccess | None = None) -> None:
        self._pdf = PdfWriter(templates / STYLESHEET)
        self._docx = DocxWriter(templates / WORD_STYLES)
        self._sealer = None
        if seal is not None:
            from brevgen.seal.sign import Sealer  # takes long to load

            self._sealer = Sealer(seal.open())

    def make(self, task: Task) -> Outcome:
        """Make and check both files of a letter; nothing is written unless all rules hold."""
        return self.finish(task).keep(task)

    def finish(self, task: Task) -> Finished:
        """Make and check both files of a letter, and write nothing yet."""
        label = SEAL_LABEL[task.content.written_form] if task.seal_at is not None else ""
        try:
            pdf = self._pdf.write(
                task.content, reference=task.reference, dated=task.dated, seal_label=label
            )
            unsealed = sha256(pdf) if label else ""
            if task.seal_at is not None:
                assert self._sealer is not None, "the key was given with letters to be sealed"
                pdf = self._sealer.seal(pdf, at=task.seal_at)
        except LayoutFault as fault:
            return Finished(Outcome(task.number, faults=(f"layout: {fault}",)))
        except NotSealed as fault:
            return Finished(Outcome(task.number, faults=(f"seal: {fault}",)))
        seen = inspect(pdf, task.content, reference=task.reference, must_say=task.must_say)
        if seen.faults:
            return Finished(Outcome(task.number, seen.pages, faults=seen.faults))
        dated = datetime.combine(task.dated, time(), UTC)
        docx = self._docx.write(task.content, reference=task.reference, dated=dated)
        outcome = Outcome(task.number, seen.pages, sha256(pdf), sha256(docx), unsealed)
        return Finished(outcome, pdf, docx)


def check_look(templates: Path, findings: Findings) -> None:
    """Note what is wrong with the stylesheet and the Word styles, before any letter is made."""
    try:
        PdfWriter(templates / STYLESHEET)
    except LayoutFault as fault:
        what = str(fault).removeprefix(f"{STYLESHEET}: ")
        findings.fault(what, "Put the stylesheet right.", Place(STYLESHEET))
    try:
        DocxWriter(templates / WORD_STYLES)
    except FaultyInput as fault:
        findings.items.extend(fault.findings)


def look(templates: Path) -> str:
    """Digest of all that decides how content becomes bytes: styles, fonts, libraries, this code.

    Raises:
        FaultyInput: the stylesheet or the Word styles cannot be read.
    """
    digest = hashlib.sha256()
    for path in (templates / STYLESHEET, templates / WORD_STYLES):
        try:
            digest.update(read_bytes(path, most=MAX_STYLES))
        except UnreadableFile as reason:
            finding = Finding("fault", reason.what, reason.remedy, Place(path.name))
            raise FaultyInput([finding]) from reason
    for path in sorted(Path(render.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    for library in ("weasyprint", "pydyf", "python-docx", "font-source-sans-pro"):
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()
