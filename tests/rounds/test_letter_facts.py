"""Each fact of a letter is told with the place that it comes from."""

from pathlib import Path

from brevgen.rounds.letter_facts import StatedFact, stated_facts, warnings_of
from brevgen.rounds.other_letters import other_letters
from tests.support.made_rounds import copied
from tests.support.samples import ROWS, make_round
from tests.support.sessions import session


def facts(workspace: Path, number: str, name: str = "trial") -> dict[str, StatedFact]:
    with session(workspace, name=name) as opened:
        (letter,) = (each for each in opened.letters() if each.number == number)
        return {each.called: each for each in stated_facts(opened, letter)}


def test_a_figure_comes_from_a_cell_and_a_day_from_a_key(workspace: Path) -> None:
    found = facts(workspace, "0219")
    assert (found["Refugees"].value, found["Refugees"].whence) == (
        "65",
        "allocation.csv, row 3, antall",
    )
    assert found["Their reference"].whence == "allocation.csv, row 3, deres_ref"
    assert (found["Deadline"].value, found["Deadline"].whence) == (
        "2018-01-06",
        "round.toml, deadline",
    )
    assert found["In the name of"].whence == "round.toml, offices.IMDi Øst"


def test_the_written_form_is_the_registers_or_for_neutral_ones_the_rounds(workspace: Path) -> None:
    assert facts(workspace, "0834")["Written form"].whence == "municipalities.csv, the row of 0834"
    neutral = facts(workspace, "0214")["Written form"]
    assert (neutral.value, neutral.whence) == ("bokmål", "round.toml, neutral_written_form")


def test_a_reference_is_the_caseworkers_or_the_ledgers(tmp_path: Path, sealed_trial: Path) -> None:
    place = copied(sealed_trial, tmp_path / "workspace")
    assert facts(place, "0214")["Our reference"].whence == "allocation.csv, row 2, vår_ref"
    given = facts(place, "0219")["Our reference"]
    assert given.whence == "the ledger, from the series of the round; round.toml, references"


def test_without_a_reference_none_is_told(workspace: Path) -> None:
    assert "Our reference" not in facts(workspace, "0219")


def test_a_warning_belongs_to_the_rows_that_it_names(workspace: Path) -> None:
    make_round(workspace, [ROWS[0], ROWS[1].replace(";65;", ";650;"), *ROWS[2:]])
    with session(workspace) as opened:
        warned = {each.number: warnings_of(opened, each) for each in opened.letters()}
    (warning,) = warned.pop("0219")
    assert "Bærum (row 3) 650, before" in warning.what
    assert not any(warned.values())


def test_the_letters_of_other_rounds_are_those_to_the_same_municipality_whatever_its_number(
    tmp_path: Path, sealed_trial: Path
) -> None:
    place = copied(sealed_trial, tmp_path / "workspace")
    with session(place, name="2024") as opened:
        found = {
            each.municipality.name: other_letters(opened, each.number)
            for each in opened.letters()
            if each.municipality.name in ("Ås", "Kongsvinger")
        }
    (letter,) = found["Ås"]
    assert (letter.round, letter.number, letter.reference) == ("trial", "0214", "17-09235")
    assert letter.facts["asked"] == 10
    assert found["Kongsvinger"] == []
