"""Two letters beside each other, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from brevgen.letter.content import Block, Content, Run, Style
from brevgen.letter.word_differences import Stretch, compared
from tests.support.samples import content

TEXTS = st.lists(
    st.text(st.sampled_from("ab1 .-\N{NO-BREAK SPACE}"), min_size=1, max_size=30), max_size=5
)


def of(*texts: str, style: Style = "paragraph") -> str:
    blocks = tuple(Block("body", style, (Run(text),)) for text in texts)
    return Content("nb", "", "", blocks).as_json()


def told(old: str, new: str) -> list[tuple[Stretch, ...]]:
    return [each.stretches for each in compared(of(old), of(new))]


def test_a_figure_is_compared_whole() -> None:
    assert told("Vi ber om 10 nå.", "Vi ber om 11 nå.") == [
        (
            Stretch("same", "Vi ber om"),
            Stretch("removed", " 10"),
            Stretch("added", " 11"),
            Stretch("same", " nå."),
        )
    ]


def test_figures_dates_and_addresses_are_never_cut() -> None:
    pairs = [
        ("1\N{NO-BREAK SPACE}234", "1\N{NO-BREAK SPACE}244"),
        ("17-09235", "17-09236"),
        ("6.11.2017", "6.12.2017"),
        ("post@imdi.example", "post@ks.example"),
    ]
    for old, new in pairs:
        (stretches,) = told(f"et to tre {old} fire", f"et to tre {new} fire")
        assert stretches[1:3] == (Stretch("removed", f" {old}"), Stretch("added", f" {new}"))


def test_a_full_stop_after_a_changed_word_has_not_changed() -> None:
    (stretches,) = told("Det er greit i 2017.", "Det er greit i 2018.")
    assert stretches[-1] == Stretch("same", ".")


def test_a_new_paragraph_does_not_make_those_after_it_new() -> None:
    old = of("Det er en fin dag.", "Frist er 6. januar.")
    new = of("Det er en fin dag.", "Av dem er 2 enslige.", "Frist er 8. januar.")
    same, added, changed = compared(old, new)
    assert same.is_same
    assert added.stretches == (Stretch("added", "Av dem er 2 enslige."),)
    assert [each.fate for each in changed.stretches] == ["same", "removed", "added", "same"]


def test_a_paragraph_that_has_nothing_of_the_old_one_is_shown_whole() -> None:
    assert told("Takk for innsatsen i fjor.", "Frist er lørdag 6. januar.") == [
        (
            Stretch("removed", "Takk for innsatsen i fjor."),
            Stretch("added", "Frist er lørdag 6. januar."),
        )
    ]


def test_both_written_forms_stand_paragraph_beside_paragraph() -> None:
    nb, nn = content(form="nb"), content(form="nn")
    found = compared(nb.as_json(), nn.as_json())
    assert [each.style for each in found] == [block.style for block in nn.blocks]


@given(old=TEXTS, new=TEXTS)
def test_every_word_of_both_is_told_once(old: list[str], new: list[str]) -> None:
    found = [each for one in compared(of(*old), of(*new)) for each in one.stretches]

    def words(*fates: str) -> str:
        return "".join(each.text for each in found if each.fate in fates).replace(" ", "")

    assert words("same", "removed") == "".join(old).replace(" ", "")
    assert words("same", "added") == "".join(new).replace(" ", "")
