"""Reading the ledger without touching it, as checks, previews and the status do."""

from pathlib import Path
from types import TracebackType
from typing import Self

from brevgen.ledger import (
    approvals,
    contents,
    dispatches,
    documents,
    events,
    holders,
    manifests,
    sealed,
)
from brevgen.ledger.engine import LedgerFile
from brevgen.ledger.events import Event
from brevgen.ledger.records import Approval, Dispatched, MadeDocument, SealedFile
from brevgen.ledger.references import Holder, Used, references_of


class LedgerReader:
    """The ledger, to read only: never makes the file nor changes what it says.

    Where there is no file it reads as an empty ledger. Close it, or use it in a `with`; it belongs
    to the process and thread that opened it.

    Args:
        path: the ledger's file.

    Raises:
        BrevgenError: the file is no ledger, one of a newer brevgen, or out of reach.
    """

    def __init__(self, path: Path) -> None:
        self._file = self._open(path)

    @staticmethod
    def _open(path: Path) -> LedgerFile:
        return LedgerFile.for_reading(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def used(self) -> Used:
        """Every reference ever given, in any round, and whose it is."""
        with self._file.reading() as connection:
            return holders.read(connection)

    def references(self, round_name: str) -> dict[str, str]:
        """The references given in a round, by municipality number, in order of number."""
        return references_of(round_name, self.used())

    def documents(self, round_name: str) -> dict[str, MadeDocument]:
        """The documents made in a round, by municipality number, in order of number."""
        with self._file.reading() as connection:
            return documents.read(connection, round_name)

    def events(self, round_name: str, municipality: str | None = None) -> list[Event]:
        """What has happened in a round, or to one municipality in it, the oldest first."""
        with self._file.reading() as connection:
            return events.read(connection, round_name, municipality)

    def approvals(self, round_name: str) -> dict[str, Approval]:
        """The latest approval of each letter, taken back or not, by municipality number in order.

        Letters never approved are not there.
        """
        with self._file.reading() as connection:
            history = approvals.read(connection, round_name)
        return {municipality: approved[-1] for municipality, approved in history.items()}

    def approvals_of(self, round_name: str, municipality: str) -> list[Approval]:
        """Every approval a letter has had, the oldest first."""
        with self._file.reading() as connection:
            return approvals.read(connection, round_name).get(municipality, [])

    def last_shown(self, round_name: str) -> dict[str, str]:
        """What each letter said when it was last shown or approved, by municipality number.

        Returns:
            municipality number to content digest, in order of number.
        """
        with self._file.reading() as connection:
            return manifests.last_contents(connection, round_name)

    def content(self, digest: str) -> str:
        """The text with this digest, of a letter that was shown or approved.

        Raises:
            LookupError: there is none.
        """
        with self._file.reading() as connection:
            return contents.read(connection, digest)

    def sealed_files(self, round_name: str) -> dict[tuple[str, str], SealedFile]:
        """The final letters of a round by municipality number and content digest, in that order."""
        with self._file.reading() as connection:
            return sealed.read(connection, round_name)

    def sealed_pdf(self, reference: str, content_digest: str) -> bytes:
        """The sealed PDF of one content of a letter.

        Raises:
            LookupError: this content of the letter was not sealed.
        """
        with self._file.reading() as connection:
            return sealed.read_bytes(connection, reference, content_digest, "pdf")

    def sealed_docx(self, reference: str, content_digest: str) -> bytes:
        """The DOCX beside the sealed PDF of one content of a letter.

        Raises:
            LookupError: this content of the letter was not sealed.
        """
        with self._file.reading() as connection:
            return sealed.read_bytes(connection, reference, content_digest, "docx")

    def find_sealed(self, pdf_sha256: str) -> SealedFile | None:
        """The final letter, of any round, whose sealed PDF has this SHA-256."""
        with self._file.reading() as connection:
            return sealed.find(connection, pdf_sha256)

    def find_reference(self, reference: str) -> Holder | None:
        """The letter this reference was given to, in any round."""
        with self._file.reading() as connection:
            return holders.find(connection, reference)

    def dispatches(self, round_name: str) -> dict[str, tuple[Dispatched, ...]]:
        """The messages of a round, the oldest first, by municipality number, in order of number.

        Letters that were never handed over to anybody are not there.
        """
        with self._file.reading() as connection:
            return dispatches.read(connection, round_name)

    def find_dispatch(self, message_id: str) -> Dispatched | None:
        """The message with this Message-ID, of any round."""
        with self._file.reading() as connection:
            return dispatches.find(connection, message_id)

    def dispatches_to(self, address: str) -> list[Dispatched]:
        """All messages to an address, of any round, the oldest first."""
        with self._file.reading() as connection:
            return dispatches.find_by_address(connection, address)
