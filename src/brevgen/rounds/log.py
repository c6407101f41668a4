"""The log of a workspace: everything that has happened, who did it and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from brevgen.language import tr
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Event
from brevgen.ledger.told import CUT_OFF
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for; empty for all.

    Args:
        round: the round's name.
        municipality: municipality number.
        account: the account that did it.
        act: what was done, as the ledger calls it.
    """

    round: str = ""
    municipality: str = ""
    account: str = ""
    act: str = ""


@dataclass(frozen=True)
class Log:
    """Some of what has happened.

    Args:
        events: the last recorded first.
        total: how many there are in all of those that were asked for.
        rounds: every round that can be asked for.
        accounts: every account that can be asked for.
        acts: every kind of event that can be asked for.
    """

    events: tuple[Event, ...]
    total: int
    rounds: Sequence[str]
    accounts: Sequence[str]
    acts: Sequence[str]


def log(workspace: Workspace, wanted: Wanted, *, skip: int = 0, most: int | None = None) -> Log:
    """What has happened in a workspace; nothing where there is no ledger yet.

    Args:
        skip: how many of the last ones are left out.
        most: how many are told; None for all.
    """
    with LedgerReader(workspace.ledger) as ledger:
        events, total = ledger.log(
            round_name=wanted.round,
            municipality=wanted.municipality,
            account=wanted.account,
            act=wanted.act,
            skip=skip,
            most=most,
        )
        known = ledger.known_in_log()
    return Log(tuple(events), total, known["round"], known["account"], known["act"])


def doer(event: Event) -> str:
    """Who did it; the system where no person did."""
    is_by_itself = event.act == "ledger brought up to date" or event.what.endswith(CUT_OFF)
    return tr("System") if is_by_itself or not event.actor.account else str(event.actor)
