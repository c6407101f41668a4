"""Drafts made, in parallel, only what has changed; and finals put back where they are missing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from brevgen.actor import Actor
from brevgen.facts.round_facts import RoundFacts
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import MadeDocument
from brevgen.letter.templates import Templates
from brevgen.pool.letter_files import Outcome, Task
from brevgen.pool.workers import BATCH, Workers
from brevgen.rounds.finals import remove_stale_finals, restore_finals
from brevgen.rounds.opening import given_references
from brevgen.rounds.status import UP_TO_DATE, Known, Planned, State, plan, task_for
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class Batch:
    """What a run of `generate` has done.

    Args:
        letters: the whole round as it stands now.
        made: municipality numbers of the letters made or put back now.
        kept: those that were up to date.
        faults: municipality number to the rules its letter broke; these were not made.
        removed: names of files of letters that are no longer in the round or no longer approved.
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
    workers: Workers,
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
        workers: who make them.
        clock: tells the time, aware.
        account: who runs the command.
        progress: called with letters done and letters to do.

    Raises:
        Refused: the series is too short.
        BrevgenError: stylesheet or Word styles have faults, or a process died, or a cluster.
        KeyboardInterrupt: interrupted; in each case what was made is recorded.
    """
    drafts = workspace.drafts(facts.name)
    numbers = sorted(row.number for row in facts.allocation.rows)
    workspace.ledger.parent.mkdir(parents=True, exist_ok=True)
    with Ledger(workspace.ledger, clock, Actor(account), new=True) as ledger:
        ledger.give_references(facts.name, numbers, facts.round.series, given_references(facts))
        known = Known.of(ledger, facts.name)
        letters: dict[str, Planned] = {}
        to_do = 0

        def tasks() -> Iterator[Task]:
            nonlocal to_do
            for each in plan(workspace, facts, templates, known):
                letters[each.number] = each
                is_done = each.is_approved or each.state in UP_TO_DATE
                if each.number in only and not is_done:
                    to_do += 1
                    yield task_for(each, drafts)
            progress(0, to_do)

        faults: dict[str, tuple[str, ...]] = {}
        made: list[str] = []
        pending: list[MadeDocument] = []

        def record() -> None:
            for document in pending:
                # first, for afterwards the ledger no longer knows the earlier name
                _remove_renamed(drafts, known.made.get(document.municipality), document)
            ledger.record_documents(pending)
            for document in pending:
                number = document.municipality
                letters[number] = replace(
                    letters[number], state="draft", made=document, is_intact=True
                )
                made.append(number)
            pending.clear()

        try:
            # closed in any case, so that nothing is made any more once this is over
            with closing(workers.make(tasks())) as outcomes:
                for done, outcome in enumerate(outcomes, start=1):
                    if outcome.faults:
                        faults[outcome.number] = outcome.faults
                    else:
                        pending.append(_made(facts.name, letters[outcome.number], outcome, clock()))
                    if len(pending) >= BATCH:
                        record()
                    progress(done, to_do)
        finally:
            record()
        chosen = [each for each in letters.values() if each.number in only]
        for number in restore_finals(workspace, facts.name, ledger, chosen):
            state: State = "final" if letters[number].state == "damaged" else letters[number].state
            letters[number] = replace(letters[number], state=state, is_intact=True)
            made.append(number)
        removed = _remove_unasked(ledger, facts, drafts, known.made, numbers)
        removed += remove_stale_finals(workspace, facts.name, known, letters)
    kept = tuple(
        each.number for each in chosen if each.state in UP_TO_DATE and each.number not in made
    )
    return Batch(tuple(letters.values()), tuple(sorted(made)), kept, faults, removed)


def _made(round_name: str, each: Planned, outcome: Outcome, now: datetime) -> MadeDocument:
    return MadeDocument(
        round=round_name,
        municipality=each.number,
        reference=each.letter.reference,
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
