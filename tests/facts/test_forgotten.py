"""A round copied from last year's: what was left as it was is told before letters are made."""

from datetime import date
from pathlib import Path

import pytest

from brevgen.facts.forgotten import forgotten, other_rounds
from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from brevgen.settings.round import Round, SeriesKeys
from tests.support.samples import KINDS, make_round, make_workspace

IN_TIME = date(2023, 11, 15)


def told(
    name: str,
    round_: Round,
    today: date,
    others: dict[str, Round] | None = None,
    **more: bool,
) -> list[tuple[str, str]]:
    found = forgotten(name, round_, today, others or {}, **more)
    assert {each.severity for each in found} <= {"warning"}
    assert {each.place.file for each in found} <= {"round.toml"}
    return [(each.place.column, each.what) for each in found]


def changed(round_: Round, **keys: object) -> Round:
    return round_.model_copy(update=keys)


def test_the_round_that_it_should_be_is_told_nothing(rounds: dict[str, Round]) -> None:
    assert told("2024", rounds["2024"], IN_TIME, {"2018": rounds["2018"]}) == []


def test_all_that_was_forgotten_is_told_at_once(rounds: dict[str, Round]) -> None:
    copied = changed(rounds["2024"], settlement_year=2027)

    found = told("2027", copied, date(2026, 11, 25), {"2024": rounds["2024"]})

    assert found == [
        (
            "settlement_year",
            "The settlement year is 2027, and the letters are of 2023-11-20.",
        ),
        ("deadline", "The deadline 2024-02-25 has passed; today is 2026-11-25."),
        ("letter_date", "The letters are dated 2023-11-20; that is 1101 days ago."),
        ("background", "All texts are word for word those of the round 2024."),
    ]


def test_of_texts_only_those_that_are_the_same_are_named(rounds: dict[str, Round]) -> None:
    before = rounds["2024"].background
    words = before.nb.model_copy(update={"need": "Noe annet."})
    other = changed(rounds["2024"], background=before.model_copy(update={"nb": words}))
    later = changed(rounds["2024"], settlement_year=2027)
    said = dict(told("2027", later, date(2026, 11, 25), {"2024": other}))["background"]
    assert said.endswith("nb.share, nb.criteria, nn.need, nn.share, nn.criteria.")


@pytest.mark.parametrize(
    ("name", "warned"),
    [
        ("2024", False),
        ("2024-supplement", False),
        ("2024 høst", False),
        ("2018", True),
        ("2018-supplement", True),
        ("20240", False),
        ("trial", False),
    ],
)
def test_a_folder_that_is_called_by_another_year_is_told(
    rounds: dict[str, Round], name: str, warned: bool
) -> None:
    expected = (
        "settlement_year",
        f"The settlement year is 2024, and the round is called {name}.",
    )

    assert told(name, rounds["2024"], IN_TIME) == [expected] * warned


def test_references_of_another_year_than_the_letters_are_told(rounds: dict[str, Round]) -> None:
    keys = SeriesKeys(first="22-20001", last="22-20500")

    (found,) = told("2024", changed(rounds["2024"], references=keys), IN_TIME)

    assert found == (
        "references",
        "The references 22-20001 to 22-20500 are of 2022, the letters of 2023.",
    )


@pytest.mark.parametrize(("first", "last"), [("4513", "4600"), ("S-4513", "S-4600")])
def test_references_that_tell_no_year_are_never_of_another(
    rounds: dict[str, Round], first: str, last: str
) -> None:
    keys = SeriesKeys(first=first, last=last, pattern=first.replace("4513", "####"))

    assert told("2024", changed(rounds["2024"], references=keys), IN_TIME) == []


@pytest.mark.parametrize(
    ("today", "sending", "warned"),
    [
        (date(2023, 10, 8), False, True),
        (date(2023, 10, 9), False, False),  # six weeks before
        (date(2023, 11, 20), False, False),
        (date(2024, 1, 1), False, False),
        (date(2024, 1, 2), False, True),
        (date(2023, 11, 18), False, False),
        (date(2023, 11, 18), True, True),  # nobody gets a letter of a day to come
        (date(2023, 11, 20), True, False),
        (date(2023, 11, 27), True, False),
        (date(2023, 11, 28), True, True),
    ],
)
def test_the_letters_date_must_be_near_and_nearer_still_when_they_leave(
    rounds: dict[str, Round], today: date, sending: bool, warned: bool
) -> None:
    found = told("2024", rounds["2024"], today, sending=sending)

    assert [column for column, _ in found] == ["letter_date"] * warned


@pytest.mark.parametrize(("today", "warned"), [(25, False), (26, True)])
def test_a_deadline_has_passed_from_the_day_after(
    rounds: dict[str, Round], today: int, warned: bool
) -> None:
    columns = [column for column, _ in told("2024", rounds["2024"], date(2024, 2, today))]

    assert ("deadline" in columns) is warned


def test_a_supplement_may_say_what_the_round_of_its_year_says(rounds: dict[str, Round]) -> None:
    assert told("2024-supplement", rounds["2024"], IN_TIME, {"2024": rounds["2024"]}) == []


def test_the_other_rounds_are_those_beside_it_that_have_no_faults(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    folder = make_round(place)
    broken = place / "data" / "rounds" / "broken"
    broken.mkdir()
    (broken / "round.toml").write_text("kind =", encoding="utf-8")

    assert sorted(other_rounds(folder, KINDS)) == ["2018", "2024"]


def test_with_todays_date_it_is_told_with_all_the_rest(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    folder = make_round(place, name="2019")
    findings, in_silence = Findings(), Findings()

    read_round_facts(folder, place / "data", findings, today=date(2018, 3, 1), kinds=KINDS)
    read_round_facts(folder, place / "data", in_silence, kinds=KINDS)

    more = {str(each.place) for each in findings.items} - {
        str(each.place) for each in in_silence.items
    }
    assert more == {"round.toml, settlement_year", "round.toml, letter_date"}
    assert "The deadline 2018-01-06 has passed" in str(findings.warnings)
    assert findings.faults == []
