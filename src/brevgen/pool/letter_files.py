"""One letter made: both files written whole, the PDF only after it has been read back."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.metadata import version
from pathlib import Path

from brevgen import render
from brevgen.errors import NotSealed, UnreadableFile
from brevgen.files import os_reason, read_bytes, sha256, write_whole
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr, untranslated
from brevgen.letter.content import Block, Content, Part, Run, Style
from brevgen.letter.printable import FACES, font_file
from brevgen.render.docx import DocxWriter
from brevgen.render.docx_inspection import inspect_docx
from brevgen.render.file_approval import FileApproval
from brevgen.render.inspection import inspect
from brevgen.render.logo import LOGO, read_logo
from brevgen.render.pdf import LayoutFault, PdfWriter
from brevgen.render.word_styles import MAX_STYLES
from brevgen.seal.key import SealKey, open_key
from brevgen.settings.seal import SealSettings

STYLESHEET = "letter.css"
WORD_STYLES = "styles.docx"
SEAL_LABEL = {"nb": "Elektronisk segl fra avsenderen", "nn": "Elektronisk segl frå avsendaren"}
"""What a screen reader says of the seal."""
LOOK_CHANGED = untranslated(
    "look: the stylesheet, the Word styles or the program has changed since the command began; run"
    " it again"
)

_PUT_RIGHT = untranslated("Put the stylesheet right.")
_REFERENCE = "00-00000"
_STYLES: dict[Part, tuple[Style, ...]] = {
    "sender": ("sender", "contact"),
    "draft": ("draft",),
    "recipient": ("recipient", "distribution"),
    "references": ("reference",),
    "body": ("title", "heading", "fact", "paragraph", "bullet"),
    "closing": ("closing", "signature", "approval"),
}
"""The styles of each part of a letter."""


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
        look: digest of what it is to look like, as `look` told when it was planned; empty for
            whatever it is when the letter is made.
        approval: what the file tells of its approval; None for a draft.
    """

    number: str
    reference: str
    dated: date
    content: Content
    must_say: tuple[str, ...]
    folder: Path
    stem: str
    seal_at: datetime | None = None
    look: str = ""
    approval: FileApproval | None = None


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
            reason = tr(
                "file: {file} cannot be written ({reason})",
                file=task.stem + ending,
                reason=os_reason(error),
            )
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


class LetterMaker:
    """What is built once and used for all letters of a process.

    Args:
        templates: the folder with stylesheet and Word styles.
        seal: how to get at the agency's key, where letters are to be sealed.

    Raises:
        LayoutFault: the stylesheet has faults.
        FaultyInput: the Word styles have faults, or there is no key to seal with.
    """

    def __init__(self, templates: Path, seal: SealAccess | None = None) -> None:
        before = look(templates)
        self._pdf = PdfWriter(templates / STYLESHEET)
        self._docx = DocxWriter(templates / WORD_STYLES)
        self._logo = read_logo(templates)
        self._look = before if look(templates) == before else ""  # else saved anew meanwhile
        self._sealer = None
        if seal is not None:
            from brevgen.seal.sign import Sealer  # takes long to load

            self._sealer = Sealer(seal.open())

    def make(self, task: Task) -> Outcome:
        """Make and check both files of a letter; nothing is written unless all rules hold."""
        return self.finish(task).keep(task)

    def finish(self, task: Task) -> Finished:
        """Make and check both files of a letter, and write nothing yet."""
        content, reference = task.content, task.reference
        if task.look not in ("", self._look):
            return _unfinished(task, tr(LOOK_CHANGED))
        if task.seal_at is not None and content.is_draft:
            return _unfinished(task, tr("seal: a draft is never sealed"))
        label = SEAL_LABEL[content.written_form] if task.seal_at is not None else ""
        try:
            pdf = self._pdf.write(
                content,
                reference=reference,
                dated=task.dated,
                seal_label=label,
                approval=task.approval,
            )
            unsealed = sha256(pdf) if label else ""
            if task.seal_at is not None:
                assert self._sealer is not None, "the key was given with letters to be sealed"
                pdf = self._sealer.seal(pdf, at=task.seal_at)
        except LayoutFault as fault:
            return _unfinished(task, tr("layout: {fault}", fault=fault))
        except NotSealed as fault:
            return _unfinished(task, tr("seal: {fault}", fault=fault))
        seen = inspect(
            pdf, content, reference=reference, must_say=task.must_say, approval=task.approval
        )
        dated = datetime.combine(task.dated, time(), UTC)
        pages = seen.pages
        docx = self._docx.write(content, reference=reference, dated=dated, pages=pages)
        if faults := (
            *seen.faults,
            *inspect_docx(docx, content, reference=reference, pages=pages, logo=self._logo),
        ):
            return _unfinished(task, *faults, pages=seen.pages)
        outcome = Outcome(task.number, seen.pages, sha256(pdf), sha256(docx), unsealed)
        return Finished(outcome, pdf, docx)


