"""Where two texts differ, by line and word."""

from brevgen.rounds.line_changes import line_changes


def test_changes_are_told_by_line_and_word() -> None:
    (change,) = line_changes("En\nTo tre fire\nFem\n", "En\nTo seks fire\nFem\n")
    assert change.line == 2
    assert change.pieces == (("same", "To "), ("old", "tre"), ("new", "seks"), ("same", " fire"))
    assert line_changes("a\n", "a\n") == []
    gone, come = line_changes("a\nb\nc\n", "b\nc\nd\n")
    assert (gone.pieces, come.line, come.pieces) == ((("old", "a"),), 3, (("new", "d"),))


def test_texts_made_to_be_slow_are_compared_at_once() -> None:
    (change,) = line_changes("x " * 30_000, "y " * 30_000)
    assert [what for what, _ in change.pieces] == ["old", "new"]
    assert line_changes("\n" * 60_000, "a\n" + "\n" * 59_000)
