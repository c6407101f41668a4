"""Reports on mail that did not arrive, or not yet (RFC 3464), read from saved mail.

Such mail comes from anywhere and in any state, so that nothing is ever raised because of it.
Whatever holds no report is named, for a person to read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from brevgen.channels.mail.saved_mail import NotUnderstood, SavedMail, saved_mails
from brevgen.characters import cleaned
from brevgen.language import tr

Part: TypeAlias = "Message[Any, Any]"
"""A mail, or a part of one; the parser makes no difference."""

MOST_REPORTS = 100
"""How many reports of one mail are read; a message of ours has one recipient."""

_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_INTERNATIONAL = re.compile(rb"\bmessage/global(-delivery-status|-headers|)\b", re.IGNORECASE)
"""The parts of RFC 6533, which are those of RFC 3464 with letters beyond ASCII."""

_STATUS = re.compile(r"\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
_MESSAGE_ID = re.compile(r"<([^<>\s@]{1,200}@[^<>\s@]{1,200})>")
_ENVELOPE_ID = re.compile(r"[^<>\s@]{1,200}@[^<>\s@]{1,200}")
_GIVEN_UP = re.compile(r"wasn't able to deliver your message to the following address", re.I)
_ADDRESS_AND_WHY = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:[ \t]*\n?([^\n]*(?:\n[^\n<]+)*)", re.M)
"""What qmail and Haraka write in place of a report."""

_HEADER_FIELD = re.compile(r"^(?:Date|Subject):[^\n]*(?:\n[ \t][^\n]*)*", re.M)


@dataclass(frozen=True)
class Report:
    """What a mail server reports about one message and one recipient.

    Args:
        message_ids: what the message may be called, with angle brackets, the likeliest first.
        recipient: the address as it was written to, where the report tells, else as it ended up.
        action: `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
        status: such as `5.1.1` (RFC 3463); empty where missing.
        diagnostic: the server's words, in one line; may be empty.
        final: the address that the report is about, which may be another one, to which the mail
            was passed on; empty where the report does not tell.
        sent_at: when the message was written, or came to the server that reports; aware; None
            where the report does not tell.
        subject: of the message that came back; empty where it did not.
        arrived: when it came to the server that reports, in that server's words; may be empty.
    """

    message_ids: tuple[str, ...]
    recipient: str
    action: str
    status: str
    diagnostic: str
    final: str = ""
    sent_at: datetime | None = None
    subject: str = ""
    arrived: str = ""


@dataclass(frozen=True)
class Reading:
    """What saved mail holds: reports, and all that is none."""

    reports: tuple[Report, ...]
    not_understood: tuple[NotUnderstood, ...]


def read_reports(paths: Iterable[Path]) -> Reading:
    """Read the delivery reports in saved mail.

    Args:
        paths: mails, files of many, or folders with such files in them or below.

    Raises:
        WrongUse: there is no such file or folder.
    """
    reports: dict[Report, None] = {}
    others: list[NotUnderstood] = []
    for each in saved_mails(paths):
        found = reports_in(each.data) if isinstance(each, SavedMail) else []
        reports.update(dict.fromkeys(found))
        if isinstance(each, NotUnderstood):
            others.append(each)
        elif not found:
            others.append(_without_report(each))
    return Reading(tuple(reports), tuple(others))


def reports_in(data: bytes) -> list[Report]:
    """The reports in one mail; none if it is another mail, or broken."""
    try:
        mail = _parsed(data)
        return list(islice(_structured(mail), MOST_REPORTS)) or list(
            islice(_in_words(mail), MOST_REPORTS)
        )
    except Exception:  # the parser itself can fail in many ways on mail that is no mail
        return []


def _parsed(data: bytes) -> Part:
    names = {b"-delivery-status": b"message/delivery-status", b"-headers": b"text/rfc822-headers"}
    known = _INTERNATIONAL.sub(lambda m: names.get(m[1].lower(), b"message/rfc822"), data)
    return message_from_bytes(known)


def _without_report(saved: SavedMail) -> NotUnderstood:
    try:
        mail = _parsed(saved.data)
        sender, subject = _field(mail, "From"), _field(mail, "Subject")
        ids = tuple(islice(_ids(mail), MOST_REPORTS))
    except Exception:  # as above
        sender = subject = ""
        ids = ()
    return NotUnderstood(
        saved.file,
        tr(
            "No delivery report is in it. Read it; if it says that a letter did not arrive, settle"
            " it with brevgen send."
        ),
        sender or tr("unknown"),
        subject,
        ids,
    )


# -- reports as RFC 3464 has them -----------------------------------------------------------------


def _structured(mail: Part) -> Iterator[Report]:
    for around in mail.walk():
        within = [mail] if around is mail and _is_status(mail) else _parts(around)
        if found := [part for part in within if _is_status(part)]:
            original, ids = _original(around), tuple(islice(_ids(around), 50))
            for status in found[:MOST_REPORTS]:
                yield from _of_status(status, original, ids)


def _is_status(part: Part) -> bool:
    return part.get_content_type() == "message/delivery-status"


def _of_status(status: Part, original: Part, ids: tuple[str, ...]) -> Iterator[Report]:
    blocks = _blocks(status)
    whole = blocks[0] if blocks else Message()
    likely = _field(original, "Message-ID"), _field(whole, "Original-Envelope-Id")
    known = dict.fromkeys((*map(_as_id, likely), *ids))
    arrived = _field(whole, "Arrival-Date")[:100]
    sent_at = _moment(_field(original, "Date")) or _moment(arrived)
    for block in blocks:
        action = _field(block, "Action").split("(")[0].strip().lower()
        if action not in _ACTIONS:
            continue
        found = _STATUS.search(_field(block, "Status"))
        final = _after_type(_field(block, "Final-Recipient")).strip("<>")
        asked = _after_type(_field(block, "Original-Recipient")).strip("<>")
        yield Report(
            message_ids=tuple(each for each in known if each),
            recipient=asked or final,
            action=action,
            status=found[0] if found else "",
            diagnostic=_after_type(_field(block, "Diagnostic-Code"))[:500],
            final=final,
            sent_at=sent_at,
            subject=_field(original, "Subject"),
            arrived=arrived,
        )


def _blocks(status: Part) -> list[Part]:
    """The groups of fields in a status part: one on the message, then one for each recipient."""
    blocks = _parts(status)
    if str(status.get("Content-Transfer-Encoding", "")).lower() in ("base64", "quoted-printable"):
        coded: Part = Message()
        coded["Content-Transfer-Encoding"] = status["Content-Transfer-Encoding"]
        coded.set_payload("\n".join(map(str, blocks)))
        plain = f"Content-Type: message/delivery-status\n\n{_decoded(coded)}"
        blocks = _parts(message_from_bytes(plain.encode()))
    return [each for each in blocks if each.keys()]


def _original(around: Part) -> Part:
    """The message that came back beside a report, whole or as its header only."""
    for part in _parts(around):
        if part.get_content_type() == "message/rfc822":
            return next(iter(_parts(part)), Message())
        if part.get_content_type() == "text/rfc822-headers":
            return message_from_bytes(_decoded(part).encode())
    return Message()


# -- reports in words -----------------------------------------------------------------------------


def _in_words(mail: Part) -> Iterator[Report]:
    """What Exim says in a field of its own, and qmail and Haraka in fixed words."""
    text = "\n".join(_decoded(part) for part in mail.walk() if not part.is_multipart())
    text = text.replace("\r\n", "\n")
    failed = {
        address.strip(" <>"): "" for address in _field(mail, "X-Failed-Recipients").split(",")
    }
    if _GIVEN_UP.search(text):
        told = text.partition("Below this line")[0]
        failed |= {match[1]: match[2] for match in _ADDRESS_AND_WHY.finditer(told)}
    # the header of the message follows in the text, or as a part
    header = "".join(f"{found}\n" for found in _HEADER_FIELD.findall(text))
    original = _original(mail) if _parts(mail) else message_from_bytes(header.encode())
    for address, why in failed.items():
        if "@" not in address:
            continue
        words = why or text[text.find(address) + len(address) :][:300].lstrip(" >:\n")
        found = _STATUS.search(words)
        yield Report(
            message_ids=tuple(dict.fromkeys(islice(_ids(mail), 50))),
            recipient=address,
            action="failed",
            status=found[0] if found else "",
            diagnostic=_line(words)[:500],
            final=address,
            sent_at=_moment(_field(original, "Date")),
            subject=_field(original, "Subject"),
        )


# -- pieces ---------------------------------------------------------------------------------------


def _parts(mail: Part) -> list[Part]:
    payload = mail.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _ids(mail: Part) -> Iterator[str]:
    """All that is a Message-ID, or looks like one, in a mail and its parts."""
    for part in mail.walk():
        for _, value in part.raw_items():
            yield from (f"<{found}>" for found in _MESSAGE_ID.findall(str(value)[:5000]))
        if not part.is_multipart():
            yield from (f"<{found}>" for found in _MESSAGE_ID.findall(_decoded(part)))


def _as_id(text: str) -> str:
    """A Message-ID with its brackets; we give it without them as envelope id."""
    if found := _MESSAGE_ID.search(text):
        return found[0]
    return f"<{text}>" if _ENVELOPE_ID.fullmatch(text) else ""


def _decoded(part: Part) -> str:
    """What a part of text holds."""
    data = part.get_payload(decode=True)
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return unescape(text) if part.get_content_type() == "text/html" else text


def _field(mail: Part, name: str) -> str:
    """A field's value in one line; empty where it is missing."""
    for found, value in mail.raw_items():
        if found.lower() == name.lower():
            return _readable(str(value)[:2000])
    return ""


def _readable(value: str) -> str:
    """A field's value with its encoded words read (RFC 2047), and no end of line."""
    octets = value.encode("utf-8", "surrogateescape")
    text = octets.decode("utf-8", "replace")
    try:
        return _line(str(make_header(decode_header(text)))) if "=?" in text else _line(text)
    except (ValueError, LookupError):
        return _line(text)


def _line(text: str) -> str:
    return " ".join(cleaned(text).split())


def _after_type(value: str) -> str:
    """What stands behind the type of an address or a diagnostic: `rfc822; a@b.example`."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon and re.fullmatch(r"[\w.-]+", kind.strip()) else value).strip()


def _moment(text: str) -> datetime | None:
    """A date of a header; None where it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
