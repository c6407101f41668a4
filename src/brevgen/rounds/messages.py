"""Sealed letters as channels get them, and what the ledger writes down of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from brevgen.channels.channel import Consignment
from brevgen.errors import Refused, UnreadableFile
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import MEGABYTE, read_bytes, sha256
from brevgen.language import tr
from brevgen.ledger.records import Delivery
from brevgen.letter.templates import Templates
from brevgen.rounds.addressees import Addressee
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.post import ToSend
from brevgen.rounds.seal_check import SealCheck
from brevgen.rounds.session import RoundSession
from brevgen.workspace import Workspace

LARGEST = 20 * MEGABYTE
"""Bytes of a file that is sent; a sealed letter has some 50 kB."""


@dataclass(frozen=True)
class Writer:
    """Puts together what goes to a recipient from what lies on the disk.

    Args:
        workspace: where things lie.
        facts: the round.
        templates: those of the messages.
        clock: tells the time, aware.
        seals: holds the letters to their seals.
    """

    workspace: Workspace
    facts: RoundFacts
    templates: Templates
    clock: Callable[[], datetime]
    seals: SealCheck

    def consignment(self, each: ToSend) -> Consignment:
        """The final letter as every channel gets it.

        Raises:
            Refused: a file is not the one that was approved and sealed.
        """
        letter, file = each.letter, each.letter.sealed
        assert file is not None, "only final letters are sent"
        pdf = self._read(file.pdf_name, file.pdf_sha256)
        if against := self.seals.against(file, pdf):
            raise Refused(tr("{file} does not hold: {reason}", file=file.pdf_name, reason=against))
        docx = b""
        if self.facts.round.dispatch.attach_docx:
            docx = self._read(file.docx_name, file.docx_sha256)
        return self.preview(letter, each.addressee, pdf=pdf, docx=docx)

    def preview(
        self, letter: LetterStatus, addressee: Addressee, *, pdf: bytes, docx: bytes = b""
    ) -> Consignment:
        """A letter with whatever files."""
        return Consignment(
            addressee.recipient,
            letter.letter,
            letter.content,
            self.templates.content(letter.letter),
            stem=letter.stem,
            pdf=pdf,
            docx=docx,
            at=self.clock(),
            copy=addressee.copy,
        )

    def _read(self, name: str, digest: str) -> bytes:
        path = self.workspace.finals(self.facts.name) / name
        try:
            data = read_bytes(path, most=LARGEST)
        except UnreadableFile as error:
            raise Refused(
                tr("{file} cannot be read: {reason}", file=name, reason=error.what)
            ) from error
        if sha256(data) != digest:
            raise Refused(tr("{file} is not the file that was approved and sealed.", file=name))
        return data


def writer_for(session: RoundSession) -> Writer:
    """Puts together the letters of a round with what goes along."""
    return Writer(
        session.workspace,
        session.facts,
        session.messages,
        session.clock,
        SealCheck(session.workspace),
    )


def delivery_of(each: ToSend, external_id: str, round_name: str) -> Delivery:
    """What the ledger writes down of a letter to a recipient.

    Args:
        each: which letter, and to whom.
        external_id: what the message is called outside.
    """
    file, recipient = each.letter.sealed, each.addressee.recipient
    assert file is not None, "only final letters are sent"
    return Delivery(
        external_id=external_id,
        channel=each.addressee.channel,
        recipient_key=recipient.key,
        round=round_name,
        municipality=each.letter.number,
        reference=file.reference,
        content_digest=file.content_digest,
        pdf_sha256=file.pdf_sha256,
        role=recipient.role,
        title=recipient.title,
        name=recipient.name,
        address=recipient.address,
        copy=each.addressee.copy,
    )
