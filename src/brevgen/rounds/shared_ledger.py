"""A ledger for several: made by its owner, and filled from the file it was before."""

from pathlib import Path

from brevgen.actor import Actor
from brevgen.errors import WrongUse
from brevgen.files import make_folder
from brevgen.language import tr
from brevgen.ledger.engine import store_at
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.rounds.session import Clock
from brevgen.workspace import Workspace


def make_ledger(workspace: Workspace, actor: Actor, clock: Clock) -> None:
    """Make the ledger where there is none, or bring it up to date.

    Raises:
        LedgerError: it cannot be made, or brought up to date.
    """
    actor.must_have("administer")
    make_folder(workspace.ledger_folder)
    Ledger(workspace.ledger, clock, actor, new=True).close()


def carry_over(workspace: Workspace, file: Path, actor: Actor, clock: Clock) -> int:
    """Carry a ledger's file over to the database the settings name.

    Returns:
        how many events it has.

    Raises:
        WrongUse: the settings name no database.
        LedgerError: there is a ledger in it already, or the file is none that holds; nothing is
            carried over.
    """
    actor.must_have("administer")
    if isinstance(workspace.ledger, Path):
        raise WrongUse(
            tr(
                "brevgen.toml names no database: set url under [ledger], then copy. To put a"
                " backup in the place of a file, use: brevgen ledger restore"
            )
        )
    store_at(workspace.ledger).put_in_place(file, clock())
    with LedgerReader(workspace.ledger) as ledger:
        return ledger.mark().sequence
