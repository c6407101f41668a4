"""Where the archive keeps the letters: case, journal number, and in which archive."""

from collections.abc import Sequence

from sqlalchemy import select

from brevgen.ledger import chain, schema
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.giving import check_holders
from brevgen.ledger.records import ArchiveNumber
from brevgen.ledger.references import Holder


class ArchiveNumbersReader(ReadingDoor):
    """Archive numbers."""

    def archive_numbers(self, round_name: str) -> dict[str, list[ArchiveNumber]]:
        """The archive's numbers for a round's letters, by municipality number, the first first.

        The last one holds. One whose event does not fit it, because another hand wrote it, is none.
        """
        of, number = schema.letters.c, schema.archive_numbers.c
        query = (
            select(of.round, of.municipality, *number)
            .select_from(schema.archive_numbers.join(schema.references).join(schema.letters))
            .where(of.round == round_name)
            .order_by(of.municipality, number.id)
        )
        found: dict[str, list[ArchiveNumber]] = {}
        with self._file.reading() as connection:
            rows = chain.intact_rows(connection, query)
        for row in rows:
            kept = ArchiveNumber(
                round=row.round,
                municipality=row.municipality,
                reference=row.reference,
                case_number=row.case_number,
                journal_number=row.journal_number,
                archive=row.archive,
                at=row.at,
                account=row.account,
                sequence=row.event,
            )
            found.setdefault(row.municipality, []).append(kept)
        return found


class ArchiveNumbersWriter(WritingDoor, ArchiveNumbersReader):
    """Keeping what the archive answers."""

    def keep_archive_numbers(self, numbers: Sequence[ArchiveNumber]) -> None:
        """Keep numbers beside those there are; all of them or none.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of.
        """
        with self._act() as act:
            check_holders(
                act.connection,
                ((each.reference, Holder(each.round, each.municipality)) for each in numbers),
            )
            rows = []
            for each in numbers:
                event = act.tell(
                    "archive number kept",
                    " ".join(filter(None, (each.case_number, each.journal_number, each.archive))),
                    round_name=each.round,
                    municipality=each.municipality,
                    reference=each.reference,
                )
                rows.append(
                    {
                        "reference": each.reference,
                        "case_number": each.case_number,
                        "journal_number": each.journal_number,
                        "archive": each.archive,
                        "at": act.at,
                        "account": act.account,
                        "event": event,
                    }
                )
            act.insert(schema.archive_numbers, rows)
