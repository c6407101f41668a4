"""Mail that people have saved, as the usual programs do it; told by what a file holds.

Single mails (`.eml`, Apple's `.emlx`, Outlook's `.msg`), mbox with any name, Maildir, and folders
of them all. Whatever is none of these is named, never passed over.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from html import unescape
from itertools import islice
from pathlib import Path

from brevgen.errors import UnreadableFile, WrongUse
from brevgen.files import MEGABYTE, read_bytes
from brevgen.language import tr

MOST_OF_A_FILE = 512 * MEGABYTE
MOST_OF_A_MAIL = MEGABYTE
"""A report stands in front of what came back; what follows may be long, and says nothing more."""
MOST_LINES = 20_000

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB, section 2.2
_NUMBER_LINE = re.compile(rb"\s*([0-9]{1,10})[ \t]*\r?\n")
_MBOX_LINE = re.compile(rb"^From [^\n]*\n(?=[!-9;-~]+:)", re.MULTILINE)
_HEADER = re.compile(
    rb"(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*){0,200}?"
    rb"(?:From|To|Date|Subject|Received|Return-Path|Message-ID|Content-Type|MIME-Version)[ \t]*:",
    re.IGNORECASE,
)
_BESIDE_MAIL = re.compile(
    r"\..*|.*\.msf|dovecot.*|maildir.*|table_of_contents|desktop\.ini|thumbs\.db", re.IGNORECASE
)
"""What mail programs and systems lay beside mail, and what holds none."""

_STATUS = re.compile(r"\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b[^\n]{0,300}")


@dataclass(frozen=True)
class SavedMail:
    """One mail, or as much of it as is looked at.

    Args:
        file: where it lies, with its number where the file holds several.
        data: the mail itself (RFC 5322).
    """

    file: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class NotUnderstood:
    """A file that holds no mail, or a mail that holds no report.

    Args:
        file: where it lies, with its number where the file holds several.
        why: what is the matter, and what to do.
        sender: who the mail is from; empty for a file that holds no mail.
        subject: what the mail is about.
        message_ids: all Message-IDs in the mail, for one of ours may be among them.
    """

    file: str
    why: str
    sender: str = ""
    subject: str = ""
    message_ids: tuple[str, ...] = ()

    @property
    def is_mail(self) -> bool:
        """Whether it is a mail at all; else the whole file was not read."""
        return bool(self.sender or self.subject or self.message_ids)


def saved_mails(paths: Iterable[Path]) -> Iterator[SavedMail | NotUnderstood]:
    """All mails in files and folders, and each file that cannot be read as mail.

    Raises:
        WrongUse: there is no such file or folder.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise WrongUse(
                tr("{file} is not there. See whether the name is spelt right.", file=path)
            )
        if not path.is_dir():
            yield from _mails_of(path)
            continue
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders.sort()
            for name in sorted(names):
                if not _BESIDE_MAIL.fullmatch(name):
                    yield from _mails_of(Path(folder, name), passing_over_empty=True)
        for error in closed:
            yield NotUnderstood(
                str(error.filename), tr("The folder may not be read. Ask for access to it.")
            )


def _mails_of(
    path: Path, *, passing_over_empty: bool = False
) -> Iterator[SavedMail | NotUnderstood]:
    try:
        data = read_bytes(path, most=MOST_OF_A_FILE)
        start = data[:64].lstrip()  # some programs begin an mbox with a blank line
        if not start:
            if not passing_over_empty:
                raise UnreadableFile(tr("The file is empty."), tr("Save the mail once more."))
        elif data.startswith(_COMPOUND_FILE):
            yield SavedMail(str(path), _from_outlook(data))
        elif start.startswith(b"From "):
            yield from _mails_of_mbox(str(path), data)
        elif _HEADER.match((mail := _single(data))[:50_000]):
            yield SavedMail(str(path), _beginning(mail))
        elif data.startswith(b"PK\x03\x04"):
            raise UnreadableFile(tr("This is an archive."), tr("Unpack it and name the folder."))
        else:
            raise UnreadableFile(
                tr("This is no mail in a form that is read here."),
                tr("Save the mail as .eml, .msg or mbox, or leave the file out."),
            )
    except UnreadableFile as reason:
        yield NotUnderstood(str(path), f"{reason.what} {reason.remedy}")


