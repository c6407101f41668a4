"""Reports on mail that did not arrive, or not yet (RFC 3464), read from saved mail.

Such mail comes from anywhere and in any state. Whatever cannot be understood is other mail: it is
counted, and nothing is ever raised because of it.
"""

import mailbox
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from brevgen.errors import WrongUse

_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINAL_PARTS = {
    *("message/rfc822", "text/rfc822-headers"),
    *("message/global", "message/global-headers"),  # RFC 6533
}
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")


@dataclass(frozen=True)
class Report:
    """What a mail server reports about one message and one recipient.

    Args:
        message_id: of our message, with its angle brackets; empty where the report does not tell.
        recipient: the address, as we wrote to it where the report tells, else as it ended up.
        action: `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
        status: such as `5.1.1` (RFC 3463); empty where missing.
        diagnostic: the server's words, in one line; may be empty.
        arrived: when our message came to the server that reports, as it says; may be empty.
    """

    message_id: str
    recipient: str
    action: str
    status: str
    diagnostic: str
    arrived: str = ""


@dataclass(frozen=True)
class Reading:
    """All reports that were found, and how many other mails there were."""

    reports: tuple[Report, ...]
    others: int


def read_reports(path: Path) -> Reading:
    """Read the delivery reports in saved mail.

    Args:
        path: one mail (`.eml`), an mbox, or a folder with such files in it or below.

    Raises:
        WrongUse: there is no such file or folder, or it cannot be read.
    """
    reports: list[Report] = []
    others = 0
    try:
        for data in _mails(path):
            found = reports_in(data)
            reports += found
            others += not found
    except OSError as error:
        raise WrongUse(f"{error.filename or path} cannot be read ({error.strerror}).") from error
    return Reading(tuple(reports), others)


def reports_in(data: bytes) -> list[Report]:
    """The reports in one mail; none if it is another mail, or broken."""
    try:
        return list(_reports(message_from_bytes(data)))
    except Exception:  # the parser itself can fail in many ways on mail that is no mail
        return []


def _mails(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        for below in sorted(path.rglob("*")):
            if below.suffix.lower() in (".eml", ".mbox") and below.is_file():
                yield from _mails(below)
        return
    with path.open("rb") as file:
        is_mbox = file.read(5) == b"From "
    if not is_mbox:
        yield path.read_bytes()
        return
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _reports(mail: "Message[Any, Any]") -> Iterator[Report]:
    parts = list(mail.walk())
    for part in parts:
        if part.get_content_type() not in _STATUS_PARTS:
            continue
        whole, *recipients = [dict(_fields(block)) for block in _blocks(part)] or [{}]
        message_id = _original_id(parts) or _from_envelope_id(whole.get("original-envelope-id", ""))
        for fields in recipients:
            action = fields.get("action", "").split("(")[0].strip().lower()
            recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
            if action not in ("failed", "delayed", "delivered", "relayed", "expanded"):
                continue
            status = _STATUS.search(fields.get("status", ""))
            yield Report(
                message_id=message_id,
                recipient=_after_type(recipient).strip("<>"),
                action=action,
                status=status[0] if status else "",
                diagnostic=_after_type(fields.get("diagnostic-code", ""))[:500],
                arrived=whole.get("arrival-date", "")[:100],
            )


def _blocks(part: "Message[Any, Any]") -> list[list[str]]:
    """The groups of lines of a part; in a status part one on the message, then one each."""
    blocks: list[list[str]] = [[]]
    for line in _body(part).splitlines():
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _body(part: "Message[Any, Any]") -> str:
    """What a part holds; the parser has taken some kinds of parts apart, so it is read anew."""
    simple: Message[Any, Any] = Message()
    simple["Content-Transfer-Encoding"] = str(part.get("Content-Transfer-Encoding", "8bit"))
    simple.set_payload(part.as_bytes().partition(b"\n\n")[2].decode("ascii", "surrogateescape"))
    decoded = simple.get_payload(decode=True)
    assert isinstance(decoded, bytes), "a payload of text is decoded to bytes"
    return decoded.decode("utf-8", "replace")


def _fields(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names, in small letters, and values of fields, with continued lines joined."""
    name, value = "", ""
    for line in [*lines, "end:"]:
        if line[0] in " \t":
            value = f"{value} {line.strip()}"
        elif match := _FIELD.match(line):
            if name:
                yield name, " ".join(value.split())
            name, value = match[1].lower(), match[2]


def _after_type(value: str) -> str:
    """What stands behind the type of an address or a diagnostic: `rfc822; a@b.example`."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon and re.fullmatch(r"[\w.-]+", kind.strip()) else value).strip()


def _original_id(parts: Iterable["Message[Any, Any]"]) -> str:
    """The Message-ID of the message that came back, whole or as its headers only."""
    for part in parts:
        if part.get_content_type() in _ORIGINAL_PARTS:
            head, *_ = _blocks(part) or [[]]
            if match := _MESSAGE_ID.search(dict(_fields(head)).get("message-id", "")):
                return match[0]
    return ""


def _from_envelope_id(envelope_id: str) -> str:
    """The Message-ID that we gave along as envelope id, if that is what it is."""
    return f"<{envelope_id}>" if re.fullmatch(r"[^<>\s@]+@[^<>\s@]+", envelope_id) else ""
