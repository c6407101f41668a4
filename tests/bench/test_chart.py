from xml.etree import ElementTree

import pytest
from bench.chart import BARS, Bar, chart, figure

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = chart("Milliseconds <here>", [Bar("slow & plain", 80, False), Bar("ours", 8.04, True)])


def test_it_is_an_svg_whose_longest_bar_fills_its_column() -> None:
    bars = ElementTree.fromstring(DRAWN).findall(f"{SVG}rect")
    assert [float(bar.attrib["width"]) for bar in bars] == [BARS, pytest.approx(BARS / 10, abs=1)]
    assert [bar.attrib["class"] for bar in bars] == ["other", "ours"]


def test_all_it_says_is_escaped_and_in_its_title_too() -> None:
    title = ElementTree.fromstring(DRAWN).findtext(f"{SVG}title")
    assert title == "Milliseconds <here>: slow & plain 80 ms, ours 8.0 ms"


def test_it_has_colours_for_dark_ground() -> None:
    assert "prefers-color-scheme:dark" in DRAWN


@pytest.mark.parametrize(("value", "shown"), [(381.2, "381 ms"), (10, "10 ms"), (5.64, "5.6 ms")])
def test_figures_have_two_digits_or_more(value: float, shown: str) -> None:
    assert figure(value) == shown
