"""The message that takes a letter to one recipient: its words, its names and what is attached.

Message-ID and bytes follow from letter, recipient, sealed PDF and the number of the copy alone: the
same letter to the same recipient is the same message, however often it is made, unless it is sent
again on purpose.
"""

import re
import textwrap
import unicodedata
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial

from brevgen.channels.channel import Consignment, Outgoing
from brevgen.channels.mail.mime import Attachment, free_text, mail_bytes, mailbox
from brevgen.channels.mail.page import as_page
from brevgen.email_address import ascii_address, same_mailbox
from brevgen.files import sha256
from brevgen.letter.content import Content, WrittenForm
from brevgen.letter.letter import in_form
from brevgen.render.text import as_text
from brevgen.settings.mail import MailSettings

WIDTH = 72
"""How wide the text is; columns."""

LONGEST_SUBJECT = 78
"""Characters of a subject; what is longer, lists of mail do not show (RFC 5322, section 2.1.1)."""

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:brevgen:mail")
_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


@dataclass(frozen=True)
class Mail:
    """A message, as people see it.

    Args:
        name: what its file is called, without ending: `0214-Ås-17-09235-ordfører`.
        message_id: with its angle brackets.
        written_form: `nb` or `nn`.
        sent_at: when; aware.
        from_name: the sender's name.
        from_address: the sender's address; reports on this message come here.
        reply_to: where answers go; empty for the sender's address.
        to_name: what the recipient is called; may be empty.
        to_address: the recipient's address.
        subject: what it is about.
        said: what is read at once; its title is the subject already.
        attachments: what goes along.
        notices: sentences before all else, such as whom a trial was for.
    """

    name: str
    message_id: str
    written_form: WrittenForm
    sent_at: datetime
    from_name: str
    from_address: str
    reply_to: str
    to_name: str
    to_address: str
    subject: str
    said: Content
    attachments: tuple[Attachment, ...]
    notices: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What it says, as plain text."""
        wrap = partial(textwrap.fill, width=WIDTH, break_long_words=False, break_on_hyphens=False)
        return "\n\n".join([*map(wrap, self.notices), as_text(self.said, width=WIDTH)])

    @property
    def page(self) -> str:
        """The same as HTML."""
        return as_page(self.said, self.subject, self.notices)

    def outgoing(self) -> Outgoing:
        """The message as a channel takes it.

        Raises:
            Unsendable: a name, the subject or an address holds what no header can.
        """
        assert self.sent_at.utcoffset() is not None, "a time without zone is no moment"
        fields = {
            "Date": format_datetime(self.sent_at),
            "From": mailbox(self.from_name, self.from_address, field_name="From"),
            "Reply-To": mailbox("", self.reply_to, field_name="Reply-To") if self.reply_to else "",
            "To": mailbox(self.to_name, self.to_address, field_name="To"),
            "Subject": free_text(self.subject, field_name="Subject"),
            "Message-ID": self.message_id,
            # so that nobody's notice of absence answers (RFC 3834, section 5)
            "Auto-Submitted": "auto-generated",
            "Content-Language": self.written_form,
        }
        return Outgoing(
            external_id=self.message_id,
            name=self.name,
            to=ascii_address(self.to_address),
            data=mail_bytes(
                {name: value for name, value in fields.items() if value or name == "Subject"},
                self.text,
                self.page,
                self.attachments,
                message_id=self.message_id,
            ),
        )


def mail_for(consignment: Consignment, settings: MailSettings) -> Mail:
    """The mail with a letter to one recipient.

    Args:
        settings: who it is from.
    """
    letter, recipient = consignment.letter, consignment.recipient
    called = f"{consignment.content.title} ({letter.reference})"
    attachments = tuple(
        Attachment(file_name(called, ending), f"{consignment.stem}{ending}", media_type, data)
        for ending, media_type, data in (
            (".pdf", PDF, consignment.pdf),
            (".docx", DOCX, consignment.docx),
        )
        if data
    )
    identity = f"{letter.reference}\n{recipient.key}\n{sha256(consignment.pdf)}"
    if consignment.copy > 1:
        identity += f"\n{consignment.copy}"
    covering = consignment.covering
    blocks = tuple(block for block in covering.blocks if block.style != "title")
    subject = "".join(block.text for block in covering.blocks if block.style == "title")
    notices: tuple[str, ...] = ()
    name = f"{consignment.stem}-{recipient.title.lower()}"
    if recipient.role == "copied":
        name, subject = f"{name}-{recipient.address}", f"Kopi: {subject}"
        sent_to = f"{letter.municipality.name} kommune"
        notices = (f"Kopi til orientering. Brevet er sendt til {sent_to}.",)
    return Mail(
        name=name,
        message_id=_message_id(identity, settings.from_address),
        written_form=letter.written_form,
        sent_at=consignment.at,
        from_name=in_form(settings.from_name, letter.written_form),
        from_address=settings.from_address,
        reply_to=settings.reply_to,
        to_name=recipient.called(f"{letter.municipality.name} kommune"),
        to_address=recipient.address,
        subject=_fitting(subject, letter.municipality.name),
        said=replace(covering, blocks=blocks),
        attachments=attachments,
        notices=notices,
    )


def _fitting(subject: str, name: str) -> str:
    """A subject that lists of mail show whole.

    Where it is too long, of a municipality's parallel names only the first is said; then words are
    left out before the last one, which is the reference that answers are known by.

    Args:
        subject: what the template says.
        name: the municipality's name as it may stand there.
    """
    if len(subject) > LONGEST_SUBJECT:
        subject = subject.replace(name, name.partition(" – ")[0])
    if len(subject) > LONGEST_SUBJECT:
        words, _, last = subject.rpartition(" ")
        room = LONGEST_SUBJECT - len(last) - len(" … ")
        subject = f"{words[: room + 1].rpartition(' ')[0]} … {last}" if room > 0 else subject
    return subject


def redirected(mail: Mail, to: str) -> Mail:
    """The message as a trial for somebody of our own: nothing of it goes to the true recipient.

    Subject and first line tell whom it was for. It is a message of its own, for mail programs hide
    the second of two that have the same Message-ID.

    Args:
        mail: the true message.
        to: address of the trial's reader.
    """
    notice = f"PRØVE: Denne e-posten skulle til {mail.to_name} <{mail.to_address}>."
    return replace(
        mail,
        name=f"{mail.name}-prøve",
        message_id=_message_id(f"{mail.message_id}\n{same_mailbox(to)}", mail.from_address),
        to_name="",
        to_address=to,
        subject=f"[Prøve for {mail.to_address}] {mail.subject}",
        notices=(notice, *mail.notices),
    )


def file_name(called: str, ending: str) -> str:
    """A name people understand, without signs that some system takes for more than a letter."""
    tidy = unicodedata.normalize("NFC", _NO_FILE_NAME.sub("-", called))
    return f"{tidy[:120].strip(' .')}{ending}"


def _message_id(identity: str, from_address: str) -> str:
    domain = ascii_address(from_address).rpartition("@")[2]
    return f"<{uuid.uuid5(_NAMESPACE, identity)}@{domain}>"
