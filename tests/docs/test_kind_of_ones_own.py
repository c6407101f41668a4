"""The kind that the documentation makes is made as it says, and says what it should."""

import re
from pathlib import Path

import pytest

from brevgen.rounds.check import check
from tests.docs.test_pages import DOCS
from tests.support.kinds import write_round
from tests.support.made_rounds import copied
from tests.support.sessions import session

PAGE = DOCS / "developer" / "kinds.md"
BLOCK = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace with all that the page has made, and a round of it."""
    place = copied(sealed_trial, tmp_path / "workspace")
    blocks = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    allocation = blocks.pop("allocation.csv")
    for name, text in blocks.items():
        for path in (place / name, place / name.replace("/letters/", "/messages/")):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".html" or "letters" in path.parts:
                path.write_text(text, encoding="utf-8")
    texts = {"why": "Det blir lettere å finne bolig."}
    write_round(place, "plan", allocation, kind="plan", follows="trial", texts=texts)
    settings = place / "data" / "rounds" / "plan" / "round.toml"
    text = re.sub(r"^deadline = .*\n", "", settings.read_text("utf-8"), flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    return place


def test_it_is_a_kind_without_any_fault_and_says_what_the_columns_say(place: Path) -> None:
    with session(place, name="plan") as opened:
        faults = [str(each) for each in check(opened).findings if each.severity == "fault"]
        assert faults == []
        said = {
            each.number: [block.text for block in each.content.part("body")]
            for each in opened.letters()
        }
    assert said["0219"] == [
        "Plan for bosettingen i 2018",
        "I brevet 17-09100 av 6. november 2017 ba vi Bærum kommune om å bosette 65 flyktninger.",
        "Vi planlegger nå med 60: 10 i første kvartal, 20 i andre, 20 i tredje og 10 i fjerde.",
        "Det blir lettere å finne bolig. Vi snakker gjerne om tredje kvartal.",
    ]
    assert list(said) == ["0214", "0219"]


def test_quarters_that_do_not_add_up_are_a_fault_that_names_the_figures(place: Path) -> None:
    allocation = place / "data" / "rounds" / "plan" / "allocation.csv"
    text = allocation.read_text(encoding="utf-8")
    allocation.write_text(text.replace("Bærum;60;10", "Bærum;60;11"), encoding="utf-8")

    with session(place, name="plan") as opened:
        (fault,) = [str(each) for each in check(opened).findings if each.severity == "fault"]
    assert fault == (
        "allocation.csv, row 3, antall: 60 refugees: the parts add up to 61 (11 + 20 + 20 + 10)."
        " Put the sum or one of its parts right."
    )
