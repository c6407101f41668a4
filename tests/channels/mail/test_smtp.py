"""Mail over a real connection: what becomes of a message when the server does this or that."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.channels.channel import ChannelUnusable, Reply, refused_alike
from brevgen.channels.mail.smtp import as_data
from brevgen.channels.mail.smtp_answers import BoundedSmtp
from tests.channels.mail.mail_samples import mail, outgoing
from tests.channels.mail.mail_sending import SHORT, channel, sent, wait_for
from tests.support.mail_reading import read
from tests.support.mail_servers import DELAY, DRIP, DROP, HANG, SLOW, ScriptedServer

BIG = outgoing(data=b"Subject: Big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 200_000)
"""Too much for any buffer on the way: the server must read for it to get through."""


# -- all is well ----------------------------------------------------------------------------------


def test_a_letter_arrives_as_it_was_made() -> None:
    message = mail(docx=b"PK").outgoing()
    with ScriptedServer() as server:
        assert sent(server, message) == ("sent", "250 2.0.0 queued as 4711")
    assert server.messages == [message.data]
    assert server.commands[1:] == [
        "MAIL FROM:<post@imdi.example>",
        "RCPT TO:<ordforer@as.kommune.example>",
        *("DATA", "QUIT"),
    ]
    assert re.fullmatch(r"EHLO (\[127\.0\.0\.1\]|[\w-]+(\.[\w-]+)+)", server.commands[0])


def test_what_arrives_can_be_read() -> None:
    with ScriptedServer() as server:
        sent(server, mail().outgoing())
    assert read(server.messages[0]).text("Subject").startswith("Svar innen 6. januar: ")


def test_many_messages_share_one_connection() -> None:
    with ScriptedServer() as server, channel(server.port) as way:
        assert {way.hand_over(outgoing(n)).state for n in range(20)} == {"sent"}
    assert (server.connections, len(server.messages)) == (1, 20)
    assert sum(command.startswith("EHLO") for command in server.commands) == 1


def test_a_big_message_gets_through() -> None:
    with ScriptedServer() as server:
        assert sent(server, BIG)[0] == "sent"
    assert server.messages == [BIG.data]


def test_lines_that_begin_with_a_dot_arrive_with_it() -> None:
    data = b"Subject: .\r\n\r\n.\r\n..\r\n. a\r\nend\r\n"
    with ScriptedServer() as server:
        assert sent(server, outgoing(data=data))[0] == "sent"
    (arrived,) = server.messages
    assert re.sub(rb"(?m)^\.", b"", arrived) == data


@given(st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a", b"\r\n.\r\n"])).map(b"".join))
def test_no_message_holds_an_end_before_its_end(data: bytes) -> None:
    wire = as_data(data) + b".\r\n"
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
    assert wire.find(b"\r\n.\r\n") in (-1, len(wire) - 5)
    lines = re.split(rb"\r\n|\r|\n", data)
    stuffed = as_data(data).removesuffix(b"\r\n").split(b"\r\n")
    assert [line[line.startswith(b".") :] for line in stuffed] == lines[: len(stuffed)]


# -- the server says no, at each step -------------------------------------------------------------

STEPS = ["MAIL", "RCPT", "DATA", "end"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("code", ["450 4.2.1", "451 4.3.0", "452 4.2.2"])
def test_4xx_is_not_now_and_the_connection_serves_the_next(step: str, code: str) -> None:
    with ScriptedServer({step: [f"{code} try later"]}) as server:
        with channel(server.port) as way:
            first, second = way.hand_over(outgoing(1)), way.hand_over(outgoing(2))
        assert (first.state, first.words) == ("failed for now", f"{code} try later")
        assert second.state == "sent"
        assert ("RSET" in server.commands) == (step != "end")
        assert server.connections == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA", "end"])
@pytest.mark.parametrize("code", ["550 5.1.1", "552 5.3.4", "550"])
def test_5xx_is_refused_with_the_servers_words(step: str, code: str) -> None:
    with ScriptedServer({step: [f"{code} no, thanks"]}) as server:
        with channel(server.port) as way:
            first, second = way.hand_over(outgoing(1)), way.hand_over(outgoing(2))
        assert first == Reply("refused", f"{code} no, thanks", refusal=code)
        assert second.state == "sent"
        assert ("RSET" in server.commands) == (step != "end")
        assert server.connections == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA", "end"])
@pytest.mark.parametrize("code", ["550 5.7.1", "553 5.1.8", "550 5.7.708", "530 5.5.1"])
def test_5xx_about_the_sender_marks_no_recipient(step: str, code: str) -> None:
    with ScriptedServer({step: [f"{code} not you"]}) as server, channel(server.port) as way:
        first, second = way.hand_over(outgoing(1)), way.hand_over(outgoing(2))
    assert (first.state, second.state) == ("failed for now", "sent")
    assert (first.words, first.refusal) == (f"{code} not you (this is about the sender)", code)


def test_5xx_to_the_sender_stops_everything() -> None:
    with (
        ScriptedServer({"MAIL": ["250 ok", "550 5.1.0 Sender denied"]}) as server,
        channel(server.port) as way,
    ):
        assert way.hand_over(outgoing(1)).state == "sent"
        with pytest.raises(
            ChannelUnusable, match=r"takes no mail from post@imdi\.example: 550 5\.1\.0 Sender"
        ):
            way.hand_over(outgoing(2))
        assert way.hand_over(outgoing(3)).state == "sent"
    assert not any("mayor+2" in command for command in server.commands)


def replies(*refusals: str) -> list[tuple[str, Reply]]:
    """Replies to one municipality each; an empty refusal is a letter that was taken."""
    return [
        (f"{number:04}", Reply("refused" if refusal else "sent", refusal, refusal=refusal))
        for number, refusal in enumerate(refusals)
    ]


@pytest.mark.parametrize(
    ("refusals", "alike"),
    [
        ([], 0),
        (["550", "550"], 0),
        (["550", "550", "550"], 3),
        (["", "550 5.1.1", "550", "550", "550", "550"], 4),
        (["550", "550", "", "550"], 0),
        (["550", "550 5.1.1", "550"], 0),
        (["550", "550", "550", ""], 0),
    ],
)
def test_the_same_refusal_to_everyone_says_nothing_of_them(refusals: list[str], alike: int) -> None:
    assert refused_alike(replies(*refusals)) == alike


def test_three_of_one_municipality_may_well_be_gone() -> None:
    _, refused = replies("550 5.1.1", "550 5.1.1")
    assert refused_alike([refused] * 3) == 0
    assert refused_alike([*[refused] * 2, *replies("550 5.1.1", "550 5.1.1", "550 5.1.1")]) == 5


def test_words_are_cleaned_of_what_could_deceive_a_reader() -> None:
    with ScriptedServer(
        {"RCPT": ["550 5.1.1 no \x9b31m\u202euser\u200b\u2066 \x85here"]}
    ) as server:
        assert sent(server)[1] == "550 5.1.1 no 31m user here"


def test_words_on_many_lines_become_one() -> None:
    with ScriptedServer(
        {"RCPT": ["550-5.1.1 No\r\n550-5.1.1 such\t\x1b[31m\r\n550 5.1.1 user"]}
    ) as s:
        assert sent(s) == ("refused", "550 5.1.1 No 5.1.1 such [31m 5.1.1 user")


@pytest.mark.parametrize("step", ["connect", "EHLO", *STEPS])
def test_421_on_a_new_connection_is_not_now(step: str) -> None:
    with ScriptedServer({step: ["421 4.3.2 closing"]}) as server:
        outcome, words = sent(server)
        assert outcome == "failed for now"
        assert "421 4.3.2 closing" in words
        assert sent(server)[0] == "sent"


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("event", ["421 4.7.0 enough", DROP, HANG])
def test_a_connection_that_is_lost_later_is_made_anew_at_once(step: str, event: str) -> None:
    good = "354 go on" if step == "DATA" else "250 ok"
    with ScriptedServer({step: [good, event]}) as server:
        with channel(server.port, timeout=wait_for(event)) as way:
            assert [way.hand_over(outgoing(n)).state for n in (1, 2, 3)] == ["sent"] * 3
        assert server.connections == 2
        assert len(server.messages) == 3


def test_a_server_that_wants_a_login_first_stops_everything() -> None:
    with (
        ScriptedServer({"MAIL": ["530 5.7.0 Authentication required"]}) as server,
        channel(server.port) as way,
        pytest.raises(ChannelUnusable, match=r"wants a login.*530.*mail\.smtp\.user"),
    ):
        way.hand_over(outgoing())


def test_a_server_that_takes_no_mail_at_all_stops_everything() -> None:
    for step in ("connect", "EHLO"):
        with (
            ScriptedServer({step: ["554 5.3.2 no mail here"]}) as server,
            channel(server.port) as way,
            pytest.raises(ChannelUnusable, match=r"^[^\n]*554 5\.3\.2 no mail here$"),
        ):
            way.hand_over(outgoing())


# -- the connection is cut, at each step ----------------------------------------------------------


@pytest.mark.parametrize("step", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("event", [DROP, HANG])
def test_cut_before_the_message_is_not_now(step: str, event: str) -> None:
    with ScriptedServer({step: [event]}) as server:
        assert sent(server, event=event)[0] == "failed for now"
        assert server.messages == []


@pytest.mark.parametrize("event", [DROP, HANG])
def test_cut_within_the_message_is_not_now(event: str) -> None:
    with ScriptedServer({"body": [event]}) as server:
        assert sent(server, BIG, event=event)[0] == "failed for now"
        assert server.messages == []


@pytest.mark.parametrize("event", [DROP, HANG])
def test_cut_after_the_end_and_before_the_answer_is_uncertain(event: str) -> None:
    with ScriptedServer({"end": [event]}) as server:
        outcome, words = sent(server, event=event)
        assert outcome == "uncertain"
        assert words.startswith(f"127.0.0.1:{server.port} was lost before its answer")
        assert len(server.messages) == 1  # it has the message, and nobody told us


@pytest.mark.parametrize("answer", ["what", "999 what", "354 go on", "25", "250 " + "x" * 9000])
def test_an_answer_that_says_nothing_is_uncertain(answer: str) -> None:
    with ScriptedServer({"end": [answer]}) as server:
        assert sent(server)[0] == "uncertain"


@pytest.mark.parametrize("answer", ["what", "999 what", "220 hello"])
def test_an_answer_that_says_nothing_before_the_message_is_not_now(answer: str) -> None:
    for step in ("MAIL", "RCPT", "DATA"):
        if step == "DATA" or not answer.startswith("220"):
            with ScriptedServer({step: [answer]}) as server:
                assert sent(server)[0] == "failed for now"
                assert server.messages == []


@pytest.mark.parametrize("event", [DROP, HANG])
def test_after_an_uncertain_message_the_next_has_a_new_connection(event: str) -> None:
    with ScriptedServer({"end": [event]}) as server:
        with channel(server.port, last_timeout=wait_for(event)) as way:
            outcomes = [way.hand_over(outgoing(n)).state for n in (1, 2)]
        assert outcomes == ["uncertain", "sent"]
        assert server.connections == 2


def test_a_message_cut_after_its_end_is_not_handed_over_once_more_by_itself() -> None:
    with ScriptedServer({"end": ["250 ok", DROP]}) as server, channel(server.port) as way:
        way.hand_over(outgoing(1))
        assert way.hand_over(outgoing(2)).state == "uncertain"
        assert len(server.messages) == 2


def test_the_answer_to_a_whole_message_may_take_longer() -> None:
    with (
        ScriptedServer({"end": [SLOW]}) as server,
        channel(server.port, timeout=DELAY / 2) as way,
    ):
        assert way.hand_over(outgoing(1)).state == "sent"
    with (
        ScriptedServer({"MAIL": ["250 ok", SLOW]}) as server,
        channel(server.port, timeout=DELAY / 2) as way,
    ):
        way.hand_over(outgoing(1))
        way.hand_over(outgoing(2))
        # for all other answers the short wait holds again, so that there was a second connection
        assert server.connections == 2


# -- answers that do wrong ------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["connect", "MAIL", "RCPT", "DATA"])
def test_an_answer_without_end_is_given_up(step: str) -> None:
    endless = "250-more\r\n" * 200_000
    with ScriptedServer({step: [endless]}) as server:
        state, words = sent(server)
    assert state == "failed for now"
    assert words.endswith("its answer has no end.")


def test_an_answer_without_end_to_a_whole_message_is_uncertain() -> None:
    with ScriptedServer({"end": ["250-more\r\n" * 200_000]}) as server:
        assert sent(server)[0] == "uncertain"


@pytest.mark.parametrize("step", ["connect", "EHLO", "RCPT", "end"])
def test_an_answer_that_drips_is_waited_for_no_longer_than_any_other(step: str) -> None:
    began = time.monotonic()
    with (
        ScriptedServer({step: [DRIP]}) as server,
        channel(server.port, timeout=SHORT, last_timeout=SHORT) as way,
    ):
        reply = way.hand_over(outgoing())
        took = time.monotonic() - began
    assert reply.state == ("uncertain" if step == "end" else "failed for now")
    assert "no answer in time" in reply.words
    assert took < 4 * SHORT


def test_an_answer_that_comes_before_it_is_asked_for_is_not_counted() -> None:
    early = "354 go on\r\n250 2.0.0 queued, or so I say"
    with ScriptedServer({"DATA": [early]}) as server:
        with channel(server.port) as way:
            first, second = way.hand_over(outgoing(1)), way.hand_over(outgoing(2))
        assert first.state == "failed for now"
        assert "it spoke before it was asked: 250 2.0.0 queued, or so I say" in first.words
        assert second.state == "sent"
        assert len(server.messages) == 1
        assert server.connections == 2


def test_words_left_over_are_no_answer_to_the_next_message() -> None:
    with ScriptedServer({"end": ["250 2.0.0 ok\r\n250 2.0.0 ok"]}) as server:
        with channel(server.port) as way:
            assert [way.hand_over(outgoing(n)).state for n in (1, 2)] == ["sent", "sent"]
        assert (server.connections, len(server.messages)) == (2, 2)


def test_an_interrupted_message_leaves_no_connection_in_its_middle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with ScriptedServer() as server, channel(server.port) as way:
        way.hand_over(outgoing(1))
        with monkeypatch.context() as patch:
            patch.setattr(BoundedSmtp, "send_within", interrupted)
            with pytest.raises(KeyboardInterrupt):
                way.hand_over(outgoing(2))
        assert way.hand_over(outgoing(3)).state == "sent"
        assert server.connections == 2


def test_quitting_a_server_that_has_gone_is_no_trouble() -> None:
    with ScriptedServer({"QUIT": [DROP]}) as server:
        assert sent(server)[0] == "sent"
