"""A mail as bytes: header, text, page and what is attached, in ASCII, the same every time."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.charset import QP, Charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from urllib.parse import quote

from brevgen.characters import UNPRINTABLE
from brevgen.email_address import ascii_address
from brevgen.errors import Unsendable
from brevgen.language import tr

_POLICY = compat32.clone(linesep="\r\n", max_line_length=78)  # RFC 5322, section 2.1.1
_NO_CHARACTER = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile(f"[{UNPRINTABLE}\ud800-\udfff]")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PLAIN_LETTERS = str.maketrans(
    {**dict(zip("øØđĐŧŦŋŊ", "oOdDtTnN", strict=True)), "æ": "ae", "Æ": "Ae", "–": "-"}
)
"""Letters of Norwegian and Sámi that are no plain letter with a mark."""
_LONGEST_WORD = 60
"""What is longer than this would make a line of a field too long."""

_UTF_8 = Charset("utf-8")
_UTF_8.body_encoding = QP  # it stays readable even where nobody decodes it


@dataclass(frozen=True)
class Attachment:
    """A file that goes along.

    Args:
        name: as people are to see it, with its ending.
        short: what stands in for it where a program knows ASCII alone; its last 60 signs count.
        media_type: e.g. `application/pdf`.
        data: the file itself.
    """

    name: str
    short: str
    media_type: str
    data: bytes = field(repr=False)


def mail_bytes(
    fields: Mapping[str, str],
    text: str,
    page: str,
    attachments: Sequence[Attachment],
    *,
    message_id: str,
) -> bytes:
    """A whole mail, every line ended by CR LF and none longer than 998 octets (RFC 5322).

    Args:
        fields: the header but what belongs to MIME, as `free_text` and `mailbox` make it.
        text: what is read at once, by programs that show text only.
        page: the same as HTML; programs show the one that comes last and that they know.
        attachments: what goes along.
        message_id: what the boundaries between the parts are made from.

    Raises:
        Unsendable: the name of a file holds what no header can, or the text what is no character.
    """
    mail = MIMEMultipart(boundary=_boundary(message_id))
    for name, value in fields.items():
        mail[name] = value
    words = MIMEMultipart("alternative", boundary=_boundary(f"{message_id} alternative"))
    for subtype, said in (("plain", text), ("html", page)):
        lines = "".join(f"{line}\n" for line in _without(_NO_CHARACTER, said).splitlines())
        words.attach(MIMEText(lines, subtype, _charset=_UTF_8))  # type: ignore[arg-type]
    for part in (words, *words.get_payload()):
        del part["MIME-Version"]  # the whole mail has it
    mail.attach(words)
    for each in attachments:
        mail.attach(_attached(each))
    return mail.as_bytes(policy=_POLICY)


def _boundary(made_from: str) -> str:
    # no line of base64 or quoted-printable can hold “=_” (RFC 2045, section 6.7)
    return f"=_{hashlib.sha256(made_from.encode()).hexdigest()[:40]}"


def one_line(text: str) -> str:
    """The text itself, if it can stand in a header.

    Raises:
        Unsendable: it holds a line break, another control character, or what is no character.
    """
    return _without(_FORBIDDEN, text)


def _without(forbidden: re.Pattern[str], text: str) -> str:
    if found := forbidden.search(text):
        raise Unsendable(
            tr(
                "{text} holds U+{code}, which cannot stand in a mail. Remove the character where"
                " the text comes from.",
                text=ascii(text[max(0, found.start() - 30) :][:60]),
                code=f"{ord(found[0]):04X}",
            )
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
    """A file with its name as RFC 2231 writes it, and in ASCII for programs that cannot read that.

    The name stands in one piece, for Outlook and Gmail have shown continued names in a wrong way,
    and comes first: no rule says which of the two counts, and some readers take the first.
    """
    name = one_line(attachment.name)
    part = MIMEApplication(attachment.data)
    part.replace_header("Content-Type", attachment.media_type)
    del part["MIME-Version"]
    full = f"filename*=utf-8''{quote(name, safe='')}"
    plain = in_ascii(one_line(attachment.short))
    part["Content-Disposition"] = f'attachment;\n {full};\n filename="{plain}"'
    return part


def in_ascii(name: str) -> str:
    """A name in letters that every program knows: `Kárášjohka – Bø` is `Karasjohka - Bo`.

    It is so short that its line is never folded, which within quotes some readers do not undo.
    """
    plain = unicodedata.normalize("NFKD", name.translate(_PLAIN_LETTERS))
    return re.sub(r'[^ -~]+|["\\]', "", plain)[-_LONGEST_WORD:].strip() or "file"
