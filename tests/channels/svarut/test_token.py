"""The token: who we are, and how long it holds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brevgen.channels.channel import ChannelUnusable
from brevgen.channels.svarut.token import BadKey, Tokens, client_key
from brevgen.findings import FaultyInput
from tests.channels.svarut.samples import ready, workspace_for
from tests.support import pki
from tests.support.svarut_rounds import client, stub, way

NOW = datetime(2027, 11, 6, 9, tzinfo=UTC)


def test_a_token_is_kept_until_shortly_before_it_ends() -> None:
    now = NOW
    tokens = Tokens(client_key(client().p12(), pki.PASSPHRASE), "c", "https://a/", lambda: now)
    assert tokens.token == ""
    tokens.keep("secret", 120)
    now = NOW + timedelta(seconds=89)
    assert tokens.token == "secret"
    now = NOW + timedelta(seconds=90)
    assert tokens.token == ""


def test_one_token_is_used_for_many_questions(tmp_path: Path) -> None:
    with stub() as there, way(workspace_for(tmp_path, there)) as channel:
        channel.hand_over(ready())
        channel.test_connection()
        assert len(there.tokens) == 1


def test_a_token_that_is_taken_back_is_replaced_once(tmp_path: Path) -> None:
    with stub() as there, way(workspace_for(tmp_path, there)) as channel:
        channel.test_connection()
        there.tokens.clear()
        assert channel.hand_over(ready()).state == "sent"
        assert len(there.tokens) == 1


@pytest.mark.parametrize("lifetime", [10**30, -(10**30), 0])
def test_a_token_of_strange_lifetime_is_used_all_the_same(tmp_path: Path, lifetime: int) -> None:
    with stub(token_lifetime=lifetime) as there, way(workspace_for(tmp_path, there)) as channel:
        assert "is ready" in channel.test_connection()


def test_another_key_gets_no_token(tmp_path: Path) -> None:
    other = pki.issue("Noen andre")
    with stub() as there:
        place = workspace_for(tmp_path, there)
        pki.write(place, "svarut.p12", other.p12())
        with (
            way(place) as channel,
            pytest.raises(ChannelUnusable, match="400 invalid_grant another's certificate"),
        ):
            channel.hand_over(ready())


def test_a_key_of_pem_does_as_well(tmp_path: Path) -> None:
    mine = client()
    with stub() as there:
        place = workspace_for(tmp_path, there, key="client.pem", passphrase_file="")
        pki.write(place, "client.pem", mine.key_pem + mine.pem())
        with way(place) as channel:
            assert channel.hand_over(ready()).state == "sent"


def test_a_registered_key_is_told_by_its_id() -> None:
    key = client_key(client().key_pem, "", "key-7")
    assert key.head == {"kid": "key-7"}
    with pytest.raises(BadKey, match="no certificate"):
        client_key(client().key_pem, "")


def test_a_key_that_will_not_do_is_told_with_its_place(tmp_path: Path) -> None:
    with stub() as there:
        place = workspace_for(tmp_path, there)
        pki.write(place, "svarut-passphrase", b"wrong")
        with pytest.raises(FaultyInput, match=r"(?s)svarut.p12 will not do.*does not open"):
            way(place)
        (place / "svarut-password").unlink()
        (place / "svarut.p12").unlink()
        with pytest.raises(FaultyInput) as caught:
            way(place)
        assert len(caught.value.findings) == 2
        assert pki.PASSPHRASE not in str(caught.value)
