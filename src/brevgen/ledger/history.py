"""All that has happened, in order, and whether anybody has changed it since."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, func, select

from brevgen.actor import Account
from brevgen.errors import LedgerOutdated
from brevgen.language import tr
from brevgen.ledger import chain, schema
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.giving import read_used
from brevgen.ledger.records import Event, LedgerMark


class HistoryReader(ReadingDoor):
    """Events, and what holds the ledger against what is known from elsewhere."""

    def events(self, round_name: str = "", municipality: str = "") -> list[Event]:
        """What has happened, the first recorded first.

        Args:
            round_name: only in this round; empty for all rounds, and what concerns the ledger.
            municipality: only to this municipality (4 digits); empty for all.
        """
        column = schema.events.c
        query = select(schema.events).order_by(column.id)
        if round_name:
            query = query.where(column.round == round_name)
        if municipality:
            query = query.where(column.municipality == municipality)
        with self._file.reading() as connection:
            return [_event(row) for row in connection.execute(query)]

    def log(
        self,
        *,
        round_name: str = "",
        municipality: str = "",
        account: str = "",
        act: str = "",
        skip: int = 0,
        most: int | None = None,
    ) -> tuple[list[Event], int]:
        """What has happened, the last recorded first, and how many events there are of that.

        Args:
            round_name: only in this round; empty for all.
            municipality: only to this municipality (4 digits); empty for all.
            account: only by this account; empty for all.
            act: only what is called so; empty for all.
            skip: how many of the last are left out.
            most: how many are told; None for all.
        """
        column = schema.events.c
        wanted = {
            column.round: round_name,
            column.municipality: municipality,
            column.account: account,
            column.act: act,
        }
        conditions = [each == value for each, value in wanted.items() if value]
        query = select(schema.events).where(*conditions).order_by(column.id.desc())
        count = select(func.count()).select_from(schema.events).where(*conditions)
        with self._file.reading() as connection:
            total = connection.execute(count).scalar_one()
            rows = connection.execute(query.offset(skip).limit(most))
            return [_event(row) for row in rows], total

    def known_in_log(self) -> dict[str, list[str]]:
        """Every round, account and act that the events name, each in order."""
        column = schema.events.c
        with self._file.reading() as connection:
            return {
                name: list(
                    connection.execute(
                        select(column[name])
                        .where(column[name] != "")
                        .distinct()
                        .order_by(column[name])
                    ).scalars()
                )
                for name in ("round", "account", "act")
            }

    def rounds(self) -> list[str]:
        """The names of the rounds that have letters, in order."""
        query = select(schema.letters.c.round).distinct().order_by(schema.letters.c.round)
        with self._file.reading() as connection:
            return list(connection.execute(query).scalars())

    def mark(self) -> LedgerMark:
        """Which ledger it is and how far it has come, to be kept elsewhere.

        The identity of a ledger of version 2 that is only read is empty: it has none yet.
        """
        with self._file.reading() as connection:
            return chain.mark(connection)

    def broken_events(self) -> list[Event | int]:
        """Every event that does not fit what stands before it or its rows; there should be none.

        Where the event itself is gone, its number.
        """
        with self._file.reading() as connection:
            numbers = chain.broken(connection)
            query = select(schema.events).where(schema.events.c.id.in_(numbers))
            found = {row.id: _event(row) for row in connection.execute(query)}
        return [found.get(number, number) for number in numbers]

    def check_not_outdated(
        self, files: Mapping[str, str] | None = None, mark: LedgerMark | None = None
    ) -> None:
        """See to it that the ledger is the one the files were made with, and no older copy of it.

        Args:
            files: what lies on the disk: name of a final letter, or whatever names it, to the
                reference it bears; not looked at where the mark tells that all is well.
            mark: how far the ledger had come when last seen; None where nobody kept that.

        Raises:
            LedgerOutdated: it is another or an older one; which files it does not know.
        """
        with self._file.reading() as connection:
            used = read_used(connection)
            now = chain.mark(connection)
            column = schema.events.c
            then = select(column.hash).where(column.id == (mark.sequence if mark else 0))
            hash_then = connection.execute(then).scalar() or ""
        if mark is not None and not mark.identity:
            mark = None
        reasons = _reasons_against(mark, now, hash_then)
        if mark is None or reasons:  # else what it does not know was made with another
            reasons += [
                tr(
                    "{file}: it does not know the reference {reference}.",
                    file=name,
                    reference=reference,
                )
                for name, reference in sorted((files or {}).items())
                if reference not in used
            ]
        if reasons:
            raise LedgerOutdated(
                "\n".join(
                    [
                        tr(
                            "The ledger is not the one these letters were made with, or an older"
                            " copy of it:"
                        ),
                        *(f"- {each}" for each in reasons),
                        tr(
                            "It could give references and send letters a second time, so nothing"
                            " was done. Put the latest ledger back, or see whether its path in"
                            " brevgen.toml is right. If the latest is lost for good, put a backup"
                            " in its place with: brevgen ledger restore FILE"
                        ),
                    ]
                )
            )


def _reasons_against(mark: LedgerMark | None, now: LedgerMark, hash_then: str) -> list[str]:
    """Why a ledger is not the one last used here, in a sentence; none where it may be.

    Args:
        mark: how far that one had come; None where nobody kept that.
        now: how far this one has come.
        hash_then: the hash of its event with the number of the last one then; empty for none.
    """
    if mark is None:
        return []
    if mark.identity != now.identity and now.identity:
        return [tr("It is another ledger than the one last used here.")]
    if mark.identity != now.identity:
        return [tr("It is a copy of version 2, and the one last used here was of a later version.")]
    if mark.sequence > now.sequence:
        return [
            tr(
                "It ends with event {now}, and had {then} when it was last used here.",
                now=now.sequence,
                then=mark.sequence,
            )
        ]
    if mark.hash != hash_then:
        return [tr("It has been used elsewhere: it tells another story since.")]
    return []


class HistoryWriter(WritingDoor, HistoryReader):
    """Telling of what leaves nothing else behind."""

    def note(
        self,
        round_name: str,
        municipality: str,
        act: str,
        what: str = "",
        *,
        reference: str = "",
    ) -> None:
        """Write down that something has happened.

        Args:
            municipality: municipality number; empty for what concerns the whole round.
            act: in a few fixed English words; see `told`.
            what: the particulars, in English; see `told`.
            reference: the letter's reference, if it has one.
        """
        with self._act() as writing:
            writing.tell(
                act, what, round_name=round_name, municipality=municipality, reference=reference
            )


def _event(row: Row[Any]) -> Event:
    return Event(
        sequence=row.id,
        at=row.at,
        actor=Account(row.account, row.login),
        round=row.round,
        municipality=row.municipality,
        reference=row.reference,
        act=row.act,
        what=row.what,
    )
