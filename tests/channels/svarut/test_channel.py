"""What SvarUt says of a letter, whatever happens on the way."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from brevgen.channels.channel import ChannelUnusable, Reply
from brevgen.channels.svarut.channel import FOUND, TAKEN, SvarUtChannel
from brevgen.channels.words import shown
from brevgen.language import speaking
from tests.channels.svarut.samples import ready, workspace_for
from tests.support.mail_servers import make_authority
from tests.support.svarut_rounds import AS, BAERUM, never, stub, way
from tests.support.svarut_stub import FAULTS, PASSWORD, SvarUt


@pytest.fixture
def there() -> Iterator[SvarUt]:
    with stub(lateness=1.5) as found:
        yield found


@pytest.fixture
def channel(there: SvarUt, tmp_path: Path) -> Iterator[SvarUtChannel]:
    place = workspace_for(tmp_path, there, timeout=1, last_timeout=1)
    with way(place, sleep=lambda seconds: None) as found:
        yield found


def test_a_letter_is_taken_and_its_id_told(there: SvarUt, channel: SvarUtChannel) -> None:
    made = ready(docx=b"PK word")
    reply = channel.hand_over(made)
    (kept,) = there.kept.values()
    assert reply == Reply("sent", TAKEN, kept.id)
    assert kept.files == {each.name: each.data for each in made.files}
    assert there.complaints == []


def test_what_is_there_already_is_not_sent_again(there: SvarUt, channel: SvarUtChannel) -> None:
    first = channel.hand_over(ready())
    assert channel.hand_over(ready()) == Reply("sent", FOUND, first.external_id)
    assert len(there.kept) == 1


def test_what_was_rejected_may_be_sent_again(there: SvarUt, channel: SvarUtChannel) -> None:
    channel.hand_over(ready())
    (first,) = there.kept.values()
    first.state = "AVVIST"
    reply = channel.hand_over(ready())
    assert (reply.state, len(there.kept)) == ("sent", 2)
    assert reply.external_id != first.id


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_done_wrong_it_is_known_whether_it_was_taken(
    there: SvarUt, channel: SvarUtChannel, fault: str
) -> None:
    there.ruling.on_post = lambda reference, attempt: fault if attempt == 1 else ""
    reply = channel.hand_over(ready())
    there.wait_until_quiet()
    assert reply.state == ("sent" if there.kept else "failed for now"), reply
    assert channel.hand_over(ready()).state == "sent"
    assert len(there.kept) == 1


def test_it_is_uncertain_only_where_nobody_answers(there: SvarUt, channel: SvarUtChannel) -> None:
    there.ruling.on_post = lambda reference, attempt: "cut after"
    there.ruling.on_question = lambda path: "500" if there.kept else ""
    reply = channel.hand_over(ready())
    assert reply.state == "uncertain"
    assert "could not be asked" in reply.words
    assert channel.look_up(ready().external_id, age=0) is None
    there.ruling.on_question = lambda path: ""
    found = channel.look_up(ready().external_id, age=0)
    (kept,) = there.kept.values()
    assert found == Reply("sent", FOUND, kept.id)


def test_before_it_is_handed_over_nothing_is_uncertain(
    there: SvarUt, channel: SvarUtChannel
) -> None:
    there.ruling.on_question = lambda path: "503"
    assert channel.hand_over(ready()).state == "failed for now"
    assert there.kept == {}


@pytest.mark.parametrize("status", ["400", "404", "409", "413", "422"])
def test_a_refusal_is_in_the_servers_words_and_never_tried_again(
    there: SvarUt, channel: SvarUtChannel, status: str
) -> None:
    there.ruling.on_post = lambda reference, attempt: status
    reply = channel.hand_over(ready())
    assert reply == Reply("refused", f"{status} told to æøå", refusal=f"{status} told to")
    assert sum(there.attempts.values()) == 1


STRANGE = {
    "a list": "[]",
    "a number": "5",
    "an id of more than one line": json.dumps({"id": "a\n../../b"}),
    "an id without end": json.dumps({"id": "a" * 100_000}),
    "lists that are none": '{"id": 5, "forsendelseIds": 5, "statuser": 5, "mottakersystemer": 5}',
    "deep": "[" * 100_000,
    "half a character": '{"id": "\\ud800", "forsendelseIds": ["\\ud800"]}',
    "HTML": "<script>alert(1)</script>",
}


@pytest.mark.parametrize("told", STRANGE.values(), ids=STRANGE)
def test_a_strange_answer_is_no_answer(there: SvarUt, channel: SvarUtChannel, told: str) -> None:
    there.ruling.on_post = lambda reference, attempt: f"say 200 {told}" if attempt == 1 else ""
    assert channel.hand_over(ready()).state == "failed for now"
    assert channel.hand_over(ready()).state == "sent"
    (kept,) = there.kept
    there.ruling.on_question = lambda path: f"say 200 {told}"
    assert channel.look_up(ready().external_id, age=0) is None
    for ask in (
        lambda: list(channel.follow_up([kept])),
        lambda: channel.receivers_without_system([AS]),
    ):
        with contextlib.suppress(ChannelUnusable):
            assert ask() in ([], [AS])


def test_what_the_server_says_of_a_letter_is_kept_as_one_plain_line(
    there: SvarUt, channel: SvarUtChannel
) -> None:
    reply = channel.hand_over(ready())
    (kept,) = there.kept.values()
    kept.state, kept.changed = "<b>\x1b[31mNOE\nNYTT" + "x" * 5_000, "0001-01-01T00:00:00+14:00"
    ((_, told),) = channel.follow_up([kept.id])
    assert told.words.startswith("SvarUt says <b> [31mNOE NYTTxxx")
    assert told.words.endswith(" on 0001-01-01T00:00:00+14:00")
    assert len(told.words) < 200
    assert reply.external_id == kept.id


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_what_the_server_was_told_in_secret_is_told_nobody_else(
    there: SvarUt, channel: SvarUtChannel, status: int
) -> None:
    def echo(reference: str, attempt: int) -> str:
        said = [PASSWORD, *(f"Authorization: Bearer {each}" for each in used)]
        return f"say {status} {json.dumps({'errorCode': said[0], 'message': said[-1]})}"

    used: list[str] = []
    there.takes = lambda token: not used.append(token) and token in there.tokens  # type: ignore[func-returns-value]
    there.ruling.on_post = echo
    try:
        reply = channel.hand_over(ready())
        told = f"{reply.words} {reply.refusal}"
    except ChannelUnusable as unusable:
        told = str(unusable)
    assert str(status) in told
    assert "…" in told
    assert used[-1] not in told
    assert PASSWORD not in told


def test_retry_after_is_waited_for_within_bounds(there: SvarUt, tmp_path: Path) -> None:
    slept: list[float] = []
    there.retry_after = 40
    there.ruling.on_post = lambda reference, attempt: "429"
    with way(workspace_for(tmp_path, there), sleep=slept.append) as channel:
        assert channel.hand_over(ready()).state == "failed for now"
        channel.wait()
        there.retry_after = 90_000
        channel.hand_over(ready())
        channel.wait()
    assert [each for each in slept if each] == [40, 300]


def test_not_found_is_believed_only_after_a_while(there: SvarUt, tmp_path: Path) -> None:
    def late(seconds: float) -> None:
        slept.append(seconds)
        there.ruling.on_post = lambda reference, attempt: ""
        if seconds == 30:  # what was on its way comes now
            there.keep({"eksternReferanse": ready().external_id, "mottaker": {}}, {})

    slept: list[float] = []
    there.ruling.on_post = lambda reference, attempt: "cut before"
    with way(workspace_for(tmp_path, there, trusted_after=30), sleep=late) as channel:
        assert channel.hand_over(ready()).state == "sent"
    assert slept[0] == 30


def test_a_letter_that_was_cut_off_long_ago_is_looked_up_at_once(
    there: SvarUt, tmp_path: Path
) -> None:
    with way(workspace_for(tmp_path, there, trusted_after=30), sleep=never) as channel:
        reply = channel.look_up("nothing", age=31)
    assert reply is not None
    assert reply.state == "failed for now"


def test_a_wrong_password_is_no_letters_fault(there: SvarUt, tmp_path: Path) -> None:
    place = workspace_for(tmp_path, there)
    (place / "svarut-password").write_text("wrong")
    with way(place) as channel, pytest.raises(ChannelUnusable, match=r"401 Unauthorized\. See acc"):
        channel.hand_over(ready())


def test_states_are_asked_for_and_told_in_words(there: SvarUt, channel: SvarUtChannel) -> None:
    told = channel.hand_over(ready()).external_id
    there.kept[told].state = "LEST"
    assert list(channel.follow_up([told])) == [
        (told, Reply("sent", "read by the receiver on 2017-11-06 09:33 UTC", told))
    ]
    there.kept[told].state = "IKKE_LEVERT"
    ((_, reply),) = channel.follow_up([told])
    assert (reply.state, reply.words[:13]) == ("refused", "not delivered")
    there.kept[told].state = "NOE_NYTT"
    ((_, reply),) = channel.follow_up([told])
    assert reply.words == "SvarUt says NOE_NYTT on 2017-11-06 09:33 UTC"


def test_many_states_are_asked_for_in_several_questions(
    there: SvarUt, channel: SvarUtChannel
) -> None:
    told = [there.keep({"eksternReferanse": str(n)}, {}).id for n in range(250)]
    assert [each for each, _ in channel.follow_up(told)] == told
    assert there.asked["sok"] == 3


def test_the_connection_is_tried_without_sending(there: SvarUt, channel: SvarUtChannel) -> None:
    assert channel.test_connection().startswith("127.0.0.1:")
    assert there.kept == {}


def test_who_has_no_system_is_known_beforehand(there: SvarUt, channel: SvarUtChannel) -> None:
    there.without_system = {BAERUM}
    assert channel.receivers_without_system([AS, BAERUM]) == [BAERUM]


def test_a_server_that_is_not_there_takes_nothing(tmp_path: Path) -> None:
    with stub() as gone:
        place = workspace_for(tmp_path, gone)
    with way(place) as channel:
        reply = channel.hand_over(ready())
        assert reply == Reply("failed for now", "127.0.0.1 does not answer: Connection refused.")
        with speaking("nb"):
            assert shown(reply.words) == "127.0.0.1 svarer ikke: ingen tar imot der."


def test_no_proxy_of_the_environment_is_asked(
    there: SvarUt, channel: SvarUtChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert channel.hand_over(ready()).state == "sent"


def test_only_who_proves_who_it_is_gets_anything(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with stub(tls=authority.server()) as there:
        place = workspace_for(tmp_path, there, ca_file=str(authority.file))
        with way(place) as channel:
            assert channel.hand_over(ready()).state == "sent"
        place = workspace_for(tmp_path, there)
        with (
            way(place) as channel,
            pytest.raises(ChannelUnusable, match=r"of localhost:\d+ will not"),
        ):
            channel.hand_over(ready())
        assert len(there.kept) == 1


def test_a_certificate_of_another_host_will_not_do(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    with stub(tls=authority.server("svarut.example")) as there:
        place = workspace_for(tmp_path, there, ca_file=str(authority.file))
        with way(place) as channel, pytest.raises(ChannelUnusable, match="will not do"):
            channel.hand_over(ready())
    assert there.kept == {}
