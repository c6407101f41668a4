"""Reading mail back by the RFCs themselves, with nothing of what wrote it."""

import base64
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

WORD = re.compile(r"=\?([A-Za-z0-9-]+)\?([QqBb])\?([!->@-~]*)\?=")


@dataclass(frozen=True)
class Read:
    """A message or a part: its fields, unfolded but not decoded, and what follows them."""

    fields: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = [value for found, value in self.fields if found.lower() == name.lower()]
        return value

    def text(self, name: str) -> str:
        """A field with its encoded words read."""
        return decoded(self[name])

    def parts(self) -> list["Read"]:
        """The parts of a multipart."""
        boundary = parameters(self["Content-Type"])["boundary"].encode()
        before, *parts, after = self.body.split(b"--" + boundary)
        assert before == b""
        assert after == b"--\r\n"
        for part in parts:
            assert part.startswith(b"\r\n")
            assert part.endswith(b"\r\n")
        return [read(part[2:-2]) for part in parts]  # its last line end is the boundary's

    @property
    def words(self) -> str:
        """What a mail says as plain text, which is the first of its parts."""
        plain, page = self.parts()[0].parts()
        assert plain["Content-Type"] == 'text/plain; charset="utf-8"'
        assert page["Content-Type"] == 'text/html; charset="utf-8"'
        return plain.data().decode().replace("\r\n", "\n")

    @property
    def page(self) -> str:
        """What it says as HTML, which is beside it."""
        return self.parts()[0].parts()[1].data().decode().replace("\r\n", "\n")

    def data(self) -> bytes:
        """What follows the fields, without its transfer encoding."""
        match self["Content-Transfer-Encoding"]:
            case "base64":
                assert re.fullmatch(rb"([A-Za-z0-9+/]{76}\r\n)*[A-Za-z0-9+/]+=*\r\n|", self.body)
                return base64.b64decode(self.body)
            case "quoted-printable":
                return from_quoted_printable(self.body)
        raise AssertionError("another transfer encoding")


def read(data: bytes) -> Read:
    """A message, held to the rules of RFC 5322 on the way."""
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data), "a bare CR or LF"
    assert data.isascii()
    assert b"\0" not in data
    head, blank, body = data.partition(b"\r\n\r\n")
    assert blank
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    fields: list[tuple[str, str]] = []
    for line in head.decode("ascii").split("\r\n"):
        assert line.strip(), "a line of blanks only"
        assert line.isprintable()
        if line[0] == " ":
            name, value = fields.pop()
            fields.append((name, value + line))
        else:
            match = re.fullmatch(r"([A-Za-z-]+): (.*)", line)
            assert match or re.fullmatch(r"[A-Za-z-]+:", line), line
            fields.append((match[1], match[2]) if match else (line[:-1], ""))
    return Read(fields, body)


def decoded(value: str) -> str:
    """Text with its encoded words read (RFC 2047), blanks between two of them left out."""
    for word in WORD.finditer(value):
        assert len(word[0]) <= 75
    value = re.sub(r"(=\?[^ ?]+\?[QqBb]\?[^ ?]*\?=) +(?==\?[^ ?]+\?[QqBb]\?)", r"\1", value)
    return WORD.sub(_word, value)


def _word(match: re.Match[str]) -> str:
    charset, encoding, text = match.groups()
    if encoding in "Bb":
        return base64.b64decode(text).decode(charset)
    octets = re.sub(
        rb"=([0-9A-F]{2})",
        lambda found: bytes([int(found[1], 16)]),
        text.replace("_", " ").encode("ascii"),
    )
    return octets.decode(charset)


def mailbox(value: str) -> tuple[str, str]:
    """What the one owner of an address is called, and the address; nothing else may stand there."""
    match = re.fullmatch(r"(?:([^<>@,;:\"()\\]*) )?<([^<>\s,;]+@[^<>\s@,;]+)>", value)
    assert match, value
    return decoded(match[1] or ""), match[2]


def parameters(value: str) -> dict[str, str]:
    """The parameters of a field (RFC 2045), those of RFC 2231 decoded."""
    found: dict[str, str] = {}
    kind, *_ = value.split(";")
    rest = value[len(kind) :]
    while rest.strip():
        match = re.match(r'; *([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))', rest)
        assert match, rest
        name, quoted, token = match.groups()
        assert name not in found
        found[name] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else token
        rest = rest[match.end() :]
    for name in [name for name in found if name.endswith("*")]:
        charset, _, text = found.pop(name).split("'")
        found[name[:-1]] = unquote_to_bytes(text).decode(charset)
    return found


def from_quoted_printable(data: bytes) -> bytes:
    """RFC 2045, section 6.7."""
    for line in data.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.endswith((b" ", b"\t"))
        assert re.fullmatch(rb"(?:[\t -<>-~]|=[0-9A-F]{2})*=?", line), line
    joined = data.replace(b"=\r\n", b"")
    return re.sub(rb"=([0-9A-F]{2})", lambda match: bytes([int(match[1], 16)]), joined)
