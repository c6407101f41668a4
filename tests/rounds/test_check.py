"""A check holds the numbers against those of the last year that is known."""

import shutil
from pathlib import Path

import pytest

from brevgen.findings import Finding
from brevgen.rounds.check import Checked, check
from tests.support.samples import ROWS, make_round
from tests.support.sessions import approved, generated, session

SLIP = ROWS[1].replace(";65;", ";6500;")


def checked(workspace: Path, name: str = "trial") -> Checked:
    with session(workspace, name=name) as opened:
        return check(opened)


def far(found: Checked) -> list[Finding]:
    return [each for each in found.findings if "The limit is set in" in each.remedy]


def set_largest(folder: Path, value: str) -> None:
    file = folder / "round.toml"
    file.write_text(
        file.read_text(encoding="utf-8") + f"\n[checks]\nlargest_change = {value}\n",
        encoding="utf-8",
    )


def test_a_slip_of_a_digit_is_told_with_the_number_of_the_year_before(workspace: Path) -> None:
    assert far(checked(workspace)) == []
    make_round(workspace, [ROWS[0], SLIP])
    (warning,) = far(checked(workspace))
    assert "2017: Bærum (row 3) 6500, before 180." in warning.what


def test_it_is_told_also_where_there_are_faults_which_it_may_explain(workspace: Path) -> None:
    folder = make_round(workspace)
    file = folder / "allocation.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(ROWS[1], SLIP), encoding="utf-8")
    found = checked(workspace)
    assert found.has_faults  # the sum does not fit
    assert "Bærum (row 3)" in far(found)[0].what


def test_a_round_can_want_no_such_warning(workspace: Path) -> None:
    set_largest(make_round(workspace, [ROWS[0], SLIP]), "0")
    found = checked(workspace)
    assert far(found) == []
    assert (found.year_before, found.figures[-1].before) == (2017, 210)


@pytest.mark.parametrize("value", ["1", "0.5", "-1", "true", '"3"', "nan", "inf"])
def test_what_is_no_factor_is_a_fault(workspace: Path, value: str) -> None:
    set_largest(make_round(workspace), value)
    faults = [each for each in checked(workspace).findings if each.severity == "fault"]
    assert [each.place.column for each in faults] == ["checks.largest_change"]


def test_the_figures_of_the_year_before_are_those_of_the_same_municipalities(
    workspace: Path,
) -> None:
    make_round(workspace, ROWS[:2])
    found = checked(workspace)
    assert [(each.area, each.before, each.change) for each in found.figures] == [
        ("IMDi Øst", 210, -135),
        ("All", 210, -135),
    ]


def test_a_round_of_this_program_comes_before_the_file(workspace: Path) -> None:
    make_round(workspace, ROWS[1:3])
    make_round(workspace, ROWS[1:3], name="2017", settlement_year="2017")
    generated(workspace, name="2017")
    approved(workspace, name="2017")
    found = checked(workspace)
    assert (found.year_before, found.figures[-1].before) == (2017, 75)


def test_the_last_year_that_is_known_need_not_be_the_one_before(workspace: Path) -> None:
    rows = ["3218;Ås;25;;;;;", "3201;Bærum;40;;;;;"]
    make_round(workspace, rows, settlement_year="2027", letter_date="2026-11-06")
    (warning,) = far(checked(workspace))
    assert "2024: Ås (row 2) 25, before 150, Bærum (row 3) 40, before 400." in warning.what


def test_nothing_is_compared_where_nothing_is_known(workspace: Path) -> None:
    (workspace / "data/history.csv").unlink()
    found = checked(workspace)
    assert found.year_before is None
    assert {(each.before, each.change) for each in found.figures} == {(None, None)}


@pytest.mark.parametrize(("name", "few"), [("2018", ["Klepp"]), ("2024", ["Lurøy"])])
def test_in_the_real_rounds_hardly_anything_is_told(
    workspace: Path, name: str, few: list[str]
) -> None:
    shutil.rmtree(workspace / "data/rounds/trial")
    (warning,) = far(checked(workspace, name))
    assert warning.what.startswith(f"{len(few)} number is far")
    assert all(each in warning.what for each in few)


def test_a_page_to_check_the_seal_on_that_no_letter_can_tell_is_told(workspace: Path) -> None:
    settings, words = workspace / "brevgen.toml", workspace / "templates/letters/words.toml"
    page = 'seal_check = "https://www.imdi.example/segl/"'
    settings.write_text(
        settings.read_text("utf-8").replace("[agency]", f"[agency]\n{page}", 1), "utf-8"
    )
    assert not [each for each in checked(workspace).findings if "seal" in each.what]
    words.write_text(words.read_text("utf-8").partition("[sealed]")[0], "utf-8")
    (warning,) = [each for each in checked(workspace).findings if "seal" in each.what]
    assert (warning.severity, warning.place.file) == ("warning", "letters/words.toml")
