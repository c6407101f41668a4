"""A mail as bytes: header, text and what is attached, in ASCII and the same every time."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32

from brevgen.characters import UNPRINTABLE
from brevgen.email_address import ascii_address
from brevgen.errors import Unsendable

_POLICY = compat32.clone(linesep="\r\n", max_line_length=78)  # RFC 5322, section 2.1.1
_NO_CHARACTER = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile(f"[{UNPRINTABLE}\ud800-\udfff]")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LONGEST_WORD = 60
"""What is longer than this would make the first line of a field too long."""

_UTF_8 = Charset("utf-8")
_UTF_8.body_encoding = QP  # it stays readable even where nobody decodes it


@dataclass(frozen=True)
class Attachment:
    """A file that goes along.

    Args:
        name: as people are to see it, with its ending.
        media_type: e.g. `application/pdf`.
        data: the file itself.
    """

    name: str
    media_type: str
    data: bytes = field(repr=False)


def mail_bytes(
    fields: Mapping[str, str], text: str, attachments: Sequence[Attachment], *, message_id: str
) -> bytes:
    """A whole mail, every line ended by CR LF and none longer than 998 octets (RFC 5322).

    Args:
        fields: the header but what belongs to MIME, as `free_text` and `mailbox` make it.
        text: what is read at once.
        attachments: what goes along.
        message_id: what the boundary between the parts is made from.

    Raises:
        Unsendable: the name of a file holds what no header can, or the text what is no character.
    """
    # no line of base64 or quoted-printable can hold “=_” (RFC 2045, section 6.7)
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:40]}"
    mail = MIMEMultipart(boundary=boundary)
    for name, value in fields.items():
        mail[name] = value
    lines = "".join(f"{line}\n" for line in _without(_NO_CHARACTER, text, "a mail").splitlines())
    mail.attach(MIMEText(lines, _charset=_UTF_8))  # type: ignore[arg-type]
    for each in attachments:
        mail.attach(_attached(each))
    return mail.as_bytes(policy=_POLICY)


def one_line(text: str) -> str:
    """The text itself, if it can stand in a header.

    Raises:
        Unsendable: it holds a line break, another control character, or what is no character.
    """
    return _without(_FORBIDDEN, text, "a mail's header")


def _without(forbidden: re.Pattern[str], text: str, where: str) -> str:
    if found := forbidden.search(text):
        raise Unsendable(
            f"{text[max(0, found.start() - 30) :][:60]!a} holds U+{ord(found[0]):04X}, which cannot"
            f" stand in {where}. Remove the character where the text comes from."
        )
    return text


def free_text(value: str, *, field_name: str) -> str:
    """Free text, such as the subject, as it stands in a header."""
    return _words(value, _PLAIN, field_name)


def mailbox(called: str, address: str, *, field_name: str) -> str:
    """One address and what its owner is called; no more than one can come of it.

    Raises:
        Unsendable: one of the two cannot stand there.
    """
    return f"{_words(called, _ATOMS, field_name)} <{ascii_address(address)}>".lstrip()


def _words(value: str, as_it_is: re.Pattern[str], field_name: str) -> str:
    """A text as it is where it can be, else as encoded words (RFC 2047)."""
    one_line(value)
    is_plain = as_it_is.fullmatch(value) and "=?" not in value
    if not value or (is_plain and max(map(len, value.split())) <= _LONGEST_WORD):
        return value
    return Header(value, "utf-8", maxlinelen=75, header_name=field_name).encode()


def _attached(attachment: Attachment) -> MIMEApplication:
    """A file with its name in the two ways that mail programs read.

    Outlook, and servers of Exchange, read encoded words in `Content-Type`, which RFC 2047 does not
    allow there. Others read `Content-Disposition` as RFC 2231 has it, in one piece, for Outlook
    and Gmail have shown continued names in a wrong way; with no plain `filename` besides, for no
    rule says which of the two counts.
    """
    name = one_line(attachment.name)
    is_plain = bool(_PLAIN.fullmatch(name))
    part = MIMEApplication(attachment.data)
    if is_plain:
        part.replace_header("Content-Type", attachment.media_type)
        part.set_param("name", name, replace=True)
    else:
        words = Header(name, "utf-8", maxlinelen=70, header_name=" name=").encode()
        part.replace_header("Content-Type", f'{attachment.media_type};\n name="{words}"')
    del part["MIME-Version"]
    part.add_header(
        "Content-Disposition", "attachment", filename=name if is_plain else ("utf-8", "", name)
    )
    return part
