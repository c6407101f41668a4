from bench.figures import Row, table
from bench.running import Measured


def runs(*seconds: float) -> list[Measured]:
    return [Measured(each, 90) for each in seconds]


def test_the_median_counts_and_is_shared_among_the_letters() -> None:
    row = Row("generate", runs(9, 1, 2), runs(4, 4), each=100)
    assert (row.seconds, row.ms_each) == (2, 20)
    assert (row.seconds_before, row.times_before) == (4, 0.5)


def test_a_row_that_is_not_compared_has_nothing_before() -> None:
    row = Row("plain loop", runs(2), as_fast=True)
    assert (row.seconds_before, row.times_before, row.aim) == (None, None, "")


def test_an_aim_says_whether_it_is_met() -> None:
    assert Row("verify", runs(5), each=355, most=25).aim == "at most 25 ms each: met"
    assert Row("verify", runs(9), each=355, most=25).aim == "at most 25 ms each: NOT MET"
    assert Row("help", runs(1.04), runs(1), as_fast=True).aim == "at most 5% slower: met"
    assert Row("help", runs(1.06), runs(1), as_fast=True).aim == "at most 5% slower: NOT MET"


def test_the_table_shows_both_versions_side_by_side() -> None:
    rows = [Row("help", runs(0.1), runs(0.2), as_fast=True), Row("plain loop", runs(30), each=300)]
    head, _, first, second = table(rows, "v0.1.0").splitlines()
    assert head.split() == ["seconds", "ms", "each", "peak", "MB", "v0.1.0", "times", "aim"]
    assert first.split()[:6] == ["help", "0.10", "100.0", "90", "0.20", "0.50"]
    assert second.split() == ["plain", "loop", "30.00", "100.0", "90"]


def test_rows_for_programs_keep_every_run() -> None:
    row = Row("generate", runs(9, 1, 2), runs(4), each=100, as_fast=True).as_json()
    assert (row["seconds"], row["runs"], row["runs_before"]) == (2, [9, 1, 2], [4])
    assert (row["ms_each"], row["memory_mb"]) == (20, 90)
    assert row["aim"] == "at most 5% slower: met"
