"""A whole round: every letter, in parallel, only what has changed.

A round is planned first: for each letter, what it says, and whether the files that are there still
say it. Making, previewing and the status all work from that one plan.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from brevgen.document.files import sha256_of_file
from brevgen.document.making import Outcome, Task, look
from brevgen.errors import Refused
from brevgen.facts.allocation import AllocationRow
from brevgen.facts.faults import Findings, Place
from brevgen.facts.municipalities import Municipality
from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.ledger.documents import MadeDocument
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reading import LedgerReader
from brevgen.letter.content import Content
from brevgen.letter.contract import check_templates
from brevgen.letter.letter import Letter, letter_for, must_say
from brevgen.letter.templates import Templates, kinds, read_templates
from brevgen.workspace import Workspace, file_stem

State = Literal["no reference", "to make", "changed", "damaged", "draft"]
"""Where a letter stands: it has no number yet; it was never made; it would say something else now;
its file is missing or not the one that was made; it is there as a draft."""

ADVICE: Mapping[State, str] = {
    "no reference": "generate",
    "to make": "generate",
    "changed": "generate again: the facts or the template have changed",
    "damaged": "generate again: the file is missing or was changed",
    "draft": "",
}
"""What a person is to do about a letter, by its state."""

BATCH = 25
"""How many letters are written into the ledger at a time."""


@dataclass(frozen=True)
class Planned:
    """One letter of the plan.

    Args:
        row: what is asked.
        municipality: of whom.
        letter: all its facts; the reference is empty where none was given yet.
        content: what it says.
        stem: the name of its files without ending.
        fingerprint: digest of all its files are made from.
        state: where it stands.
        made: its documents as last made, if any.
    """

    row: AllocationRow
    municipality: Municipality
    letter: Letter
    content: Content
    stem: str
    fingerprint: str
    state: State
    made: MadeDocument | None

    @property
    def number(self) -> str:
        """The municipality's number."""
        return self.municipality.number


def check(workspace: Workspace, round_name: str, findings: Findings) -> RoundFacts | None:
    """Read everything a round rests on and note every fault.

    Templates are checked first, without any data. Nothing is written.

    Returns:
        the facts, or None where something could not be read at all.
    """
    folder = workspace.round_folder(round_name)
    read_checked_templates(workspace, findings)
    facts = read_round_facts(folder, workspace.data, findings)
    if facts is None:
        return None
    if facts.round.kind not in kinds(workspace.templates):
        findings.fault(
            f"There are no templates for the kind “{facts.round.kind}”.",
            f"There are: {', '.join(kinds(workspace.templates))}.",
        )
    with LedgerReader(workspace.ledger) as ledger:
        for conflict in ledger.reference_conflicts(round_name, given_references(facts)):
            row = next(r for r in facts.allocation.rows if r.number == conflict.municipality)
            findings.fault(conflict.what, conflict.remedy, facts.allocation.place(row, "vår_ref"))
    return facts


def check_series(workspace: Workspace, facts: RoundFacts, findings: Findings) -> None:
    """Note if there are too few references left for a round without other faults.

    Giving them would be refused then; what needs none, such as the status, goes on.
    """
    try:
        expected_references(workspace, facts)
    except Refused as refusal:
        findings.fault(str(refusal), "", Place("round.toml", column="references"))


def expected_references(workspace: Workspace, facts: RoundFacts) -> dict[str, str]:
    """The references a round's letters have or would be given now, by municipality number.

    Raises:
        Refused: too few are left in the series.
    """
    numbers = sorted(row.number for row in facts.allocation.rows)
    with LedgerReader(workspace.ledger) as ledger:
        return ledger.expected_references(
            facts.name, numbers, facts.round.series, given_references(facts)
        )


def read_checked_templates(workspace: Workspace, findings: Findings) -> Templates | None:
    """The letter templates, every kind of them held to the contract."""
    shown_as = workspace.templates.name
    templates = read_templates(workspace.templates, findings, shown_as=shown_as)
    if templates is not None:
        for kind in kinds(workspace.templates):
            check_templates(templates, kind, findings, shown_as=shown_as)
    return templates


