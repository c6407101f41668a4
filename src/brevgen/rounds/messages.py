"""The messages that carry sealed letters, and what the ledger writes down of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from brevgen.channels.channel import Consignment
from brevgen.channels.mail.message import Mail, mail_for, redirected
from brevgen.errors import Refused, UnreadableFile
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import MEGABYTE, read_bytes, sha256
from brevgen.language import tr
from brevgen.ledger.records import Delivery
from brevgen.letter.templates import Templates
from brevgen.rounds.addressees import Addressee
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.post import ToSend, mail_settings
from brevgen.rounds.seal_check import SealCheck
from brevgen.rounds.session import RoundSession
from brevgen.settings.mail import MailSettings
from brevgen.workspace import Workspace

LARGEST = 20 * MEGABYTE
"""Bytes of a file that is sent; a sealed letter has some 50 kB."""


@dataclass(frozen=True)
class Writer:
    """Writes the message for a recipient from what lies on the disk.

    Args:
        workspace: where things lie.
        facts: the round.
        templates: those of the messages.
        settings: who the mail is from.
        clock: tells the time, aware.
        seals: holds the letters to their seals.
        redirect_to: the trial's reader, who gets everything; empty for the true recipients.
    """

    workspace: Workspace
    facts: RoundFacts
    templates: Templates
    settings: MailSettings
    clock: Callable[[], datetime]
    seals: SealCheck
    redirect_to: str = ""

    def mail(self, each: ToSend) -> Mail:
        """The message with the final letter.

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
        mail = self.preview(letter, each.addressee, pdf=pdf, docx=docx)
        return redirected(mail, self.redirect_to) if self.redirect_to else mail

    def preview(
        self, letter: LetterStatus, addressee: Addressee, *, pdf: bytes, docx: bytes = b""
    ) -> Mail:
        """The message with whatever files."""
        consignment = Consignment(
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
        return mail_for(consignment, self.settings)

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


def writer_for(session: RoundSession, redirect_to: str = "") -> Writer:
    """Writes the messages of a round.

    Args:
        session: the round.
        redirect_to: the address of a trial's reader; empty for the true recipients.
    """
    return Writer(
        session.workspace,
        session.facts,
        session.messages,
        mail_settings(session.workspace),
        session.clock,
        SealCheck(session.workspace),
        redirect_to,
    )


def delivery_of(each: ToSend, external_id: str, round_name: str) -> Delivery:
    """What the ledger writes down of a letter to a recipient.

    Args:
        each: which letter, and to whom.
        external_id: what the message is called outside.
        round_name: the round's name.
    """
    file, recipient = each.letter.sealed, each.addressee.recipient
    assert file is not None, "only final letters are sent"
    return Delivery(
        external_id=external_id,
        channel="mail",
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
