"""Who has read which letter, what it said then, and what the reader told the caseworker."""

from collections.abc import Sequence

from sqlalchemy import select

from brevgen.ledger import chain, manifests, schema
from brevgen.ledger.approval_records import Reading
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.records import ManifestLetter


class ReadingsReader(ReadingDoor):
    """Letters marked as read."""

    def readings(self, round_name: str) -> dict[str, list[Reading]]:
        """Everybody's readings of a round's letters, by municipality number, the first first.

        One whose event does not fit it, because another hand wrote it, is none.
        """
        of, reading = schema.letters.c, schema.readings.c
        query = (
            select(of.municipality, *reading)
            .select_from(schema.readings.join(schema.references).join(schema.letters))
            .where(of.round == round_name)
            .order_by(of.municipality, reading.id)
        )
        found: dict[str, list[Reading]] = {}
        with self._file.reading() as connection:
            rows = chain.intact_rows(connection, query)
        for row in rows:
            read = Reading(
                municipality=row.municipality,
                reference=row.reference,
                content_digest=row.content_digest,
                account=row.account,
                at=row.at,
                note=row.note,
                sequence=row.event,
            )
            found.setdefault(row.municipality, []).append(read)
        return found


class ReadingsWriter(WritingDoor, ReadingsReader):
    """Marking letters as read."""

    def record_reading(
        self,
        round_name: str,
        letters: Sequence[ManifestLetter],
        note: str = "",
    ) -> None:
        """Write down that the account has read letters as they are here.

        Args:
            letters: which, and what they say, which is kept.
            note: what the reader tells the caseworker.

        Raises:
            ValueError: there is no letter, a letter stands there twice, a reference was not given
                to the letter it is said to be of, or a digest is not that of its content; nothing
                is written down.
        """
        with self._act() as act:
            manifests.keep(act, round_name, letters)
            rows = []
            for each in letters:
                event = act.tell(
                    "read",
                    note,
                    round_name=round_name,
                    municipality=each.municipality,
                    reference=each.reference,
                )
                row = {"reference": each.reference, "content_digest": each.content_digest}
                rows.append(
                    {**row, "note": note, "at": act.at, "account": act.account, "event": event}
                )
            act.insert(schema.readings, rows)
