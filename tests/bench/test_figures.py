from bench.figures import Row, table
from bench.running import Measured


def runs(*seconds: float) -> list[Measured]:
    """Runs that took so many seconds, and half as many of processor time."""
    return [Measured(each, each / 2, 90) for each in seconds]


def test_the_median_counts_and_is_shared_among_the_letters() -> None:
    row = Row("generate", each=100, ours=runs(9, 1, 2), before=runs(4, 4)).figures()
    assert (row["seconds"], row["cpu"], row["ms_each"]) == (2, 1, 20)
    assert (row["seconds_before"], row["cpu_before"], row["cpu_times"]) == (4, 2, 0.5)


def test_a_row_that_is_not_compared_has_nothing_before() -> None:
    row = Row("plain loop", as_fast=True, ours=runs(2)).figures()
    assert (row["seconds_before"], row["cpu_times"], row["aim"]) == (None, None, "")


def aim(row: Row) -> str:
    return str(row.figures()["aim"])


def test_an_aim_says_whether_it_is_met_in_processor_time() -> None:
    slow, fast = runs(2 * 9), runs(2 * 8)
    assert aim(Row("verify", each=355, most=25, ours=fast)) == "at most 25 ms each: met"
    assert aim(Row("verify", each=355, most=25, ours=slow)) == "at most 25 ms each: NOT MET"
    before = runs(1)
    assert aim(Row("help", as_fast=True, ours=runs(1.04), before=before)).endswith("slower: met")
    assert aim(Row("help", as_fast=True, ours=runs(1.06), before=before)).endswith(": NOT MET")


def test_the_table_shows_both_versions_side_by_side() -> None:
    rows = [
        Row("help", as_fast=True, ours=runs(0.1), before=runs(0.2)),
        Row("loop", each=300, ours=runs(30)),
    ]
    head, first, second = table([row.figures() for row in rows]).splitlines()
    assert head.split() == [
        *("seconds", "ms_each", "cpu", "cpu_before", "cpu_times", "memory_mb", "aim")
    ]
    assert first.split()[:7] == ["help", "0.10", "100.00", "0.05", "0.10", "0.50", "90.00"]
    assert second.split() == ["loop", "30.00", "100.00", "15.00", "90.00"]


def test_figures_keep_every_run() -> None:
    row = Row("generate", each=100, as_fast=True, ours=runs(9, 1, 2), before=runs(4)).figures()
    assert (row["seconds"], row["runs"], row["runs_before"]) == (2, [9, 1, 2], [4])
    assert row["memory_mb"] == 90
    assert row["aim"] == "at most 5% slower: met"
