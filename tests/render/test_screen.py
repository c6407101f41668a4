"""The preview for the browser: the letter's own sheet, margins and font, and nothing fetched."""

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from lxml import etree

from brevgen.render.pdf import read_stylesheet
from brevgen.render.screen import as_screen_page
from tests.support.reading import tidy
from tests.support.samples import REFERENCE, STYLESHEET, content


def page(stylesheet: str = "", *, name: str = "Ås") -> str:
    return as_screen_page(
        content(name=name), reference=REFERENCE, dated="2017-11-06", stylesheet=stylesheet
    )


@pytest.mark.parametrize(
    ("stylesheet", "margins"),
    [
        (
            "@page { margin: 1cm 29mm; } @page :first { margin-top: 15mm; }",
            ["border-width: 1cm 29mm", "border-top-width: 15mm"],
        ),
        # the first sheet counts, wherever its rule stands; a box in the margin is no margin
        (
            "@page :first { margin-top: 1mm } @page { margin: 2mm; @top-left { margin: 9mm } }",
            ["border-width: 2mm", "border-top-width: 1mm"],
        ),
        ("@page wide { margin: 3mm } p { margin: 4mm }", []),
    ],
)
def test_the_sheet_has_the_margins_of_the_first_page(stylesheet: str, margins: list[str]) -> None:
    assert re.findall(r"border[a-z-]*-width: [\w ]+", page(stylesheet)) == margins


def test_the_letters_own_stylesheet_has_margins_on_all_sides() -> None:
    assert "border-width: 15mm" in page(read_stylesheet(STYLESHEET))


def test_the_font_comes_along_with_every_sign_of_the_letter() -> None:
    name = "Kárášjohka – Đŋŧ"
    fonts = re.findall(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", page(name=name))
    assert len(fonts) == 2
    for font in fonts:
        known = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap().keys()
        assert known >= {ord(sign) for sign in name}
        assert len(known) < 120, "and no more than that"


def test_nothing_is_fetched_and_the_same_letter_is_the_same_page() -> None:
    written = page(read_stylesheet(STYLESHEET))
    assert set(re.findall(r"url\(\W*(\w+:)", written)) == {"data:"}
    assert "<link" not in written
    assert written == page(read_stylesheet(STYLESHEET))


def test_a_telephone_shows_the_whole_sheet() -> None:
    read = etree.fromstring(page(), etree.HTMLParser(recover=False))
    viewport = {each.get("name"): each.get("content") for each in read.iter("meta")}["viewport"]
    assert viewport == "width=860"
    assert tidy("".join(read.find(".//h1").itertext())).startswith("Anmodning om bosetting")
