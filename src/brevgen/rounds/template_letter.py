"""A letter, or the e-mail it comes with, through templates that are tried.

Nothing is saved. What a person is typing may hold a process for long, so whoever serves others
lets a process of its own do this.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from brevgen.errors import BrevgenError
from brevgen.facts.municipalities import DecidedForm
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import sha256, sha256_of_file
from brevgen.findings import FaultyInput, Finding, Findings, Place
from brevgen.language import language, tr
from brevgen.ledger.reader import LedgerReader
from brevgen.letter.content import Content, WrittenForm
from brevgen.letter.contract import check_form
from brevgen.letter.letter import Letter, letter_for, written_form
from brevgen.letter.templates import Templates, read_templates
from brevgen.pool.letter_files import STYLESHEET
from brevgen.render.inspection import MOST_PAGES
from brevgen.render.logo import LOGO
from brevgen.render.pdf import LayoutFault, PdfWriter
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.opening import expected_references
from brevgen.rounds.template_facts import KeptFacts
from brevgen.rounds.template_sheets import Sheet
from brevgen.rounds.template_trial import all_faults
from brevgen.settings.kind import Kinds
from brevgen.workspace import Workspace

DOTS_PER_INCH = 108
MOST_DRAWN = MOST_PAGES + 1
"""Pages that are drawn: those a letter may have, and the one too many."""
_DECIDED: Mapping[WrittenForm, DecidedForm] = {"nb": "bokmål", "nn": "nynorsk"}


@dataclass(frozen=True)
class Choice:
    """A municipality whose letter can be looked at.

    Args:
        number: its number.
        label: number and name.
        form: the written form it is written to in.
    """

    number: str
    label: str
    form: WrittenForm


@dataclass(frozen=True)
class Tried:
    """What became of a letter, or of the e-mail it comes with, through templates that are tried.

    Args:
        label: number and name of the municipality; empty where there is no letter.
        form: its written form.
        content: what is said; None where that could not be made out.
        pages: its pages as PNG; none of an e-mail.
        page_count: how many pages it has.
        mail: the e-mail as HTML; empty for a letter.
        findings: why it cannot be shown.
        problem: why there is no letter to show at all; empty where there is.
        choices: whose letters there are.
    """

    label: str = ""
    form: WrittenForm = "nb"
    content: Content | None = None
    pages: tuple[bytes, ...] = ()
    page_count: int = 0
    mail: str = ""
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass
class Trial:
    """Tries templates; what is dear is kept from one try to the next."""

    facts: KeptFacts = field(default_factory=KeptFacts)
    _faults: dict[str, list[Finding]] = field(default_factory=dict)
    _writers: dict[str, PdfWriter] = field(default_factory=dict)

    def warm_up(self, workspace: Workspace) -> None:
        """Load what the first letter needs."""
        try:
            self._writer(workspace)
        except BrevgenError:
            return  # it is told where it is looked at

    def faults(self, workspace: Workspace) -> list[Finding]:
        """Every fault of the templates as they are."""
        files = sorted(workspace.templates.parent.rglob("*"))
        told = [(str(each), sha256_of_file(each)) for each in files if each.is_file()]
        key = sha256(f"{language()} {told}".encode())
        if key not in self._faults:
            self._faults = {key: all_faults(workspace)}
        return self._faults[key]

    def letter(
        self,
        workspace: Workspace,
        sheet: Sheet,
        *,
        round_name: str,
        number: str,
        form: Literal["", "nb", "nn"],
        is_sound: bool = False,
    ) -> Tried:
        """A letter of a round through the templates of a workspace.

        Only its own form is held to the contract before: what the other form lacks hinders nobody
        from looking at this one.

        Args:
            workspace: with the templates that are tried.
            sheet: what is edited; of messages, the e-mail is shown.
            number: the municipality; empty for the first.
            form: the written form; empty for that of the municipality.
            is_sound: whether the templates are known to have no faults at all.
        """
        kinds = kinds_of(workspace, Findings())
        facts, problem = self.facts.of(workspace, round_name, kinds)
        if facts is None:
            return Tried(problem=problem)
        asked = {municipality.number: (row, municipality) for row, municipality in facts.asked()}
        choices = tuple(
            Choice(each.number, each.label, written_form(each, facts.round))
            for _, each in asked.values()
        )
        if not asked:
            return Tried(problem=tr("No letter is asked for in the round {name}.", name=round_name))
        row, municipality = asked.get(number) or next(iter(asked.values()))
        shown_in = form or written_form(municipality, facts.round)
        letter = letter_for(
            row,
            replace(municipality, decided_form=_DECIDED[shown_in]),
            facts.round,
            kind=facts.kind,
            earlier=facts.earlier(municipality.number),
            reference=_reference(workspace, facts, municipality.number),
            agency=workspace.settings.agency,
            approved=sheet.is_of_messages,
        )
        tried = Tried(label=municipality.label, form=shown_in, choices=choices)
        is_printed = not sheet.is_of_messages
        findings, content = _said(
            workspace, kinds, letter, is_printed=is_printed, is_sound=is_sound
        )
        if content is None:
            return replace(tried, findings=tuple(findings))
        tried = replace(tried, content=content)
        if sheet.is_of_messages:
            return replace(tried, mail=_mail(content))
        try:
            pdf = self._laid_out(workspace, letter, content)
        except LayoutFault as fault:
            what = str(fault).removeprefix(f"{STYLESHEET}: ")
            place = Place(f"letters/{STYLESHEET}")
            return replace(tried, findings=(Finding("fault", what, "", place),))
        except FaultyInput as fault:
            return replace(tried, findings=tuple(fault.findings))
        pages, count = _drawn(pdf)
        return replace(tried, pages=pages, page_count=count)

    def _writer(self, workspace: Workspace) -> PdfWriter:
        stylesheet, logo = workspace.templates / STYLESHEET, workspace.templates / LOGO
        texts = [path.read_bytes() for path in (stylesheet, logo) if path.exists()]
        key = sha256(b"\0".join(texts))
        if key not in self._writers:
            self._writers.clear()
            self._writers[key] = PdfWriter(stylesheet)
        return self._writers[key]

    def _laid_out(self, workspace: Workspace, letter: Letter, content: Content) -> bytes:
        writer = self._writer(workspace)
        return writer.write(content, reference=letter.reference, dated=letter.date)


def _reference(workspace: Workspace, facts: RoundFacts, number: str) -> str:
    """The reference a letter has or would be given now; a dash where the series is too short."""
    known: Mapping[str, str] = {}
    if workspace.has_ledger:
        with LedgerReader(workspace.ledger) as ledger:
            known = ledger.references(facts.name)
    if number in known:
        return known[number]
    try:
        return expected_references(workspace, facts)[number]
    except (BrevgenError, KeyError):
        return "–"


def _said(
    workspace: Workspace, kinds: Kinds, letter: Letter, *, is_printed: bool, is_sound: bool
) -> tuple[list[Finding], Content | None]:
    """What a letter, or the e-mail with it, says; None and the faults that hinder it."""
    findings = Findings(only_faults=True)
    folder = workspace.templates if is_printed else workspace.messages
    templates = read_templates(folder, findings, shown_as=folder.name)
    if templates is None:
        return findings.faults, None
    if not is_sound:
        check_form(
            templates,
            kinds,
            findings,
            kind=letter.kind,
            form=letter.written_form,
            shown_as=folder.name,
            is_printed=is_printed,
        )
    if findings.faults:
        return findings.faults, None
    return _filled(templates, letter)


def _filled(templates: Templates, letter: Letter) -> tuple[list[Finding], Content | None]:
    try:
        return [], templates.content(letter)
    except FaultyInput as fault:
        return fault.findings, None


def _mail(content: Content) -> str:
    from brevgen.channels.mail.page import as_page

    subject = "".join(block.text for block in content.blocks if block.style == "title")
    blocks = tuple(block for block in content.blocks if block.style != "title")
    return as_page(replace(content, blocks=blocks), subject)


def _drawn(pdf: bytes) -> tuple[tuple[bytes, ...], int]:
    """The first pages of a PDF as PNG, and how many there are."""
    import pypdfium2

    pages = []
    with pypdfium2.PdfDocument(pdf) as document:
        count = len(document)
        for number in range(min(count, MOST_DRAWN)):
            picture = io.BytesIO()
            image = document[number].render(scale=DOTS_PER_INCH / 72).to_pil()
            image.save(picture, "PNG", compress_level=1)
            pages.append(picture.getvalue())
    return tuple(pages), count
