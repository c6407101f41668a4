"""What a text must not hold to be printed in a letter, and what it may."""

import unicodedata

import pytest

from brevgen.letter import printable
from brevgen.letter.printable import (
    check_link,
    check_text,
    pieces,
    unprintable_in,
    without_ligatures,
)


def test_what_is_taken_to_be_there_without_looking_is_there() -> None:
    assert {
        ord(char) for char in printable._ALWAYS_THERE - set("\t\n\r")
    } <= printable._characters()


@pytest.mark.parametrize("text", ["Ås «sitat» – 4\u00a0400 € … ½", "Kárášjohka Ŧ ŋ", "µΩ→", ""])
def test_plain_words_are_printable(text: str) -> None:
    assert unprintable_in(text) == []
    assert check_text(text) == []


@pytest.mark.parametrize("char", ["\u2011", "\uf0b7", "\U0001f600", "漢", "\u2009"])
def test_a_character_the_typeface_lacks_is_told_once_with_its_number(char: str) -> None:
    (what, remedy) = check_text(f"a{char}b {char}{char}")[0]
    assert what == f"The letters' typeface has no “{char}” (U+{ord(char):04X})."
    assert remedy


def test_ligatures_come_apart_and_are_no_fault() -> None:
    for number in range(0xFB00, 0xFB07):
        assert without_ligatures(chr(number)) == unicodedata.normalize("NFKC", chr(number))
    assert check_text("e\ufb00ekt og \ufb01nne") == []


@pytest.mark.parametrize(
    "address", ["post@as.example", "https://www.imdi.no/a?b=c", "http://imdi.example"]
)
def test_an_address_in_a_text_would_be_no_link(address: str) -> None:
    assert check_text(f"Skriv til {address}, takk.") == [
        (
            f"“{address}” would not be a link that works.",
            "Write addresses only under the keys made for them; here, say it in other words.",
        )
    ]


def test_a_word_too_long_for_a_line_is_a_fault() -> None:
    assert check_text("a" * 50) == []
    assert check_text("ord " * 50) == []
    (fault,) = check_text("\u00a0".join(["ord"] * 13))
    assert "has 51 characters without a blank; 50 fit in a line." in fault[0]
    (fault,) = check_text("2017/1234567890", longest=14)
    assert "has 15 characters without a blank; 14 fit" in fault[0]


@pytest.mark.parametrize(
    "address",
    [
        "post@imdi.example",
        "o'brien+x@blåbær.example",
        "https://www.imdi.no/planlegging-og-bosetting/?a=1#b",
        "https://www.imdi.no:8443/(a)",
        "https://blåbær.no/å",
    ],
)
def test_a_link_that_works_is_no_fault(address: str) -> None:
    assert check_link(address) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://imdi.no:99999/", "cannot work"),
        ("https://imdi.no:0/", "cannot work"),
        ("https://-.no/", "cannot work"),
        ("https://imdi/", "cannot work"),
        ("a?b@imdi.example", "cannot work"),
        ("a&b@imdi.example", "cannot work"),
        ("a%b@imdi.example", "cannot work"),
        ("a#b@imdi.example", "cannot work"),
        ("https://www.imdi.no/a\u2011b", "U+2011"),
        (f"https://www.imdi.no/{'a' * 60}", "too long for a line"),
        (f"{'a' * 60}@imdi.example", "too long for a line"),
    ],
)
def test_a_link_that_cannot_work_is_a_fault(address: str, told: str) -> None:
    (fault,) = check_link(address)
    assert told in fault[0]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("mot 4 400 i fjor", ["4 400 i"]),
        ("i alt 5 350.", ["5 350"]),
        ("5 350 flyktninger i 2018", ["5 350 flyktninger"]),
        ("4\N{NO-BREAK SPACE}400 flyktninger", ["4\N{NO-BREAK SPACE}400 flyktninger"]),
        ("senest 6. januar", ["6. januar"]),
        ("ring 40 00 19 60", []),
        ("i 2018, 400 av dem", ["400 av"]),
    ],
)
def test_a_number_stays_whole_whatever_blanks_it_is_typed_with(text: str, whole: list[str]) -> None:
    assert [piece for piece, is_whole in pieces(text, "") if is_whole] == whole
    assert "".join(piece for piece, _ in pieces(text, "")) == text
