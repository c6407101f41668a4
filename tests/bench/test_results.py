from pathlib import Path

from bench.results import Aim, Row, ratio, rows_as_json, shown, table, write

PLAIN = Row("plain loop", 100, 10.0, 9.0, 90)
FAST = Row("fast", 50, 1.0, 1.5, 200, "no seal", "plain loop", "fast")
ALONE = Row("alone", 10, 1.0, 1.0, 50, baseline="never measured")
ROWS = [PLAIN, FAST, ALONE]


def test_a_ratio_is_per_letter_and_against_the_rows_own_baseline() -> None:
    assert ratio(ROWS, FAST) == 5
    assert ratio(ROWS, PLAIN) is None
    assert ratio(ROWS, ALONE) is None


def test_the_table_tells_what_a_row_leaves_out() -> None:
    line = table(ROWS).splitlines()[3]
    assert line.split() == ["fast", "50", "1.00", "20.0", "200", "5.00", "no", "seal"]


def test_rows_for_programs_have_what_the_table_has() -> None:
    row = rows_as_json(ROWS)[1]
    assert (row["ms_per_letter"], row["times_as_fast"], row["memory_mb"]) == (20, 5, 200)


def test_aims_say_whether_they_are_met() -> None:
    lines = shown([Aim("fast", "2 times", True), Aim("small", "90 MB", False)]).splitlines()
    assert lines == ["met      fast: 2 times", "NOT MET  small: 90 MB"]


def test_results_are_written_as_json(tmp_path: Path) -> None:
    write(tmp_path / "new" / "results.json", {"words": "bokmål"})
    assert "bokmål" in (tmp_path / "new" / "results.json").read_text(encoding="utf-8")
