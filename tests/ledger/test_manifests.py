"""What was shown or approved together, in one line and word for word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.actor import Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.manifests import manifest_digest, manifest_text
from tests.support.approving import MORNING, SERIES, letter, sha256

AAS = letter("0214", "17-09100")
KAUTOKEINO = letter("2011", "17-09101", "Vi ber Guovdageaidnu om 15")


@pytest.fixture
def numbered(ledger):
    ledger.give_references("2018", ["0214", "2011"], SERIES, {})
    return ledger


def test_what_was_last_shown_is_that_of_the_latest_showing_or_approval(numbered):
    numbered.approve("2018", [AAS, KAUTOKEINO])
    numbered.record_shown("2018", [letter("0214", "17-09100", "Vi ber Ås om 11")])
    numbered.record_shown("2018", [])

    assert numbered.last_shown("2018", "kari") == {
        "0214": sha256("Vi ber Ås om 11"),
        "2011": KAUTOKEINO.content_digest,
    }
    assert numbered.approvals("2018")["0214"].covers(AAS.content_digest)


def test_each_account_has_what_it_was_shown_itself_and_all_have_what_was_approved(numbered, path):
    numbered.approve("2018", [AAS, KAUTOKEINO])
    with Ledger(path, lambda: MORNING, Actor("ola")) as of_ola:
        of_ola.record_shown("2018", [letter("0214", "17-09100", "Vi ber Ås om 95")])

        assert of_ola.last_shown("2018", "ola") == {"0214": sha256("Vi ber Ås om 95")}
        assert of_ola.last_shown("2018", "kari") == {
            "0214": AAS.content_digest,
            "2011": KAUTOKEINO.content_digest,
        }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Vi ber Kárášjohka – “10”\r\n\U0001f600",
        "x" * 100_000,
        # PostgreSQL takes no NUL, and no letter has one: its words are kept as JSON
        pytest.param("Vi ber\0Ås", marks=pytest.mark.sqlite),
    ],
)
def test_what_a_letter_said_can_be_read_again_word_for_word(numbered, text):
    numbered.record_shown("2018", [letter("0214", "17-09100", text)])
    numbered.approve("2018", [letter("0214", "17-09100", text), letter("2011", "17-09101", text)])

    assert numbered.content(sha256(text)) == text


def test_a_content_never_shown_is_looked_up_in_vain(numbered):
    with pytest.raises(LookupError, match="no content with the digest"):
        numbered.content(AAS.content_digest)


def test_a_manifest_states_each_letter_and_its_content_in_a_line():
    assert manifest_text([KAUTOKEINO, AAS]) == (
        f"17-09100 {AAS.content_digest}\n17-09101 {KAUTOKEINO.content_digest}\n"
    )
    assert manifest_digest([AAS]) == sha256(f"17-09100 {AAS.content_digest}\n")


@given(st.permutations([AAS, KAUTOKEINO, letter("0301", "17-09102"), letter("1902", "17-0")]))
def test_a_manifest_is_the_same_in_whatever_order_the_letters_come(order):
    assert manifest_digest(order) == manifest_digest(sorted(order, key=lambda each: each.reference))


def test_a_manifest_can_be_proved_from_the_approvals_made_with_it(numbered):
    manifest = numbered.approve("2018", [KAUTOKEINO, AAS])

    assert manifest_digest(numbered.approvals("2018").values()) == manifest
    assert manifest == manifest_digest([AAS, KAUTOKEINO])
    assert manifest != numbered.approve("2018", [AAS])
