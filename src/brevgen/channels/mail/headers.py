"""Header fields as they travel: ASCII, folded, and with no way to end one before its time.

The writers of the standard library are passed by: older Python 3.11 loses the quotes around a comma
when it folds an encoded name, and none of them can give one file name in the two ways that mail
programs read.
"""

import re
from collections.abc import Iterator

from brevgen.characters import UNPRINTABLE
from brevgen.email_address import ascii_address
from brevgen.errors import Unsendable

LINE = 78
"""How long a line should be at most, without its end; octets (RFC 5322, section 2.1.1)."""

_FORBIDDEN = re.compile(f"[{UNPRINTABLE}\ud800-\udfff]")
_ENCODED_WORD = 64
"""The longest encoded word; 75 are allowed, but the first must fit behind a name of a field."""

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_UNENCODED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
"""What an encoded word may hold as it is anywhere, in a person's name too (RFC 2047, section 5)."""

_IN_PARAMETER = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
"""What stays as it is in a parameter; RFC 2231 allows more, and not all who read it do."""


def one_line(text: str) -> str:
    """The text itself, if it can stand in a header.

    Raises:
        Unsendable: it holds a line break, another control character, or what is no character.
    """
    if found := _FORBIDDEN.search(text):
        raise Unsendable(
            f"{text[:60]!a} holds U+{ord(found[0]):04X}, which cannot stand in a mail's header."
            " Take the character out where the text comes from."
        )
    return text


def plain(name: str, value: str) -> str:
    """A field whose value is ASCII by its making, on one line."""
    assert _PLAIN.fullmatch(value), "only for values of our own making"
    return f"{name}: {value}\r\n"


def text(name: str, value: str) -> str:
    """A field of free text, such as the subject."""
    return _folded(name, _words(value, _PLAIN))


def mailbox(name: str, called: str, address: str) -> str:
    """A field with one address and what its owner is called; no more than one can come of it.

    Raises:
        Unsendable: one of the two cannot stand there.
    """
    return _folded(name, [*_words(called, _ATOMS), f"<{ascii_address(address)}>"])


def typed(media_type: str, file_name: str) -> str:
    """The `Content-Type` of an attachment, with its name for programs that look for it here.

    Outlook, and servers of Exchange, read the name here, as encoded words: RFC 2047 does not allow
    them in a parameter, but every mail program writes and reads them.
    """
    if _PLAIN.fullmatch(one_line(file_name)):
        return f"Content-Type: {media_type};\r\n name={_quoted(file_name)}\r\n"
    words = "\r\n ".join(_encoded_words(file_name))
    return f'Content-Type: {media_type};\r\n name="{words}"\r\n'


def disposed(file_name: str) -> str:
    """The `Content-Disposition` of an attachment, with its name as RFC 2231 has it.

    In one piece, though the line can become longer than it should: Outlook and Gmail have shown
    names that were continued in a wrong way. And with no plain `filename` besides: in mail, other
    than in HTTP, no rule says which of the two counts, and many readers take the plain one.
    """
    if _PLAIN.fullmatch(one_line(file_name)):
        return f"Content-Disposition: attachment;\r\n filename={_quoted(file_name)}\r\n"
    value = "".join(
        chr(octet) if octet in _IN_PARAMETER else f"%{octet:02X}" for octet in file_name.encode()
    )
    return f"Content-Disposition: attachment;\r\n filename*=utf-8''{value}\r\n"


def _quoted(value: str) -> str:
    """A quoted string (RFC 5322, section 3.2.4)."""
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _words(value: str, as_is: re.Pattern[str]) -> list[str]:
    """A text as what stands between a header's blanks: as it is where it can, else encoded."""
    one_line(value)
    if not value:
        return []
    if as_is.fullmatch(value) and "=?" not in value:
        words = value.split(" ")
        if max(map(len, words)) <= _ENCODED_WORD:
            return words
    return list(_encoded_words(value))


def _encoded_words(value: str) -> Iterator[str]:
    """A text as encoded words (RFC 2047); no character is divided between two of them."""
    room = _ENCODED_WORD - len("=?utf-8?q??=")
    word = ""
    for character in value:
        encoded = "".join(
            "_" if octet == 0x20 else chr(octet) if octet in _UNENCODED else f"={octet:02X}"
            for octet in character.encode()
        )
        if len(word) + len(encoded) > room:
            yield f"=?utf-8?q?{word}?="
            word = ""
        word += encoded
    yield f"=?utf-8?q?{word}?="


def _folded(name: str, words: list[str]) -> str:
    """A field with its words, on as many lines as it takes (RFC 5322, section 2.2.3)."""
    lines = [f"{name}:"]
    for word in words:
        # the first word stays where the name is: not all programs read a line of a name alone
        if len(lines[-1]) + 1 + len(word) > LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"