def given_references(facts: RoundFacts) -> dict[str, str]:
    """The references the allocation brings, by municipality number."""
    return {row.number: row.reference for row in facts.allocation.rows if row.reference}


def open_round(workspace: Workspace, round_name: str) -> tuple[RoundFacts, Templates, Findings]:
    """The facts and templates of a round without faults, and the warnings.

    Raises:
        FaultyInput: there are faults; all of them.
        WrongUse: there is no such round.
    """
    findings = Findings()
    facts = check(workspace, round_name, findings)
    findings.stop_on_faults()
    templates = read_templates(workspace.templates, Findings(), shown_as="")
    assert facts is not None, "without faults everything was read"
    assert templates is not None, "without faults everything was read"
    return facts, templates, findings


def plan(
    workspace: Workspace,
    facts: RoundFacts,
    templates: Templates,
    references: Mapping[str, str],
    made: Mapping[str, MadeDocument],
) -> list[Planned]:
    """What every letter says now, and where it stands, in order of municipality number.

    Args:
        workspace: where things lie.
        facts: the round, without faults.
        templates: the letter templates.
        references: references by municipality number; a letter without one is planned without.
        made: the documents the ledger knows of, by municipality number.
    """
    looks = look(workspace.templates)
    drafts = workspace.output(facts.name) / "drafts"
    planned = []
    for row, municipality in facts.asked():
        letter = letter_for(
            row,
            municipality,
            facts.round,
            reference=references.get(municipality.number, ""),
            agency_short_name=workspace.settings.agency.short_name,
            agency_name=workspace.settings.agency.name,
        )
        content = templates.content(letter)
        stem = file_stem(municipality.number, municipality.name, letter.reference)
        fingerprint = hashlib.sha256(
            f"{looks} {content.digest()} {stem} {letter.date}".encode()
        ).hexdigest()
        before = made.get(municipality.number)
        state = _state(letter, fingerprint, before, drafts)
        planned.append(
            Planned(row, municipality, letter, content, stem, fingerprint, state, before)
        )
    return planned


def _state(letter: Letter, fingerprint: str, made: MadeDocument | None, drafts: Path) -> State:
    if not letter.reference:
        return "no reference"
    if made is None:
        return "to make"
    if made.fingerprint != fingerprint:
        return "changed"
    files = ((made.pdf_name, made.pdf_sha256), (made.docx_name, made.docx_sha256))
    if any(sha256_of_file(drafts / name) != digest for name, digest in files):
        return "damaged"
    return "draft"


def stand(workspace: Workspace, facts: RoundFacts, templates: Templates) -> list[Planned]:
    """The whole round as it stands, for status and report; nothing is written."""
    with LedgerReader(workspace.ledger) as ledger:
        references = ledger.references(facts.name)
        made = ledger.documents(facts.name)
    return plan(workspace, facts, templates, references, made)


@dataclass(frozen=True)
class Batch:
    """What a run of `generate` has done.

    Args:
        letters: the whole round as it stands now.
        made: municipality numbers of the letters made now.
        kept: those that were up to date.
        faults: municipality number to the rules its letter broke; these were not made.
        removed: names of files of letters that are no longer in the round.
    """

    letters: tuple[Planned, ...]
    made: tuple[str, ...]
    kept: tuple[str, ...]
    faults: Mapping[str, tuple[str, ...]]
    removed: tuple[str, ...]