def _single(data: bytes) -> bytes:
    """What would be the one mail in a file; `.emlx` tells its length first, and more follows it."""
    if number := _NUMBER_LINE.match(data):
        return data[number.end() : number.end() + int(number[1])]
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()


def _mails_of_mbox(file: str, data: bytes) -> Iterator[SavedMail]:
    """The mails of an mbox: each begins with a line `From …` and a header."""
    begins = [match.end() for match in _MBOX_LINE.finditer(data)]
    ends = [*(match.start() for match in islice(_MBOX_LINE.finditer(data), 1, None)), len(data)]
    if not begins:
        raise UnreadableFile(
            tr("The file begins like an mbox, and no mail is in it."),
            tr("Export the mails once more."),
        )
    for number, (begin, end) in enumerate(zip(begins, ends, strict=True), start=1):
        yield SavedMail(f"{file} ({number})", _beginning(data[begin:end]))


def _beginning(mail: bytes) -> bytes:
    """As much of a mail as is looked at."""
    return b"".join(mail[:MOST_OF_A_MAIL].splitlines(keepends=True)[:MOST_LINES])


def _from_outlook(data: bytes) -> bytes:
    """A mail out of an `.msg`, as it would have come; Outlook keeps it in pieces of its own.

    A report of Exchange becomes a property of each recipient and words in the text; from these it
    is put together again.

    Raises:
        UnreadableFile: it holds no mail, or is broken.
    """
    from oxmsg import Message as OutlookMessage

    try:
        outlook = OutlookMessage.load(data)
        mail = MIMEMultipart("report")
        header = outlook.properties.str_prop_value(0x007D) or ""  # PidTagTransportMessageHeaders
        for name, value in HeaderParser().parsestr(header[:50_000]).items():
            if not name.lower().startswith(("content-", "mime-")):
                mail[name] = value
        for name, known in (("From", outlook.sender), ("Subject", outlook.subject)):
            if name not in mail:
                mail[name] = known or ""
        body = (outlook.body or unescape(outlook.html_body or ""))[:MOST_OF_A_MAIL]
        mail.attach(MIMEText(body, _charset="utf-8"))
        for attached in islice(outlook.attachments, 20):
            _attach(mail, (attached.file_bytes or b"")[:MOST_OF_A_MAIL])
        if re.fullmatch(r"REPORT\..*\.NDR", outlook.message_class, re.IGNORECASE):
            status = _STATUS.search(body)
            for recipient in islice(outlook.recipients, 20):
                block = f"Final-Recipient: rfc822; {recipient.email_address}\nAction: failed"
                words = f"\nStatus: {status[0]}\nDiagnostic-Code: x; {status[0]}" if status else ""
                _attach(mail, f"Reporting-MTA: x; outlook\n\n{block}{words}\n".encode())
        return mail.as_bytes()
    except Exception as error:  # the library fails in many ways on files that are no mail
        raise UnreadableFile(
            tr("Outlook's file cannot be read ({reason}).", reason=type(error).__name__),
            tr("Save the mail once more, as .eml if that is offered."),
        ) from error


def _attach(mail: MIMEMultipart, data: bytes) -> None:
    """Add what is a report's own part, or a mail; Outlook has lost its type."""
    if re.search(rb"^Final-Recipient:", data, re.MULTILINE | re.IGNORECASE):
        kind = b"message/delivery-status"
    elif _HEADER.match(data[:50_000]):
        kind = b"text/rfc822-headers"
    else:
        return
    mail.attach(message_from_bytes(b"Content-Type: " + kind + b"\n\n" + data))
