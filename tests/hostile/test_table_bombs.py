"""Text files and settings without end, or with more in them than anybody could mend."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from brevgen.facts.allocation import read_allocation
from brevgen.facts.municipalities import read_register
from brevgen.findings import Findings
from tests.support.bounded import within_bounds
from tests.support.samples import REQUEST, ROOT

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
COLUMNS = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref\n"
REGISTER = (ROOT / "data" / "municipalities.csv").read_text(encoding="utf-8")


def read(reader: Callable[..., Any], path: Path) -> tuple[bool, list[str]]:
    """Whether there is anything, and every fault."""
    findings = Findings()
    found = reader(path, findings=findings, shown_as=path.name)
    return found is not None, [str(fault) for fault in findings.faults]


_read_allocation = partial(read_allocation, kind=REQUEST)


def faults(path: Path, text: str, reader: Callable[..., Any] = _read_allocation) -> list[str]:
    path.write_text(text, encoding="utf-8")
    found, told = within_bounds(partial(read, reader, path))
    assert found or told
    return told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "allocation.csv"


def test_a_million_empty_lines_around_a_real_one(path: Path) -> None:
    empty = "\n;;;;;;\n" * 500_000
    assert faults(path, f"{COLUMNS}0214;Ås;10;;;;\n{empty}0219;Bærum;65;;;;\n;Sum;75;;;;\n") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(f"{COLUMNS}0214;{'x' * 10_000_000};10\n", "more than 10000 characters",
                     id="a cell of 10 MB"),
        pytest.param(f"{COLUMNS.strip()}{';' * 100_000}\n0214;Ås;10\n", "16384 columns",
                     id="100 000 columns"),
        pytest.param("," * 15_000_000, "more than 10000 characters", id="separators"),
        pytest.param("x" * 21 * MEGABYTE, "larger than 20 MB", id="a file of 21 MB"),
        pytest.param(COLUMNS + "x\n" * 20_001, "more than 20000 rows", id="rows"),
        pytest.param(COLUMNS + (";" * 7 + "1;" * 1_000 + "\n") * 201, "200000 cells", id="cells"),
    ],
)  # fmt: skip
def test_a_text_file_without_end(path: Path, text: str, told: str) -> None:
    (fault,) = faults(path, text)
    assert told in fault


def test_more_faults_than_anybody_reads(path: Path) -> None:
    told = faults(path, COLUMNS + "".join(f"x{n};y{n};-1;-1;-1;;\n" for n in range(2_000)))
    assert len(told) == 5_001
    assert "more than 5000 faults and warnings" in told[-1]


@pytest.mark.parametrize("sums", [500, 501])
def test_sums_of_sums_of_sums(path: Path, sums: int) -> None:
    rows = "".join(f"{1000 + n};x{n};10;;;;\nSum;;10;;;;\n" for n in range(sums))
    told = faults(path, COLUMNS + rows)
    assert [f"{sums} rows are taken as sums" in fault for fault in told] == [True] * (sums > 500)


def test_every_number_there_can_be_in_a_register_of_days(path: Path) -> None:
    periods = "".join(
        f"{n % 9000 + 1000},X,bokmål,,IMDi Øst,Y,,,2{n // 9000:03}-01-01,2{n // 9000:03}-02-01,"
        f"{n % 9000 + 1001},\n"
        for n in range(12_000)
    )
    (fault, *_) = faults(path, REGISTER + periods, read_register)
    assert "bear the same number at the same time" in fault


def test_names_of_many_names_and_successors_without_end(path: Path) -> None:
    row = f"5001,{'A – ' * 2000}B,bokmål,,{'R' * 999},{'F' * 999},,,,2019-12-31,{'1 ' * 900},\n"
    told = faults(path, REGISTER + row * 300, read_register)
    assert any("etterfølger: 900 successors are more" in fault for fault in told)
    assert any("kommunenavn: “A" in fault and "longer than 100" in fault for fault in told)


SETTINGS = Path("data", "rounds", "trial", "round.toml")


def test_settings_without_end(place, refused):
    settings = place / SETTINGS
    settings.write_text(settings.read_text() + "#" * 70_000)
    refused("round.toml", "larger than 64 kB")


def test_as_many_long_keys_as_settings_can_hold(place, refused):
    settings = place / SETTINGS
    settings.write_text("".join(f"k{n}{'.a' * 999} = 1\n" for n in range(32)))
    refused("round.toml, k31", "not known")
