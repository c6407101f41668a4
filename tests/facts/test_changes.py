"""Numbers far from an earlier year's are told once, all of them, and ordinary changes never."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from brevgen.facts.allocation import Allocation, read_allocation
from brevgen.facts.changes import check_changes
from brevgen.findings import Finding, Findings
from brevgen.language import speaking
from tests.support.samples import HEADER, REQUEST


def allocation(folder: Path, *lines: str) -> Allocation:
    path = folder / "allocation.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    found = read_allocation(path, REQUEST, Findings(), shown_as=path.name)
    assert found is not None
    return found


def warned(
    folder: Path, before: Mapping[str, int], *lines: str, largest: float = 3
) -> list[Finding]:
    findings = Findings()
    check_changes(allocation(folder, *lines), "asked", before, 2017, largest, findings)
    return findings.items


def test_all_are_told_in_one_warning_with_both_numbers_and_their_rows(tmp_path: Path) -> None:
    before = {"0214": 16, "0219": 79, "0301": 800}
    (warning,) = warned(tmp_path, before, "0219;Bærum;650", "0214;Ås;16", "0301;Oslo;80")
    assert warning.severity == "warning"
    assert str(warning.place) == "allocation.csv, antall"
    assert warning.what == (
        "2 numbers are far from those of 2017: Bærum (row 2) 650, before 79,"
        " Oslo (row 4) 80, before 800."
    )
    assert "The limit is set in the settings (round.toml)." in warning.remedy
    assert "more than 3 times" in warning.remedy


def test_it_is_told_in_bokmaal_too(tmp_path: Path) -> None:
    with speaking("nb"):
        (warning,) = warned(tmp_path, {"0219": 79}, "0219;Bærum;650")
    assert warning.what == "1 tall ligger langt unna tallet for 2017: Bærum (rad 2) 650, før 79."


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (30, 10),  # three times, and not more
        (10, 30),
        (20, 2),  # small
        (1, 20),
        (200, 0),  # not asked then
    ],
)
def test_an_ordinary_change_is_not_told(tmp_path: Path, now: int, before: int) -> None:
    assert warned(tmp_path, {"0219": before}, f"0219;Bærum;{now}") == []


@pytest.mark.parametrize(("now", "before"), [(31, 10), (10, 31), (21, 2)])
def test_a_greater_one_is(tmp_path: Path, now: int, before: int) -> None:
    assert len(warned(tmp_path, {"0219": before}, f"0219;Bærum;{now}")) == 1


def test_nothing_is_told_of_who_was_not_asked_before(tmp_path: Path) -> None:
    assert warned(tmp_path, {"0214": 10}, "0219;Bærum;650") == []


def test_how_large_a_change_may_be_is_for_the_round_to_say(tmp_path: Path) -> None:
    row, before = "0219;Bærum;650", {"0219": 79}
    assert warned(tmp_path, before, row, largest=10) == []
    assert warned(tmp_path, before, row, largest=0) == []
    assert "more than 1.5 times" in warned(tmp_path, before, row, largest=1.5)[0].remedy


@pytest.mark.parametrize("usual", [0.2, 1, 5])
@pytest.mark.parametrize("slip", [0.1, 10])
def test_a_slip_of_a_digit_is_found_whatever_the_year_is_like(
    tmp_path: Path, usual: float, slip: float
) -> None:
    before = {f"{number:04}": round(number * 10 / usual) for number in range(101, 121)}
    lines = [f"{number:04};Kommune {number};{number * 10}" for number in range(101, 121)]
    assert warned(tmp_path, before, *lines) == []
    lines[7] = f"0108;Kommune 108;{round(1080 * slip)}"
    (warning,) = warned(tmp_path, before, *lines)
    assert warning.what.startswith("1 number is far from that of 2017: Kommune 108 (row 9)")
