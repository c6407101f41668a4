"""A message as bytes: header, text and what is attached, in ASCII and the same every time."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from brevgen.channels.mail import headers


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
    data: bytes


def message_bytes(
    header: str, text: str, attachments: Sequence[Attachment], *, message_id: str
) -> bytes:
    """A whole message, every line ended by CR LF and none longer than 998 octets (RFC 5322).

    Args:
        header: the header fields but those of MIME, each with its line's end.
        text: what is to be read at once.
        attachments: what goes along.
        message_id: what the boundary between the parts is made from.
    """
    # no line of base64 or quoted-printable can hold “=_” (RFC 2045, section 6.7)
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:40]}"
    head = (
        f'{header}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
    )
    parts = [_text(text), *map(_attached, attachments)]
    between = f"--{boundary}\r\n".encode("ascii")
    end = f"--{boundary}--\r\n".encode("ascii")
    return head.encode("ascii") + b"".join(between + part for part in parts) + end


def _text(text: str) -> bytes:
    """The text as quoted-printable: it stays readable even where nobody decodes it."""
    lines = "".join(f"{line}\r\n" for line in text.splitlines())
    return (
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
    ) + binascii.b2a_qp(lines.encode(), istext=True)


def _attached(attachment: Attachment) -> bytes:
    header = (
        headers.typed(attachment.media_type, attachment.name)
        + headers.disposed(attachment.name)
        + headers.plain("Content-Transfer-Encoding", "base64")
    )
    return header.encode("ascii") + b"\r\n" + _base64(attachment.data)


def _base64(data: bytes) -> bytes:
    """Lines of 76 letters (RFC 2045, section 6.8)."""
    coded = base64.b64encode(data)
    return b"".join(coded[at : at + 76] + b"\r\n" for at in range(0, len(coded), 76))
