"""Drafts made, in parallel, only those that have changed; final letters put back if missing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from brevgen.characters import as_typed
from brevgen.errors import PartlyDone
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import MadeDocument
from brevgen.pool.letter_files import Outcome
from brevgen.pool.workers import BATCH, Workers
from brevgen.rounds.finals import remove_finals_except, restore_finals
from brevgen.rounds.letter_status import UP_TO_DATE, LetterStatus, task_for
from brevgen.rounds.opening import expected_references, given_references
from brevgen.rounds.report import load_what_writes_reports
from brevgen.rounds.session import RoundSession

Progress = Callable[[int, int], None]
"""Called with letters done and letters to do."""

OnFault = Callable[[str, Sequence[str]], None]
"""Called with a municipality number and the rules that its letter broke."""


@dataclass(frozen=True)
class Generated:
    """What a run of `generate` has done.

    Args:
        letters: the whole round as it stands now.
        made: municipality numbers of the letters made or put back now.
        kept: those that were up to date.
        faults: municipality number to the rules its letter broke; these were not made.
        removed: names of files of letters that are no longer in the round or no longer approved.
    """

    letters: tuple[LetterStatus, ...]
    made: tuple[str, ...]
    kept: tuple[str, ...]
    faults: Mapping[str, tuple[str, ...]]
    removed: tuple[str, ...]


def generate(
    session: RoundSession,
    chosen: Collection[str],
    *,
    workers: Workers,
    progress: Progress,
    on_fault: OnFault = lambda _number, _rules: None,
) -> Generated:
    """Give references and make every letter that is not up to date.

    Args:
        chosen: municipality numbers to make letters for; references are given to all of the round.
        on_fault: is told of a letter that breaks rules as soon as that is known.

    Raises:
        FaultyInput: the round, the stylesheet or the Word styles have faults.
        Refused: the series is too short, or somebody else is changing the round.
        PartlyDone: interrupted, or a process or a cluster was lost; what was made is recorded.
    """
    session.actor.must_have("make")
    facts = session.facts
    numbers = sorted(row.number for row in facts.allocation.rows)
    expected = replace(
        session.known, references=expected_references(session.workspace, session.facts)
    )
    if expected.references != session.known.references or any(
        each.number in chosen and _is_to_make(each) for each in session.letters()
    ):
        look_findings = workers.check_look()  # before any number is given
        for each in session.status_with(expected):
            session.content(each.letter)  # meanwhile, and not again
        Findings(look_findings()).stop_on_faults()
    try:
        with session.changing(reports_always=True) as ledger:
            ledger.give_references(
                session.name, numbers, facts.round.series, given_references(facts)
            )
            session.forget_if_changed()
            letters = {each.number: each for each in session.letters()}
            to_make = {
                number: each
                for number, each in letters.items()
                if number in chosen and _is_to_make(each)
            }
            made, faults = _make_drafts(session, ledger, to_make, workers, progress, on_fault)
            made += restore_finals(session, [letters[number] for number in sorted(chosen)])
            removed = _remove_unasked(session, ledger, numbers)
            removed += remove_finals_except(
                session, [each.sealed for each in letters.values() if each.sealed is not None]
            )
    except KeyboardInterrupt:
        raise PartlyDone(
            tr(
                "Interrupted; what was made is kept. Go on with: brevgen generate {round}",
                round=as_typed(session.name),
            )
        ) from None
    after = session.letters()
    kept = tuple(
        each.number
        for each in after
        if each.number in chosen and each.state in UP_TO_DATE and each.number not in made
    )
    return Generated(tuple(after), tuple(sorted(made)), kept, faults, removed)


def _is_to_make(each: LetterStatus) -> bool:
    """Whether a draft of it is to be made."""
    return not (each.is_approved or each.state in UP_TO_DATE)


def _make_drafts(
    session: RoundSession,
    ledger: Ledger,
    to_make: Mapping[str, LetterStatus],
    workers: Workers,
    progress: Progress,
    on_fault: OnFault,
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Make drafts and record them batch by batch, whatever ends it.

    Returns:
        the municipality numbers of the letters made, and the rules broken by those that were not.
    """
    drafts = session.workspace.drafts(session.name)
    made: list[str] = []
    faults: dict[str, tuple[str, ...]] = {}
    pending: list[MadeDocument] = []

    def record() -> None:
        for document in pending:
            # before it is recorded, for afterwards the ledger no longer knows the earlier name
            _remove_renamed(drafts, to_make[document.municipality].made, document)
        ledger.record_documents(pending)
        made.extend(document.municipality for document in pending)
        pending.clear()

    progress(0, len(to_make))
    tasks = [task_for(each, drafts, look=session.look) for each in to_make.values()]
    try:
        # closed in any case, so that nothing is made any more once this is over
        with closing(workers.make(tasks, load_what_writes_reports)) as outcomes:
            for done, outcome in enumerate(outcomes, start=1):
                if outcome.faults:
                    faults[outcome.number] = outcome.faults
                    on_fault(outcome.number, outcome.faults)
                else:
                    letter = to_make[outcome.number]
                    pending.append(_document(session.name, letter, outcome, session.clock()))
                if len(pending) >= BATCH:
                    record()
                progress(done, len(to_make))
    finally:
        record()
    return made, faults


def _document(round_name: str, each: LetterStatus, made: Outcome, at: datetime) -> MadeDocument:
    return MadeDocument(
        round=round_name,
        municipality=each.number,
        reference=each.letter.reference,
        fingerprint=each.fingerprint,
        content_digest=each.content.digest(),
        pdf_name=f"{each.stem}.pdf",
        pdf_sha256=made.pdf_sha256,
        docx_name=f"{each.stem}.docx",
        docx_sha256=made.docx_sha256,
        pages=made.pages,
        made_at=at,
    )


def _remove_renamed(drafts: Path, before: MadeDocument | None, now: MadeDocument) -> None:
    """Remove the draft a letter had under another name."""
    if before is not None and before.pdf_name != now.pdf_name:
        for name in before.names:
            (drafts / name).unlink(missing_ok=True)


def _remove_unasked(
    session: RoundSession, ledger: Ledger, asked: Collection[str]
) -> tuple[str, ...]:
    """Remove drafts of municipalities that are no longer asked; their references stay given."""
    made = session.known.made
    unasked = sorted(set(made) - set(asked))
    names = [name for number in unasked for name in made[number].names]
    # The files first: if this is cut short, the ledger still knows what is left to remove.
    for name in names:
        (session.workspace.drafts(session.name) / name).unlink(missing_ok=True)
    if unasked:
        ledger.remove_documents(session.name, unasked)
    return tuple(names)
