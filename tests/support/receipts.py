"""Ledger and mailbox held against each other, message by message, with nothing of brevgen's own."""

import csv
import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.support.mail_reading import Read, mailbox, read


@dataclass(frozen=True)
class Entry:
    """A message as the ledger has it: whose, what, and all it has been through."""

    message_id: str
    municipality: str
    reference: str
    address: str
    pdf_sha256: str
    states: tuple[str, ...]
    words: str

    @property
    def state(self) -> str:
        return self.states[-1]


class HasCome(Protocol):
    """A message that has come, and to whom the envelope said."""

    @property
    def to(self) -> tuple[str, ...]: ...

    @property
    def data(self) -> bytes: ...


def entries(workspace: Path, round_name: str) -> dict[str, Entry]:
    """The messages of a round by Message-ID, as they stand in the ledger's file."""
    file = f"file:{workspace / 'data' / 'ledger.sqlite3'}?mode=ro"
    found: dict[str, Entry] = {}
    with closing(sqlite3.connect(file, uri=True)) as ledger:
        rows = ledger.execute(
            "SELECT deliveries.external_id, municipality, reference, address, pdf_sha256, state,"
            " words FROM receipts JOIN deliveries ON deliveries.id = receipts.delivery"
            ' JOIN "references" USING (reference) JOIN letters ON letters.id = letter'
            " WHERE round = ? ORDER BY receipts.id",
            (round_name,),
        ).fetchall()
    for message, municipality, reference, address, pdf, state, words in rows:
        before = found[message].states if message in found else ()
        states = (*before, state)
        found[message] = Entry(message, municipality, reference, address, pdf, states, words)
    return found


def see_that_the_file_is_whole(workspace: Path) -> None:
    with closing(sqlite3.connect(workspace / "data" / "ledger.sqlite3")) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert ledger.execute("PRAGMA foreign_key_check").fetchall() == []


def recipients(workspace: Path, numbers: Iterable[str]) -> dict[str, str]:
    """Whom the letters must go to: address to municipality number, as the contacts have it."""
    wanted = set(numbers)
    with (workspace / "data" / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kommunenummer"] in wanted]
    found = {
        row[column]: row["kommunenummer"]
        for row in rows
        for column in ("ordfører_epost", "rådmann_epost")
    }
    assert len(found) == 2 * len(wanted), "each is to have a mayor and a chief executive"
    return found


def letters(workspace: Path, round_name: str) -> dict[str, Path]:
    """The final letters that lie on the disk, by municipality number."""
    folder = workspace / "output" / round_name / "letters"
    return {file.name[:4]: file for file in folder.glob("*.pdf")}


def see_that_they_agree(
    workspace: Path, round_name: str, come: Iterable[HasCome]
) -> dict[str, str]:
    """Hold the ledger against what has come.

    Whatever came, came once, to the right one and with the right letter; “sent” is what has come
    and nothing else. What has come may be uncertain, or be under way, instead.

    Returns:
        address to state, of every recipient that was ever tried.
    """
    known, files = entries(workspace, round_name), letters(workspace, round_name)
    whose = recipients(workspace, files)
    counted: Counter[str] = Counter()
    for each in come:
        mail = read(each.data)
        message_id = mail["Message-ID"]
        counted[message_id] += 1
        entry = known[message_id]
        assert each.to == (entry.address,)
        assert mailbox(mail["To"])[1] == entry.address
        assert whose[entry.address] == entry.municipality
        file = files[entry.municipality]
        assert file.stem.endswith(entry.reference)
        assert f"({entry.reference})" in mail.text("Subject")
        assert attached(mail) == entry.pdf_sha256 == digest(file.read_bytes())
    assert set(counted.values()) <= {1}, "somebody has it twice"
    sent = {each.message_id for each in known.values() if each.state == "sent"}
    unsettled = {e.message_id for e in known.values() if e.state in ("uncertain", "sending")}
    assert sent <= counted.keys(), "it says sent what has not come"
    assert counted.keys() <= sent | unsettled, "it does not say what has come"
    states = {each.address: each.state for each in known.values()}
    assert len(states) == len(known), "somebody has two messages"
    return states


def attached(mail: Read) -> str:
    """The SHA-256 of the one file that is attached, which must be a PDF."""
    _, pdf = mail.parts()
    assert pdf["Content-Type"] == "application/pdf"
    return digest(pdf.data())


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
