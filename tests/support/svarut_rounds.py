"""Rounds that go through SvarUt, to the stub on the loopback."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from brevgen.channels.svarut.channel import SvarUtChannel
from brevgen.rounds.way_out import Means, svarut
from brevgen.workspace import find_workspace
from tests.support import pki
from tests.support.svarut_stub import PASSWORD, SvarUt

AS, BAERUM = "964948798", "935478715"


@cache
def client() -> pki.Holder:
    """The client's certificate at Maskinporten."""
    since = datetime.now(UTC) - timedelta(days=1)
    return pki.issue("Maskinporten-klient", since=since, until=since + timedelta(days=30))


@contextmanager
def stub(**how: Any) -> Iterator[SvarUt]:
    with SvarUt(client().certificate, **how) as found:
        yield found


def use_svarut(workspace: Path, to: SvarUt, **keys: object) -> None:
    """Name the stub in the settings, in place of an earlier one."""
    pki.write(workspace, "svarut.p12", client().p12())
    pki.write(workspace, "svarut-passphrase", pki.PASSPHRASE.encode())
    pki.write(workspace, "svarut-password", PASSWORD.encode())
    file = workspace / "brevgen.toml"
    text = file.read_text(encoding="utf-8").partition("\n[channels.svarut]\n")[0]
    text += to.settings(**{"environment": "production", **keys})
    file.write_text(text, encoding="utf-8")


def never(seconds: float) -> None:
    assert seconds == 0, f"nobody should sleep {seconds} seconds"


def way(
    workspace: Path, *, sleep: Callable[[float], object] = never, clock: Callable[[], float] = float
) -> SvarUtChannel:
    """The way to the stub that the settings name."""
    means = Means({}, clock, lambda: datetime.now(UTC), sleep)
    return svarut(find_workspace(workspace), "trial", means)


@dataclass(frozen=True)
class Entry:
    """A letter as the ledger has it: what it is called outside, and all it has been through."""

    reference: str
    number: str
    pdf_sha256: str
    states: tuple[str, ...]
    told_id: str

    @property
    def state(self) -> str:
        return next(each for each in reversed(self.states) if each != "reported")


def entries(workspace: Path, round_name: str) -> dict[str, Entry]:
    """The deliveries of a round by our reference, as they stand in the ledger's file."""
    file = f"file:{workspace / 'data' / 'ledger.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as ledger:
        rows = ledger.execute(
            "SELECT deliveries.external_id, recipient_key, pdf_sha256, state, receipts.external_id"
            " FROM receipts JOIN deliveries ON deliveries.id = receipts.delivery"
            ' JOIN "references" USING (reference) JOIN letters ON letters.id = letter'
            " WHERE round = ? ORDER BY receipts.id",
            (round_name,),
        ).fetchall()
    found: dict[str, Entry] = {}
    for ours, number, pdf, state, theirs in rows:
        before = found.get(ours)
        states = (*(before.states if before else ()), state)
        told = theirs or (before.told_id if before else "")
        found[ours] = Entry(ours, number, pdf, states, told)
    return found


def see_that_they_agree(workspace: Path, round_name: str, there: SvarUt) -> dict[str, str]:
    """Hold the ledger against what SvarUt has kept.

    Whatever was kept was kept once, for the right one and with the right letter; “sent” is what
    was kept and nothing else. What was kept may be uncertain, or be under way, instead.

    Returns:
        organisation number to state, of every receiver that was ever tried.
    """
    known, kept = entries(workspace, round_name), list(there.kept.values())
    assert len({each.reference for each in kept}) == len(kept), "somebody has it twice"
    for each in kept:
        entry = known[each.reference]
        assert (each.to, each.pdf_sha256) == (entry.number, entry.pdf_sha256)
        assert entry.told_id in ("", each.id)
    sent = {each.reference for each in known.values() if each.state == "sent"}
    unsettled = {e.reference for e in known.values() if e.state in ("uncertain", "sending")}
    come = {each.reference for each in kept}
    assert sent <= come, "it says sent what has not come"
    assert come <= sent | unsettled, "it does not say what has come"
    states = {each.number: each.state for each in known.values()}
    assert len(states) == len(known), "somebody has two letters"
    return states
