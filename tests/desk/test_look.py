"""What all pages share: the typeface, the notice of what others made, and addresses of rounds."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.desk.app import STATIC
from brevgen.desk.show import round_at
from tests.support.samples import make_round

ODD = "2018 æøå #1? 100%&+;'"


def test_a_round_is_found_by_its_links_whatever_its_name(browser: TestClient, place: Path) -> None:
    made = make_round(place)
    made.rename(made.with_name(ODD))
    text = browser.get("/rounds").text
    addresses = set(re.findall(r'(?:href|action)="(/rounds/[^"]*)"', text))
    assert addresses >= {round_at(ODD), f"{round_at(ODD)}/generate"}
    overview = browser.get(round_at(ODD)).text
    own = set(re.findall(r'href="(/rounds/[^"#?]+)', overview))
    own.discard("/rounds")
    assert {each.removeprefix(round_at(ODD)) for each in own} > {"", "/letters", "/answers"}
    for address in own:
        assert browser.get(address).status_code == 200, address
    letters = browser.get(f"{round_at(ODD)}/letters").text
    letter = re.search(r'href="(/rounds/[^"]*/letters/0214)"', letters)
    assert letter
    assert browser.get(letter[1]).status_code == 200
    none = browser.post(
        f"{round_at(ODD)}/letters", headers={"Origin": str(browser.base_url)}, data={"only": []}
    )
    assert none.headers["location"] == f"{round_at(ODD)}/letters?none=1"


@pytest.mark.parametrize("weight", [400, 600, 700])
def test_the_typeface_is_the_installed_one(stranger: TestClient, weight: int) -> None:
    style = stranger.get("/static/desk.css").text
    face = re.search(rf'font-weight: {weight};[^}}]*url\("([^"]+)"\)', style)
    assert face
    font = stranger.get(face[1])
    assert font.status_code == 200
    assert "max-age" in font.headers["cache-control"]
    assert not [*STATIC.rglob("*.ttf"), *STATIC.rglob("*.otf")]


def test_what_others_made_is_named_with_its_licence(stranger: TestClient) -> None:
    notice = stranger.get("/static/THIRD-PARTY.txt")
    assert notice.status_code == 200
    for file in STATIC.iterdir():
        if file.name.startswith(("desk.", "editor.", "passkey.", "favicon.", "THIRD")):
            continue
        assert file.name in notice.text
    assert "SIL Open Font License" in stranger.get("/static/fonts/LICENSE.txt").text


def test_no_rule_of_the_stylesheet_is_left_over() -> None:
    """Every class that has a rule stands on some page, or is set by a script or by a template."""
    style = (STATIC / "desk.css").read_text(encoding="utf-8")
    pages = "".join(
        file.read_text(encoding="utf-8")
        for file in [*STATIC.parent.rglob("pages/*.html"), *STATIC.glob("*.js")]
        if file.name != "htmx.min.js"
    )
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}|url\([^)]*\)", " ", style, flags=re.DOTALL)
    ruled = set(re.findall(r"\.([a-z][\w-]*)", rules))
    of_words = {"fact", "title", "heading"}  # the styles of blocks, which are the letters' own
    of_figures = {"asked", "decided", "settled"}
    used = set(re.findall(r"[\w-]+", pages))
    assert ruled - of_words - of_figures - used == set()
    assert "<style" not in pages
    assert not re.search(r"\sstyle=", pages)
