"""The ledger as the commands see it that give references, make, approve and seal letters.

Each method is one transaction: it happens wholly or not at all, whatever becomes of the process.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from brevgen.ledger import approvals, dispatches, documents, events, holders, manifests, sealed
from brevgen.ledger.engine import LedgerFile
from brevgen.ledger.events import Event
from brevgen.ledger.manifests import ManifestLetter
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import (
    TO_SEND,
    Dispatch,
    MadeDocument,
    Receipt,
    SealedFile,
    SealedLetter,
    State,
)
from brevgen.ledger.references import Holder, new_references, references_after
from brevgen.settings.series import Series

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
            used = holders.read(connection)
            new = new_references(round_name, numbers, series, given, used)
            now = self._clock()
            holders.write(connection, round_name, new, now)
            told = [
                (
                    Holder(round_name, each.municipality),
                    each.reference,
                    _HOW[each.how].format(series=series),
                )
                for each in new
            ]
            self._tell(connection, now, "reference given", told)
        return references_after(round_name, numbers, used, new)

    def record_documents(self, made: Sequence[MadeDocument]) -> None:
        """Remember documents in place of the earlier ones of the same letters.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of; nothing is
                remembered.
        """
        with self._file.writing() as connection:
            documents.write(connection, made, self._account)
            self._tell(connection, self._clock(), "draft made", map(_files, made))

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
            self._tell(connection, self._clock(), "draft removed", map(_files, removed))
        return removed

    def record_shown(self, round_name: str, letters: Sequence[ManifestLetter]) -> None:
        """Remember what letters said when the account was shown them; none is nothing to remember.

        Raises:
            ValueError: a letter stands there twice, a reference was not given to the letter it is
                said to be of, or a digest is not that of its content; nothing is remembered.
        """
        if letters:
            with self._file.writing() as connection:
                now = self._clock()
                manifests.write(
                    connection, "shown", round_name, letters, at=now, account=self._account
                )

    def approve(self, round_name: str, letters: Sequence[ManifestLetter]) -> str:
        """Approve letters as they are here, each in the name of its signatory.

        Returns:
            the digest of the manifest, which names exactly these letters with these contents.

        Raises:
            ValueError: there is no letter, a letter stands there twice, a reference was not given
                to the letter it is said to be of, or a digest is not that of its content; nothing
                is approved.
        """
        with self._file.writing() as connection:
            now = self._clock()
            manifest = manifests.write(
                connection, "approved", round_name, letters, at=now, account=self._account
            )
            told = [
                (
                    Holder(round_name, each.municipality),
                    each.reference,
                    f"in the name of {each.signatory}, content {each.content_digest}, "
                    f"manifest {manifest}",
                )
                for each in letters
            ]
            self._tell(connection, now, "approved", told)
        return manifest

    def withdraw(self, round_name: str, municipalities: Iterable[str], reason: str) -> None:
        """Take back the latest approvals of letters.

        Args:
            round_name: the round's name.
            municipalities: the letters' municipality numbers.
            reason: why, for a person to read; not empty.

        Raises:
            ValueError: the reason is empty, or a letter was never approved or its latest approval
                is withdrawn already; nothing is withdrawn.
        """
        with self._file.writing() as connection:
            now = self._clock()
            withdrawn = approvals.withdraw(
                connection, round_name, municipalities, at=now, account=self._account, reason=reason
            )
            told = [
                (
                    Holder(round_name, each.municipality),
                    each.reference,
                    f"{reason} (content {each.content_digest}, manifest {each.manifest_digest})",
                )
                for each in withdrawn
            ]
            self._tell(connection, now, "approval withdrawn", told)

    def record_sealed(self, letters: Sequence[SealedLetter]) -> None:
        """Keep letters just sealed, for good, and forget their drafts.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of, its content was
                never approved, a digest is not that of the bytes, or it was sealed already; nothing
                is kept and no draft forgotten.
        """
        files = [letter.file for letter in letters]
        with self._file.writing() as connection:
            sealed.write(connection, letters)
            documents.remove(connection, [file.reference for file in files])
            told = [_files(each, f" (before the seal {each.unsealed_sha256})") for each in files]
            self._tell(connection, self._clock(), "sealed", told)

    def begin_sending(self, dispatch: Dispatch) -> bool:
        """Write down that a message is about to be handed over, which forbids it to all others.

        Returns:
            whether it may be handed over; False where it was, or somebody else is at it.

        Raises:
            OtherHasLeft: the letter has left in other words.
            ValueError: the reference was not given to the letter it is said to be of.
        """
        with self._file.writing() as connection:
            there = dispatches.find(connection, dispatch.message_id)
            if there is not None and there.state not in TO_SEND:
                return False
            dispatches.add(connection, dispatch)
            dispatches.note(connection, [dispatch.message_id], self._receipt("sending", ""))
        return True

    def record_receipt(self, message_id: str, state: State, words: str) -> None:
        """Write down what became of a message."""
        with self._file.writing() as connection:
            dispatches.note(connection, [message_id], self._receipt(state, words))

    def take_cut_off_for_uncertain(self, round_name: str) -> int:
        """Mark what was being handed over by a command that is no more; how many there were.

        To be called only while nobody else is sending.
        """
        with self._file.writing() as connection:
            found = dispatches.read(connection, round_name)
            cut_off = [
                each.dispatch.message_id
                for letter in found.values()
                for each in letter
                if each.state == "sending"
            ]
            words = "the command was cut off while it was handing the message over"
            dispatches.note(connection, cut_off, self._receipt("uncertain", words))
        return len(cut_off)

    def _receipt(self, state: State, words: str) -> Receipt:
        return Receipt(state, self._clock(), words, self._account)

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
        with self._file.writing() as connection:
            self._tell(connection, self._clock(), what, [(letter, reference, detail)])

    def _tell(
        self,
        connection: Connection,
        at: datetime,
        what: str,
        letters: Iterable[tuple[Holder, str, str]],
    ) -> None:
        """Write down that the same has happened to letters, each with reference and detail."""
        events.add(
            connection,
            [
                Event(at, letter.round, letter.municipality, reference, what, detail, self._account)
                for letter, reference, detail in letters
            ],
        )


def _files(each: MadeDocument | SealedFile, seal: str = "") -> tuple[Holder, str, str]:
    return (
        Holder(each.round, each.municipality),
        each.reference,
        f"{each.pdf_name} sha256 {each.pdf_sha256}{seal}, "
        f"{each.docx_name} sha256 {each.docx_sha256}",
    )
