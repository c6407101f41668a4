"""Old and new lines of a letter, side by side."""

from hypothesis import given
from hypothesis import strategies as st

from brevgen.letter.content import Block, Content, Run
from brevgen.letter.differences import differences, lines

LINES = st.lists(st.sampled_from(["en", "to", "tre", "fire"]), max_size=6)


def test_the_lines_of_a_content_are_its_blocks() -> None:
    blocks = (
        Block("body", "title", (Run("Anmodning"),)),
        Block("body", "fact", (Run("lørdag"),), "Svar innen"),
        Block("body", "paragraph", (Run("Nå ber vi om "), Run("10", strong=True), Run("."))),
    )
    content = Content("nb", "Anmodning – Ås kommune", "IMDi", blocks)
    assert lines(content.as_json()) == ["Anmodning", "Svar innen lørdag", "Nå ber vi om 10."]


def test_a_changed_line_stands_beside_what_it_was() -> None:
    assert differences(["a", "10", "c"], ["a", "12", "c"]) == [("10", "12")]


def test_what_has_come_or_gone_stands_beside_nothing() -> None:
    assert differences(["a"], ["a", "b"]) == [("", "b")]
    assert differences(["a", "b"], ["a"]) == [("b", "")]


@given(old=LINES, new=LINES)
def test_no_difference_is_told_exactly_where_there_is_none(old: list[str], new: list[str]) -> None:
    assert (differences(old, new) == []) == (old == new)


@given(old=LINES, new=LINES)
def test_every_line_told_stands_in_the_content_it_is_said_to_be_of(
    old: list[str], new: list[str]
) -> None:
    for before, after in differences(old, new):
        assert before == "" or before in old
        assert after == "" or after in new
