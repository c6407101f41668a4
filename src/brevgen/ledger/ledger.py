"""The ledger as the commands that make letters see it: give references, remember, note.

Each method is one transaction: it happens wholly or not at all, whatever becomes of the process.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from brevgen.facts.references import Series
from brevgen.ledger import documents, events, schema
from brevgen.ledger.documents import MadeDocument
from brevgen.ledger.events import Event
from brevgen.ledger.file import LedgerFile
from brevgen.ledger.reading import LedgerReader, used_references
from brevgen.ledger.references import Holder, new_references, references_after

_HOW = {"series": "from the series {series}", "allocation": "from the allocation"}


class Ledger(LedgerReader):
    """The ledger, to read and to write; the file is made where there is none.

    Args:
        path: the ledger's file; its folder must be there.
        clock: tells the time, aware.
        account: who does what is written down, e.g. the name the user is logged in with.

    Raises:
        BrevgenError: the file is no ledger, one of a newer brevgen, or out of reach.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], account: str) -> None:
        super().__init__(path)
        self._clock = clock
        self._account = account

    @staticmethod
    def _open(path: Path) -> LedgerFile:
        return LedgerFile.for_writing(path)

    def give_references(
        self,
        round_name: str,
        numbers: Sequence[str],
        series: Series,
        given: Mapping[str, str],
    ) -> dict[str, str]:
        """Give each municipality its reference, once: who has one in the round keeps it.

        Those with one in the allocation get that. The others get, in order of municipality number,
        the lowest of the series that nobody ever had and that are not in the allocation.

        Args:
            round_name: the round's name.
            numbers: the municipalities that are to have a reference, 4 digits each.
            series: the references the round may give.
            given: municipality number to reference, for those that have one in the allocation; also
                of municipalities not asked for here, whose references are left free for them.

        Returns:
            municipality number to reference for each of `numbers`, in order of number.

        Raises:
            FaultyInput: references in the allocation are in conflict; every one is listed.
            Refused: too few are left in the series.
            In either case nothing is given.
        """
        with self._file.writing() as connection:
            used = used_references(connection)
            new = new_references(round_name, numbers, series, given, used)
            now = self._clock()
            if new:
                connection.execute(
                    insert(schema.references),
                    [
                        {
                            "reference": each.reference,
                            "round": round_name,
                            "municipality": each.municipality,
                            "given_at": now,
                            "how": each.how,
                        }
                        for each in new
                    ],
                )
            events.add(
                connection,
                [
                    self._event(
                        now,
                        Holder(round_name, each.municipality),
                        each.reference,
                        "reference given",
                        _HOW[each.how].format(series=series),
                    )
                    for each in new
                ],
            )
        return references_after(round_name, numbers, used, new)

    def record_documents(self, made: Sequence[MadeDocument]) -> None:
        """Remember documents in place of the earlier ones of the same letters.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of; nothing is
                remembered.
        """
        with self._file.writing() as connection:
            documents.write(connection, made)
            self._tell(connection, made, "made")

    def remove_documents(
        self, round_name: str, municipalities: Iterable[str]
    ) -> list[MadeDocument]:
        """Forget the documents of letters that are no longer wanted; their references stay given.

        Returns:
            the documents forgotten, in order of municipality number; municipalities that have none
            are passed over.
        """
        unwanted = set(municipalities)
        with self._file.writing() as connection:
            there = documents.read(connection, round_name)
            removed = [document for number, document in there.items() if number in unwanted]
            documents.remove(connection, [document.reference for document in removed])
            self._tell(connection, removed, "removed")
        return removed

    def note(
        self,
        round_name: str,
        municipality: str,
        what: str,
        detail: str = "",
        *,
        reference: str = "",
    ) -> None:
        """Write down that something has happened.

        Args:
            round_name: the round's name.
            municipality: municipality number; empty for what concerns the whole round.
            what: in a few fixed words.
            detail: the particulars, for a person to read.
            reference: the letter's reference, if it has one; must have been given.
        """
        letter = Holder(round_name, municipality)
        happened = self._event(self._clock(), letter, reference, what, detail)
        with self._file.writing() as connection:
            events.add(connection, [happened])

    def _tell(self, connection: Connection, made: Iterable[MadeDocument], what: str) -> None:
        now = self._clock()
        events.add(
            connection,
            [
                self._event(
                    now,
                    Holder(each.round, each.municipality),
                    each.reference,
                    f"{each.state} {what}",
                    f"{each.pdf_name} sha256 {each.pdf_sha256}, "
                    f"{each.docx_name} sha256 {each.docx_sha256}",
                )
                for each in made
            ],
        )

    def _event(self, at: datetime, letter: Holder, reference: str, what: str, detail: str) -> Event:
        return Event(
            at=at,
            round=letter.round,
            municipality=letter.municipality,
            reference=reference,
            what=what,
            detail=detail,
            account=self._account,
        )
