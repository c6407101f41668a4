"""What the letters' typeface can print, and what a text must not hold to be printed in a letter."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from brevgen.characters import SHAPELESS, UNPRINTABLE
from brevgen.language import tr

FONT_FAMILY = "Source Sans Pro"
FACES = {"Regular": 400, "Bold": 700}
"""The faces letters are set in, by the weight they stand for."""

LONGEST_WORD = 50
"""Characters of a word that still fits into a line of running text."""

ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?)]|[^\s@<>(),;:]+@[^\s@<>(),;:]+\.\w+")
"""What a reader takes for an address, and wants to click on."""

NEVER_MEANT = re.compile(f"(?![\t\n\r])[{UNPRINTABLE}{SHAPELESS}]")
"""A character without shape, or one that no program prints."""

_ALWAYS_THERE = frozenset(map(chr, [*b"\t\n\r", *range(0x20, 0x7F), *range(0xA0, 0x17F)]))
_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st",
    0xFB06: "st",
}  # fmt: skip
_LIGATURE = re.compile(f"[{''.join(map(chr, _LIGATURES))}]")
_HOST = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+")
_WORD = re.compile(r"[^ \t\n]+")  # a no-break space does not end a line either


SHORTEST_LAST_LINE = 10
"""Characters of the last line of a paragraph that has more than one."""

_THOUSANDS = r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)"
"""A number as a person types it, with ordinary blanks."""
_WHOLE = re.compile(
    # a number and what it counts; a day and its month
    rf"(?:{_THOUSANDS}|\d[\d\N{{NO-BREAK SPACE}}]*)\.? [^\W\d]\w*"
    rf"|{_THOUSANDS}"
    r"|\w+(?:-\w+)+"  # a word with a hyphen inside
)


def pieces(text: str, name: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it stays on one line.

    That are a number and its noun, a day and its month, words with a hyphen, and the recipient.

    Args:
        text: some words of a letter.
        name: the recipient, such as `Sør-Odal kommune`.
    """
    named = f"{re.escape(name)}|" if name and len(name) <= LONGEST_WORD else ""
    found: list[tuple[str, bool]] = []
    at = 0
    for whole in re.finditer(named + _WHOLE.pattern, text):
        found += [(text[at : whole.start()], False), (whole[0], True)]
        at = whole.end()
    return [(piece, is_whole) for piece, is_whole in (*found, (text[at:], False)) if piece]


def last_words(text: str) -> int:
    """How many characters at the end of a paragraph stay on one line; 0 where none need to."""
    start = text.rfind(" ", 0, max(len(text) - SHORTEST_LAST_LINE + 1, 0)) + 1
    words = len(text) - start
    return words if start and words <= LONGEST_WORD else 0


def font_file(face: str) -> Path:
    """The file of one of the `FACES`: a whole font, installed with the program."""
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{face}.ttf"


@cache
def _characters() -> frozenset[int]:
    """The code points that every face has a glyph for."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    faces = [TTFont(font_file(face), lazy=True) for face in FACES]
    try:
        return frozenset.intersection(*(frozenset(face.getBestCmap()) for face in faces))
    finally:
        for face in faces:
            face.close()


def unprintable_in(text: str) -> list[str]:
    """The characters of a text that the typeface lacks, each once, in order of code point."""
    odd = set(text) - _ALWAYS_THERE
    return sorted(char for char in odd if ord(char) not in _characters()) if odd else []


def without_ligatures(text: str) -> str:
    """The text with letters that some programs join into one sign, such as ﬁ, apart again."""
    return text if _LIGATURE.search(text) is None else text.translate(_LIGATURES)


def check_link(address: str) -> list[tuple[str, str]]:
    """What keeps a well-formed address from being a live link in a letter, and how to mend it.

    Args:
        address: an `https:` address, or an e-mail address.
    """
    faults = _lacking(address)
    if address.startswith("https://"):
        try:
            works = bool(_HOST.fullmatch(urlsplit(address).hostname or ""))
            works &= urlsplit(address).port != 0
        except ValueError:  # a port that is none
            works = False
    else:
        works = not re.search(
            r"[%?&#/]", address
        )  # these mean something else in mailto: (RFC 6068)
    if not works:
        faults.append(
            (
                tr("A link to “{address}” cannot work.", address=address),
                tr("Write the address right."),
            )
        )
    faults += [
        (
            tr("“{part}…” in it is too long for a line.", part=part[:20]),
            tr("Use a shorter address."),
        )
        for part in re.split("[/?&-]", address)
        if len(part) > LONGEST_WORD
    ]
    return faults


def _lacking(text: str) -> list[tuple[str, str]]:
    if not (lacking := unprintable_in(text)):
        return []
    named = ", ".join(f"“{char}” (U+{ord(char):04X})" for char in lacking[:5])
    return [
        (
            tr("The letters' typeface has no {named}.", named=named),
            tr("Type the text anew, with plain characters."),
        )
    ]


def check_text(text: str, *, longest: int = LONGEST_WORD) -> list[tuple[str, str]]:
    """What keeps a text from being printed in a letter: what is wrong, and how to mend it.

    Args:
        text: a cell or a setting that is printed as it stands.
        longest: characters of the longest word there is room for.
    """
    text = without_ligatures(NEVER_MEANT.sub("", text))  # those are told where they are read
    faults = _lacking(text)
    faults += [
        (
            tr("“{address}” would not be a link that works.", address=address),
            tr("Write addresses only under the keys made for them; here, say it in other words."),
        )
        for address in ADDRESS.findall(text)
    ]
    faults += [
        (
            tr(
                "“{word}…” has {count} characters without a blank; {longest} fit in a line.",
                word=word[:20],
                count=len(word),
                longest=longest,
            ),
            tr("Shorten it, or put a blank in it."),
        )
        for word in _WORD.findall(text)
        if len(word) > longest and not ADDRESS.search(word)
    ]
    return faults
