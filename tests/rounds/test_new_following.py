"""A round that follows another is begun with those it is for, and asks for what must be new."""

import tomllib
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import WrongUse
from brevgen.rounds.check import check
from brevgen.rounds.new_round import NewFollowingRound, new_following_round
from brevgen.workspace import find_workspace
from tests.support.kinds import FREE, write_kind
from tests.support.made_rounds import copied
from tests.support.sessions import Clock, session

ANNE = Actor("anne")
OTHERS = """
name = { nb = "ikke anmodet", nn = "ikkje oppmoda" }
answer = false
follows = ["request"]
audience = "others"

[figures]
total = { nb = "flyktninger i landet", en = "refugees in the country" }

[texts]
need = "hvorfor behovet er som det er"
later = "hva som kan skje senere"
"""
REVISED = """
name = { nb = "ny anmodning", nn = "ny oppmoding" }
answer = true
follows = ["request"]
audience = "changed"

[columns.asked]
header = "antall"
called = "flyktninger"
differs_from = "earlier.asked"

[columns.note]
header = "merknad"
called = "merknaden"
type = "text"
required = false
"""
TEMPLATE = """{% extends "layout.html" %}
{% block subject %}Til {{ municipality.name }}{% endblock %}
{% block body %}
<p>Hei.</p>
{% endblock %}
"""


@pytest.fixture
def place(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace where the six letters of the round `trial` are approved."""
    workspace = copied(sealed_trial, tmp_path / "workspace")
    for name, kind in (("others", OTHERS), ("lowered", REVISED), ("more", FREE)):
        write_kind(workspace, name, kind, TEMPLATE)
    return workspace


def begun(place: Path, name: str, kind: str) -> tuple[NewFollowingRound, dict, list[str]]:  # type: ignore[type-arg]
    """A new round, its settings, and the lines of its allocation."""
    made = new_following_round(find_workspace(place), Clock(), ANNE, name, kind, "trial")
    settings = tomllib.loads((made.folder / "round.toml").read_text(encoding="utf-8"))
    allocation = (made.folder / "allocation.csv").read_text(encoding="utf-8-sig")
    return made, settings, allocation.splitlines()


def faults(place: Path, name: str) -> list[str]:
    with session(place, name=name) as opened:
        return [str(each) for each in check(opened).findings if each.severity == "fault"]


def test_the_others_are_all_that_are_not_in_the_round_that_is_followed(place: Path) -> None:
    made, settings, rows = begun(place, "trial-others", "others")

    assert len(made.municipalities) == 422 - 6
    assert not {"0214", "0219"} & set(made.municipalities)
    assert rows[0] == "kommunenummer;kommunenavn"
    assert rows[1] == "0101;Halden"
    assert (settings["kind"], settings["follows"]) == ("others", "trial")
    assert "deadline" not in settings
    assert list(settings["national"]) == ["total"]
    assert settings["background"]["nb"]["later"] == ""
    assert settings["background"]["nn"]["need"].startswith("Behovet er mindre")
    assert list(settings["background"]["nb"]) == ["need", "later"]


def test_check_asks_for_what_must_be_new_and_for_no_more(place: Path) -> None:
    begun(place, "trial-others", "others")

    assert [each.partition(":")[0] for each in faults(place, "trial-others")] == [
        "round.toml, letter_date",
        "round.toml, references.first",
        "round.toml, references.last",
        "round.toml, background.nb.later",
        "round.toml, background.nn.later",
    ]


def test_a_remark_above_what_the_kind_does_not_have_goes_along(place: Path) -> None:
    settings = place / "data/rounds/trial/round.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("[national]", "# Of the whole country.\n[national]")
    settings.write_text(
        text.replace("[references]", "# From the archive.\n[references]"), encoding="utf-8"
    )

    made, _, _ = begun(place, "trial-more", "more")

    told = (made.folder / "round.toml").read_text(encoding="utf-8")
    assert "Of the whole country" not in told
    assert "# [trial] From the archive.\n[references]" in told


def test_once_filled_in_it_is_a_round_without_faults(place: Path) -> None:
    made, _, rows = begun(place, "trial-others", "others")
    settings = made.folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    for key, value in (
        ("letter_date", "2017-11-06"),
        ("first", '"17-08000"'),
        ("last", '"17-08999"'),
        ("later", '"Det kan komme en anmodning senere."'),
    ):
        lines = text.splitlines()
        lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in lines]
        text = "\n".join(lines)
    settings.write_text(text, encoding="utf-8")
    (made.folder / "allocation.csv").write_text("\n".join(rows), encoding="utf-8")

    assert faults(place, "trial-others") == []


def test_what_was_said_stands_beside_empty_columns(place: Path) -> None:
    _, settings, rows = begun(place, "trial-more", "more")

    assert rows[:2] == [
        "kommunenummer;kommunenavn;flere;i_alt;begrunnelse;fra;haster;"
        "antall i trial;enslige_mindreårige i trial;herav_under_15 i trial",
        "0214;Ås;;;;;;10;0;0",
    ]
    assert len(rows) == 7
    assert settings["deadline"] == ""
    assert "national" not in settings


def test_those_whose_figure_has_changed_have_the_new_one_and_the_old_one_beside(
    place: Path,
) -> None:
    allocation = place / "data" / "rounds" / "trial" / "allocation.csv"
    text = allocation.read_text(encoding="utf-8")
    allocation.write_text(text.replace("0219;Bærum;65", "0219;Bærum;50"), encoding="utf-8")

    made, _, rows = begun(place, "trial-lowered", "lowered")

    assert made.municipalities == ("0219",)
    assert rows[1] == "0219;Bærum;50;;65;4;2"


@pytest.mark.parametrize(
    ("kind", "follows", "told"),
    [
        ("request", "trial", "no kind “request” that follows another round. There are: ext"),
        ("nothing", "trial", "There is no kind “nothing” that follows another round."),
        ("more", "1918", "There is no round “1918”"),
        ("more", "2024", "No letter of the round 2024 has been approved or sent yet."),
        ("lowered", "trial", "The allocation of the round trial says what its letters said."),
    ],
)
def test_what_cannot_be_begun_is_refused_and_nothing_is_written(
    place: Path, kind: str, follows: str, told: str
) -> None:
    with pytest.raises(WrongUse, match=told):
        new_following_round(find_workspace(place), Clock(), ANNE, "new", kind, follows)

    assert not (place / "data" / "rounds" / "new").exists()


def test_a_round_is_begun_for_some_of_those_it_is_for(place: Path) -> None:
    workspace = find_workspace(place)
    made = new_following_round(workspace, Clock(), ANNE, "few", "others", "trial", ["0301", "Bodø"])
    assert made.municipalities == ("0301", "1804")
    for who, told in (
        ("Ås", "is not for: 0214 Ås"),
        ("Nowhere", "no municipality"),
        ("Herøy", "several"),
    ):
        with pytest.raises(WrongUse, match=told):
            new_following_round(workspace, Clock(), ANNE, "none", "others", "trial", ["0301", who])
    assert not (place / "data/rounds/none").exists()
