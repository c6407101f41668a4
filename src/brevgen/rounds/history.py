"""Everything that has happened to a municipality's letters, as the ledger has it."""

from brevgen.errors import WrongUse
from brevgen.facts.municipalities import read_register
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Event
from brevgen.rounds.traces import missing_ledger
from brevgen.workspace import Workspace


def history(workspace: Workspace, who: str, round_name: str = "") -> list[Event]:
    """What has happened to the letters of one municipality, the oldest first.

    Needs no round without faults: all of it stands in the ledger.

    Args:
        workspace: whose ledger.
        who: municipality number or name, or a letter's reference.
        round_name: only what happened in this round; empty for all.

    Raises:
        WrongUse: there is no ledger yet, or the name means nobody or several.
    """
    if not workspace.has_ledger:
        raise WrongUse(
            missing_ledger(workspace) or tr("Nothing has happened yet: there is no ledger.")
        )
    with LedgerReader(workspace.ledger) as ledger:
        holder = ledger.find_reference(who)
        numbers = [holder.municipality] if holder is not None else _numbers(workspace, who, ledger)
        events = [event for number in numbers for event in ledger.events(round_name, number)]
    return sorted(events, key=lambda event: event.sequence)


def _numbers(workspace: Workspace, who: str, ledger: LedgerReader) -> list[str]:
    """The numbers that the municipality that is meant has borne."""
    register = read_register(
        workspace.data / "municipalities.csv", Findings(), shown_as="municipalities.csv"
    )
    is_number = len(who) == 4 and who.isdecimal()
    if is_number and register is not None and (bearer := register.ever(who)) is not None:
        found = [
            group
            for group in register.ever_named(bearer.name)
            if who in {each.number for each in group}
        ]
    elif is_number and ledger.events("", who):
        return [who]
    else:
        found = register.ever_named(who) if register is not None else []
    if not found:
        raise WrongUse(tr("There is no municipality “{who}”. Give its number.", who=who))
    if len(found) > 1:
        names = ", ".join(f"{each[-1].label} ({each[-1].county})" for each in found)
        raise WrongUse(
            tr(
                "“{who}” means several municipalities: {municipalities}. Give the number.",
                who=who,
                municipalities=names,
            )
        )
    return list(dict.fromkeys(each.number for each in found[0]))
