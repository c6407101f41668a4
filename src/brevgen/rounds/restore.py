"""Putting a backup in the ledger's place, so that no number is given twice.

A backup does not know what came after it. What lies on the disk tells a part of that, and a person
has to tell the rest: the highest reference that was ever used.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from brevgen.actor import Actor
from brevgen.errors import LedgerDamaged, LedgerError, Refused, WrongUse
from brevgen.language import tr
from brevgen.ledger.engine import store_at
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.proof import Proof
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import LedgerMark
from brevgen.rounds.session import Clock
from brevgen.rounds.traces import letters_on_disk, patterns, remember_mark
from brevgen.rounds.witness import put_aside_contradicted
from brevgen.settings.series import is_reference
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class Restoring:
    """What restoring a copy would mean.

    Args:
        copy: how far the copy goes.
        now: how far the ledger in its place goes; None where there is none, or it cannot be read.
        found: by round, municipality number to reference, of letters the copy does not know.
    """

    copy: LedgerMark
    now: LedgerMark | None
    found: Mapping[str, Mapping[str, str]]

    @property
    def count(self) -> int:
        """How many letters lie on the disk that the copy does not know."""
        return sum(len(each) for each in self.found.values())


@dataclass(frozen=True)
class Restored:
    """What was restored.

    Args:
        aside: where the ledger lies that was in the copy's place; None where there was none.
        taken: references that letters on the disk bear and have again.
        conflicting: references on the disk that their letters could not get back; nobody gets them.
    """

    aside: Path | None
    taken: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = field(default=())


def look_at_copy(workspace: Workspace, copy: Path) -> Restoring:
    """What it would mean to restore a copy; nothing is changed.

    Raises:
        LedgerError: it is no whole ledger.
    """
    with LedgerReader(copy, must_exist=True) as reader:
        proof = reader.prove()
        _check_holds(copy, proof)
        used = reader.used()
    found = {
        round_name: fresh
        for round_name, own in letters_on_disk(workspace).items()
        if (fresh := {number: each for number, each in own.items() if each not in used})
    }
    return Restoring(proof.mark, _mark_now(workspace), found)


def check_highest(workspace: Workspace, highest: Sequence[str]) -> None:
    """See that what a person calls the highest references are references.

    Raises:
        WrongUse: one is written as none of the workspace's rounds writes them.
    """
    known = patterns(workspace)
    for each in highest:
        if not any(is_reference(each, pattern) for pattern in known):
            raise WrongUse(
                tr(
                    "“{reference}” is no reference: they are written as {patterns}.",
                    reference=each,
                    patterns=", ".join(sorted(known)),
                )
            )


def restore(
    workspace: Workspace,
    copy: Path,
    highest: Sequence[str],
    *,
    actor: Actor,
    clock: Clock,
    agree: Callable[[Restoring], bool],
) -> Restored | None:
    """Put a copy in the ledger's place, and see to it that no number is given twice.

    Args:
        copy: a file that `backup` made.
        highest: the highest references that were ever used; none where only the disk counts.
        clock: tells the time, aware.
        agree: is told what it means, and asks.

    Returns:
        what was done; None where the person did not agree.

    Raises:
        LedgerError: the copy is no whole ledger, or cannot be put there; nothing is changed.
        Refused: somebody is changing a round, or the copy is of another ledger.
    """
    actor.must_have("administer")
    check_highest(workspace, highest)
    looked_at = look_at_copy(workspace, copy)
    _check_same(workspace, copy, looked_at)
    if not agree(looked_at):
        return None
    with ExitStack() as held:
        store = store_at(workspace.ledger)
        for round_name in workspace.rounds():
            held.enter_context(store.round_lock(round_name, actor, clock))
        now = look_at_copy(workspace, copy)
        aside = store.put_in_place(copy, clock())
        with Ledger(workspace.ledger, clock, actor) as ledger:
            conflicting = ledger.record_restored(now.copy.sequence, now.found, highest)
            remember_mark(workspace, ledger.mark())
            put_aside_contradicted(workspace, ledger, clock())
    borne = sorted(each for own in now.found.values() for each in own.values())
    return Restored(aside, tuple(e for e in borne if e not in conflicting), conflicting)


def _check_same(workspace: Workspace, copy: Path, looked_at: Restoring) -> None:
    now = looked_at.now
    if now is not None and now.identity not in ("", looked_at.copy.identity):
        raise Refused(
            tr(
                "The copy {copy} is of another ledger than the one in its place. Nothing was"
                " restored. If it is to take that place all the same, move {ledger} away first.",
                copy=copy,
                ledger=workspace.shown(workspace.ledger),
            )
        )


def _check_holds(copy: Path, proof: Proof) -> None:
    if proof.faults:
        raise LedgerDamaged(
            tr(
                "The copy {copy} does not hold: event {event} is not what was written. Nothing was"
                " restored. Choose another copy.",
                copy=copy,
                event=proof.faults[0].event,
            )
        )


def _mark_now(workspace: Workspace) -> LedgerMark | None:
    if not workspace.has_ledger:
        return None
    try:
        with LedgerReader(workspace.ledger) as reader:
            return reader.mark()
    except LedgerError:
        return None