def _unfinished(task: Task, *faults: str, pages: int = 0) -> Finished:
    return Finished(Outcome(task.number, pages, faults=faults))


def check_look(templates: Path, findings: Findings) -> None:
    """Note what is wrong with the stylesheet and the Word styles, before any letter is made.

    A sample letter is made as all letters will be, once as a draft and once approved, unless this
    process has found nothing wrong with the same look before.
    """
    before = readable_look(templates)
    if is_sound(before):
        return
    found = Findings()
    _try_samples(templates, found)
    if not found.items:
        note_sound(before, templates)
    findings.take(found)


_SOUND: set[str] = set()
"""Digests of the looks in which nothing is wrong."""


def is_sound(digest: str) -> bool:
    """Whether nothing was found wrong in a look, by its digest, since this process began."""
    return digest in _SOUND


def note_sound(before: str, templates: Path) -> None:
    """Note that nothing is wrong in a look, unless it was saved anew since `before` was taken."""
    if before and before == readable_look(templates):
        _SOUND.add(before)


def readable_look(templates: Path) -> str:
    """The digest of a look; empty where it cannot be read."""
    try:
        return look(templates)
    except FaultyInput:
        return ""


def _try_samples(templates: Path, findings: Findings) -> None:
    place = Place(STYLESHEET)
    faults: dict[str, None] = {}
    try:
        pdf = PdfWriter(templates / STYLESHEET)
        for content in (sample(approved=False), sample(approved=True)):
            made = pdf.write(content, reference=_REFERENCE, dated=date(2017, 11, 6))
            seen = inspect(made, content, reference=_REFERENCE, must_say=())
            faults |= dict.fromkeys(seen.faults)
        for fault in faults:
            # the letters themselves tell if they are too long
            if not fault.startswith(tr("pages:")):
                findings.fault(tr("A sample letter: {fault}.", fault=fault), tr(_PUT_RIGHT), place)
    except LayoutFault as fault:
        findings.fault(str(fault).removeprefix(f"{STYLESHEET}: "), tr(_PUT_RIGHT), place)
    except FaultyInput as fault:
        findings.items.extend(fault.findings)
    try:
        DocxWriter(templates / WORD_STYLES)
    except FaultyInput as fault:
        # what is wrong with the logo has been told already
        findings.items.extend(each for each in fault.findings if each not in findings.items)


def sample(*, approved: bool) -> Content:
    """A letter of two pages that has every style, to try a stylesheet on."""
    words = (Run("Ord:", strong=True), Run(" 1"))
    sentence = (*words, Run(" og "), Run("en lenke", href="https://www.imdi.example/"), Run("."))
    blocks: list[Block] = []
    for part, styles in _STYLES.items():
        for style in styles:
            if style != ("draft" if approved else "approval"):
                runs, times = (sentence, 40) if style == "paragraph" else (words, 1)
                label = "Ord:" if style in ("contact", "fact") else ""
                blocks += [Block(part, style, runs, label)] * times
    return Content("nb", "Prøve", "Prøve", tuple(blocks))


def look(templates: Path) -> str:
    """Digest of all that decides how content becomes bytes: styles, logo, fonts, libraries, code.

    Raises:
        FaultyInput: the stylesheet or the Word styles cannot be read.
    """
    digest = hashlib.sha256()
    logo = templates / LOGO
    for path in (
        templates / STYLESHEET,
        templates / WORD_STYLES,
        *([logo] if logo.exists() else []),
    ):
        try:
            digest.update(read_bytes(path, most=MAX_STYLES))
        except UnreadableFile as reason:
            raise FaultyInput.of(reason.what, reason.remedy, Place(path.name)) from reason
    digest.update(_program().encode())
    return digest.hexdigest()


@cache
def _program() -> str:
    """Digest of what the program itself brings to a letter's looks."""
    digest = hashlib.sha256()
    code = Path(render.__file__).parent.iterdir()
    for path in sorted([*(each for each in code if each.is_file()), Path(__file__)]):
        digest.update(path.read_bytes())
    for face in FACES:
        digest.update(font_file(face).read_bytes())
    for library in ("weasyprint", "pydyf", "python-docx", "lxml", "fonttools"):
        digest.update(f"{library} {version(library)}".encode())
    return digest.hexdigest()
