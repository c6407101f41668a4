"""SvarUt's states in words: told apart, recognised again, and in bokmål where the reader wants."""

import pytest

from brevgen.channels.svarut.states import MEANINGS, is_final, words_of
from brevgen.channels.words import shown
from brevgen.language import speaking

AT = "2018-01-06T11:33:55.008+01:00"


def test_a_state_is_told_with_its_time_in_utc() -> None:
    assert words_of("PRINTET", AT) == "printed and posted on 2018-01-06 10:33 UTC"
    assert words_of("LEST", "yesterday") == "read by the receiver on yesterday"


def test_what_is_final_is_known_by_the_words_that_are_kept() -> None:
    final = {state for state in MEANINGS if is_final(words_of(state, AT))}
    assert final == {state for state, meaning in MEANINGS.items() if meaning.is_final}
    assert final >= {"LEST", "PRINTET", "AVVIST", "IKKE_LEVERT"}
    assert not is_final(words_of("NOE_NYTT", AT))


def test_each_state_has_words_of_its_own() -> None:
    assert len({words_of(state, AT) for state in MEANINGS}) == len(MEANINGS)


@pytest.mark.parametrize("state", [*MEANINGS, "NOE_NYTT"])
def test_each_state_is_told_in_bokmaal_too(state: str) -> None:
    kept = words_of(state, AT)
    with speaking("nb"):
        assert shown(kept) != kept
        assert "2018-01-06 10:33 UTC" in shown(kept)
    assert shown(kept) == kept