def generate(
    workspace: Workspace,
    facts: RoundFacts,
    templates: Templates,
    *,
    only: Collection[str],
    jobs: int,
    clock: Callable[[], datetime],
    account: str,
    progress: Callable[[int, int], None],
) -> Batch:
    """Give references and make every letter that is not up to date.

    Args:
        workspace: where things lie.
        facts: the round, without faults.
        templates: the letter templates.
        only: municipality numbers to make letters for.
        jobs: how many processes.
        clock: tells the time, aware.
        account: who runs the command.
        progress: called with letters done and letters to do.

    Raises:
        Refused: the series is too short.
        BrevgenError: stylesheet or Word styles have faults, or a process died.
        KeyboardInterrupt: interrupted; in each case what was made is recorded.
    """
    from brevgen.workers import make_all

    drafts = workspace.output(facts.name) / "drafts"
    numbers = sorted(row.number for row in facts.allocation.rows)
    workspace.ledger.parent.mkdir(parents=True, exist_ok=True)
    with Ledger(workspace.ledger, clock, account) as ledger:
        references = ledger.give_references(
            facts.name, numbers, facts.round.series, given_references(facts)
        )
        known = ledger.documents(facts.name)
        letters = {
            each.number: each for each in plan(workspace, facts, templates, references, known)
        }
        chosen = [each for each in letters.values() if each.number in only]
        to_do = [each for each in chosen if each.state != "draft"]
        faults: dict[str, tuple[str, ...]] = {}
        made: list[str] = []
        pending: list[MadeDocument] = []

        def record() -> None:
            for document in pending:
                # first, for afterwards the ledger no longer knows the earlier name
                _remove_renamed(drafts, known.get(document.municipality), document)
            ledger.record_documents(pending)
            for document in pending:
                number = document.municipality
                letters[number] = replace(letters[number], state="draft", made=document)
                made.append(number)
            pending.clear()

        progress(0, len(to_do))
        try:
            tasks = [_task(each, drafts) for each in to_do]
            # closed in any case, so that nothing is made any more once this is over
            with closing(make_all(tasks, workspace.templates, jobs)) as outcomes:
                for done, outcome in enumerate(outcomes, start=1):
                    if outcome.faults:
                        faults[outcome.number] = outcome.faults
                    else:
                        pending.append(_made(facts.name, letters[outcome.number], outcome, clock()))
                    if len(pending) >= BATCH:
                        record()
                    progress(done, len(to_do))
        finally:
            record()
        removed = _remove_unasked(ledger, facts, drafts, known, numbers)
    kept = tuple(each.number for each in chosen if each.state == "draft")
    return Batch(tuple(letters.values()), tuple(sorted(made)), kept, faults, removed)


def _task(each: Planned, folder: Path) -> Task:
    return Task(
        number=each.number,
        reference=each.letter.reference,
        dated=each.letter.date,
        content=each.content,
        must_say=must_say(each.letter),
        folder=folder,
        stem=each.stem,
    )


def _made(round_name: str, each: Planned, outcome: Outcome, now: datetime) -> MadeDocument:
    return MadeDocument(
        round=round_name,
        municipality=each.number,
        reference=each.letter.reference,
        state="draft",
        fingerprint=each.fingerprint,
        content_digest=each.content.digest(),
        pdf_name=f"{each.stem}.pdf",
        pdf_sha256=outcome.pdf_sha256,
        docx_name=f"{each.stem}.docx",
        docx_sha256=outcome.docx_sha256,
        pages=outcome.pages,
        made_at=now,
    )


def _remove_renamed(drafts: Path, before: MadeDocument | None, now: MadeDocument) -> None:
    """Remove the draft a letter had under another name."""
    if before is not None and before.pdf_name != now.pdf_name:
        for name in (before.pdf_name, before.docx_name):
            (drafts / name).unlink(missing_ok=True)


def _remove_unasked(
    ledger: Ledger,
    facts: RoundFacts,
    drafts: Path,
    known: Mapping[str, MadeDocument],
    asked: Sequence[str],
) -> tuple[str, ...]:
    """Remove drafts of municipalities that are no longer asked; their references stay given."""
    names = []
    unasked = sorted(set(known) - set(asked))
    for number in unasked:
        # The files first: if this is cut short, the ledger still knows what is left to remove.
        for name in (known[number].pdf_name, known[number].docx_name):
            (drafts / name).unlink(missing_ok=True)
            names.append(name)
    if unasked:
        ledger.remove_documents(facts.name, unasked)
    return tuple(names)
