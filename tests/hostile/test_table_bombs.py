"""Text files and settings without end, or with more in them than anybody could mend."""

import pytest

MEGABYTE = 1024 * 1024
ALLOCATION = "data/rounds/trial/allocation.csv"
COLUMNS = "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref\n"


def test_a_million_empty_lines_around_a_real_one(place, refused):
    empty = "\n;;;;;;\n" * 500_000
    text = f"{COLUMNS}0214;Ås;10;;;;\n{empty}0219;Bærum;65;;;;\n"
    (place / ALLOCATION).write_text(text)
    refused("allocation.csv", "75 refugees, the round 118")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(f"{COLUMNS}0214;{'x' * 10_000_000};10\n", "more than 10000 characters",
                     id="a cell of 10 MB"),
        pytest.param(f"{COLUMNS.strip()}{';' * 100_000}\n0214;Ås;10\n", "16384 columns",
                     id="100 000 columns"),
        pytest.param("," * 15_000_000, "more than 10000 characters", id="separators"),
        pytest.param("x" * 21 * MEGABYTE, "larger than 20 MB", id="a file of 21 MB"),
        pytest.param(COLUMNS + "x\n" * 100_001, "more than 100000 rows", id="rows"),
    ],
)  # fmt: skip
def test_a_text_file_without_end(place, refused, text, told):
    (place / ALLOCATION).write_text(text)
    refused("allocation.csv", told)


def test_more_faults_than_anybody_reads(place, refused):
    rows = "".join(f"x{n};{n};-1;-1;-1;;\n" for n in range(2_000))
    (place / ALLOCATION).write_text(COLUMNS + rows)
    ended = refused("row 2, kommunenummer", "“x0” is not a municipality number")
    assert "Faults: 5001" in ended.err
    assert any("more than 5000 faults and warnings" in what for _, what, _ in ended.faults())


def test_sums_of_sums_of_sums(place, refused):
    rows = "".join(f"{1000 + n};x{n};10;;;;\nSum;;10;;;;\n" for n in range(501))
    (place / ALLOCATION).write_text(COLUMNS + rows)
    refused("allocation.csv", "501 rows are taken as sums")


def test_as_many_sums_as_may_be(place, refused):
    rows = "".join(f"{1000 + n};x{n};10;;;;\nSum;;10;;;;\n" for n in range(500))
    (place / ALLOCATION).write_text(COLUMNS + rows)
    refused("row 1000, kommunenummer", "no municipality 1499")


def test_every_number_there_can_be_in_a_register_of_days(place, refused):
    register = place / "data" / "municipalities.csv"
    periods = "".join(
        f"{n % 9000 + 1000},X,bokmål,,IMDi Øst,Y,,,2{n // 9000:03}-01-01,2{n // 9000:03}-02-01,"
        f"{n % 9000 + 1001},\n"
        for n in range(12_000)
    )
    register.write_text(register.read_text() + periods)
    rows = "".join(f"{n:04};X;10;;;;\n" for n in range(100, 3_000))
    (place / ALLOCATION).write_text(COLUMNS + rows)
    refused("allocation.csv", "There is no municipality 0100")


def test_names_of_many_names_and_successors_without_end(place, refused):
    register = place / "data" / "municipalities.csv"
    row_ = f"5001,{'A – ' * 2000}B,bokmål,,{'R' * 999},{'F' * 999},,,,2019-12-31,{'1 ' * 900},\n"
    register.write_text(register.read_text() + row_ * 300)
    ended = refused("municipalities.csv, row 9, etterfølger", "900 successors")
    assert "is longer than 100 characters" in ended.err


def test_settings_without_end(place, refused):
    settings = place / "data" / "rounds" / "trial" / "round.toml"
    settings.write_text(settings.read_text() + "#" * 70_000)
    refused("round.toml", "larger than 64 kB")


def test_as_many_long_keys_as_settings_can_hold(place, refused):
    settings = place / "data" / "rounds" / "trial" / "round.toml"
    settings.write_text("".join(f"k{n}{'.a' * 999} = 1\n" for n in range(32)))
    refused("round.toml, k31", "not known")
