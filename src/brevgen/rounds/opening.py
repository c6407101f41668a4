"""A round opened: everything it rests on read and checked, before anything is made."""

from datetime import date

from brevgen.errors import Refused
from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.ledger import references
from brevgen.letter.contract import checked_templates
from brevgen.letter.printed import check_printed
from brevgen.letter.templates import WORDS, WORDS_OF_SEAL, Templates, kinds_in
from brevgen.rounds.following import follow_in
from brevgen.rounds.kinds import kinds_of
from brevgen.settings.round import ROUND_FILE
from brevgen.settings.round_file import kind_named
from brevgen.workspace import Workspace


def check(
    workspace: Workspace, round_name: str, findings: Findings, *, today: date | None = None
) -> RoundFacts | None:
    """Read everything a round rests on and note every fault.

    Templates are checked first, without any data, and only those of the round's kind: a fault in
    another kind hinders no letter of this one. Nothing is written. With today's date there are
    warnings of what may have been forgotten in a round that was copied from another.

    Returns:
        the facts, or None where something could not be read at all.
    """
    folder = workspace.round_folder(round_name)
    kinds = kinds_of(workspace, findings)
    named = kind_named(folder / ROUND_FILE)
    only = named if kinds.get(named) is not None else ""
    templates = checked_templates(workspace.templates, kinds, findings, only=only)
    if templates is not None and workspace.settings.agency.seal_check:
        _check_seal_is_told(templates, findings)
    checked_templates(workspace.messages, kinds, findings, is_printed=False, only=only)
    follow = follow_in(workspace, kinds)
    facts = read_round_facts(
        folder, workspace.data, findings, kinds=kinds, follow=follow, today=today
    )
    if facts is None:
        return None
    if facts.round.kind not in kinds_in(workspace.messages):
        there = ", ".join(kinds_in(workspace.messages))
        findings.fault(
            tr(
                "There are no templates for the kind “{kind}” in {folder}.",
                kind=facts.round.kind,
                folder=workspace.messages.name,
            ),
            tr("There are: {kinds}.", kinds=there or tr("none")),
        )
    check_printed(facts, workspace.settings.agency, findings)
    used, _ = _used(workspace)
    given = {
        number: reference
        for number, reference in given_references(facts).items()
        if facts.round.series.fits(reference)  # else it has its fault already
    }
    for conflict in references.find_conflicts(round_name, given, used):
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
        findings.fault(
            str(refusal),
            tr("Ask the archive for more numbers; see that they are of the letters’ year."),
            Place("round.toml", column="references"),
        )


def expected_references(workspace: Workspace, facts: RoundFacts) -> dict[str, str]:
    """The references a round's letters have or would be given now, by municipality number.

    Raises:
        Refused: too few are left in the series.
    """
    numbers = sorted(row.number for row in facts.allocation.rows)
    used, highest = _used(workspace)
    return references.expected_references(
        facts.name,
        numbers,
        facts.round.series,
        given_references(facts),
        used,
        highest=highest,
    )


def _used(workspace: Workspace) -> tuple[references.Used, tuple[str, ...]]:
    """Every reference ever given, and the highest in use where a copy of the ledger was restored.

    None where there is no ledger yet.
    """
    if not workspace.has_ledger:
        return {}, ()
    from brevgen.ledger.reader import LedgerReader  # takes long to load

    with LedgerReader(workspace.ledger) as reader:
        return reader.used(), reader.highest_used()


def _check_seal_is_told(templates: Templates, findings: Findings) -> None:
    """Warn of a page to check the seal on that no letter tells, for want of words before it."""
    if WORDS_OF_SEAL not in templates.words:
        findings.warn(
            tr("No letter tells the page to check the seal on: words to tell it with are missing."),
            tr("Take over the table [{table}] from a new workspace.", table=WORDS_OF_SEAL),
            Place(f"{templates.folder.name}/{WORDS}"),
        )


def given_references(facts: RoundFacts) -> dict[str, str]:
    """The references the allocation brings, by municipality number."""
    return {row.number: row.reference for row in facts.allocation.rows if row.reference}
