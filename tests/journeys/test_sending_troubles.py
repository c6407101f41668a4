"""A mail server in trouble: whatever it does, the ledger says of each message what is true."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.made_rounds import copied, use_server
from tests.support.mail_servers import DROP, HANG, Authority
from tests.support.post_office import PASSWORD, USER, PostOffice, Script, Watch
from tests.support.receipts import entries, letters, recipients, see_that_they_agree
from tests.support.running import Ran

pytestmark = pytest.mark.slow

Run = Callable[..., Ran]
Slept = list[float]

FIRST, SECOND = "ordforer@as.kommune.example", "radmann@as.kommune.example"
THIRD = "ordforer@baerum.kommune.example"


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> Slept:
    """How long the command would have waited, each time."""
    waits: Slept = []
    monkeypatch.setattr("brevgen.cli.send.sleep", waits.append)
    return waits


@pytest.fixture
def everybody(workspace: Path) -> dict[str, str]:
    """The recipients as they are once all is sent."""
    return dict.fromkeys(recipients(workspace, letters(workspace, "trial")), "sent")


def send(brevgen: Run, number: int) -> Ran:
    return brevgen("send", "trial", "--live", "--yes", "--recipients", str(number))


@contextmanager
def post_office(workspace: Path, watch: Watch, **keys: Any) -> Iterator[PostOffice]:
    """A server that the settings name; nothing is encrypted, so that it is quick."""
    with PostOffice(watch=watch) as office:
        use_server(workspace, office.port, tls="none", **keys)
        yield office
    assert not isinstance(watch, Script) or watch.is_used_up


def status(brevgen: Run) -> dict[str, dict[str, Any]]:
    """What the status tells of each recipient, by address."""
    lines = json.loads(brevgen("status", "trial", "--json").out)["letters"]
    return {each["address"]: each for line in lines for each in line["recipients"]}


# -- nobody there to be trusted -------------------------------------------------------------------


@contextmanager
def strict_office(
    workspace: Path, authority: Authority, tls: ssl.SSLContext | None, *, password: str = PASSWORD
) -> Iterator[PostOffice]:
    """A server that the settings reach by STARTTLS and with a password."""
    (workspace / "ca.pem").write_bytes(authority.file.read_bytes())
    with PostOffice(tls) as office:
        use_server(
            workspace, office.port, tls="starttls", user=USER, password=password, ca_file="ca.pem"
        )
        yield office


@pytest.mark.parametrize(
    ("certificate", "password", "words"),
    [
        ({"host": "other.example"}, PASSWORD, "The certificate of localhost will not do: Hostname"),
        ({"expired": True}, PASSWORD, "will not do: certificate has expired"),
        ({}, "hunter2", "does not let brevgen in with this password: 535"),
        (None, PASSWORD, "localhost offers no STARTTLS"),
    ],
    ids=["another's certificate", "expired certificate", "wrong password", "no STARTTLS"],
)
def test_a_server_that_is_not_ours_gets_nothing_and_once_it_is_mended_all_of_it(
    brevgen: Run,
    workspace: Path,
    authority: Authority,
    everybody: dict[str, str],
    slept: Slept,
    certificate: dict[str, Any] | None,
    password: str,
    words: str,
) -> None:
    tls = None if certificate is None else authority.server(**certificate)
    with strict_office(workspace, authority, tls, password=password) as office:
        ran = send(brevgen, 12)
    assert ran.code == 4
    assert words in ran.err
    assert "hunter2" not in ran.out + ran.err
    assert office.mailbox == []
    assert see_that_they_agree(workspace, "trial", []) == {FIRST: "failed for now"}
    assert slept == [], "there is no use in trying again"
    with strict_office(workspace, authority, authority.server()) as office:
        ran = send(brevgen, 12)
    assert ran.code == 0, ran.err
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody


# -- not now, or never ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("EHLO", "421 4.3.2 too many connections"),
        ("RCPT", "421 4.3.2 shutting down"),
        ("RCPT", "450 4.2.0 greylisted"),
        ("RCPT", "452 4.3.1 no space left"),
        ("end", "421 4.3.2 shutting down"),
        ("end", "452 4.3.1 no space left"),
        ("RCPT", DROP),
    ],
)
def test_what_a_server_does_not_take_now_it_gets_after_a_pause(
    brevgen: Run,
    workspace: Path,
    everybody: dict[str, str],
    slept: Slept,
    step: str,
    answer: str,
) -> None:
    with post_office(workspace, Script((step, [answer]))) as office:
        ran = send(brevgen, 12)
    assert ran.code == 0, ran.err
    assert "12 sent.\n" in ran.out
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    assert slept == [30.0]
    states = {each.address: each.states for each in entries(workspace, "trial").values()}
    assert states.pop(FIRST) == ("sending", "failed for now", "sending", "sent")
    assert set(states.values()) == {("sending", "sent")}


def test_a_connection_that_is_lost_between_two_messages_is_made_anew_at_once(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    watch = Script(RCPT={SECOND: [DROP], THIRD: ["421 4.7.0 too many messages"]})
    with post_office(workspace, watch) as office:
        ran = send(brevgen, 12)
    assert ran.code == 0, ran.err
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    assert slept == []
    assert office.connections == 3


def test_a_server_that_takes_nothing_is_left_alone_and_asked_again_the_next_time(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    asked: list[str] = []

    async def busy(step: str, address: str) -> str:
        if step == "RCPT":
            asked.append(address)
        return "450 4.3.2 not now" if step == "RCPT" else ""

    with post_office(workspace, busy) as office:
        ran = send(brevgen, 12)
        assert ran.code == 4
        assert "9 failed for now.\n" in ran.out
        assert "12 messages still to be tried." in ran.out
        assert office.mailbox == []
        assert len(asked) == len(set(asked)) == 9, "three messages each time, always others"
        assert slept == [30.0, 120.0]
        assert see_that_they_agree(workspace, "trial", []) == dict.fromkeys(asked, "failed for now")
        told = status(brevgen)
        assert told[FIRST]["answer"] == "450 4.3.2 not now"
        assert told[FIRST]["advice"] == "send again later"
        office.watch = Script()
        ran = send(brevgen, 12)
    assert ran.code == 0, ran.err
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody


def test_who_is_not_taken_now_does_not_hold_up_the_others(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    greylisted = Script(RCPT={SECOND: ["450 4.2.0 greylisted"] * 3})
    with post_office(workspace, greylisted) as office:
        ran = send(brevgen, 12)
        assert ran.code == 4
        assert "11 sent, 1 failed for now.\n" in ran.out
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        assert states == everybody | {SECOND: "failed for now"}
        ran = send(brevgen, 1)
    assert ran.code == 0, ran.err
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    assert slept == [30.0, 120.0]


@pytest.mark.parametrize("step", ["RCPT", "end"])
def test_who_is_unknown_to_the_server_is_refused_and_the_other_gets_the_letter(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept, step: str
) -> None:
    words = "550 5.1.1 <ordforer> User unknown"
    with post_office(workspace, Script(**{step: {FIRST: [words]}})) as office:
        ran = send(brevgen, 12)
        assert ran.code == 4
        assert "1 refused, 11 sent.\n" in ran.out
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        assert states == everybody | {FIRST: "refused"}
        told = status(brevgen)[FIRST]
        assert (told["state"], told["answer"]) == ("refused", words)
        assert "put the address right" in told["advice"]
        again = send(brevgen, 1)
        assert again.code == 3, "what is refused is not tried again by itself"
        assert len(office.mailbox) == 11
        settled = brevgen("send", "trial", "--settle", "Ås", "resend")
        assert "0214 Ås: 1 message to be sent again." in settled.out
        assert send(brevgen, 1).code == 0
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    assert slept == []


# -- the answer is lost ---------------------------------------------------------------------------

LOST = {
    "dropped, not kept": ("end", DROP, False),
    "dropped, but kept": ("kept", DROP, True),
    "silent, not kept": ("end", HANG, False),
    "silent, but kept": ("kept", HANG, True),
    "silent within the message": ("body", HANG, False),
    "an answer that is none": ("kept", "354 go on", True),
}


@pytest.mark.parametrize(("step", "answer", "has_it"), LOST.values(), ids=LOST)
def test_where_the_answer_is_lost_it_is_uncertain_until_a_person_settles_it(
    brevgen: Run,
    workspace: Path,
    everybody: dict[str, str],
    slept: Slept,
    step: str,
    answer: str,
    has_it: bool,
) -> None:
    watch = Script(**{step: {SECOND: [answer]}})
    with post_office(workspace, watch, timeout=1, last_timeout=1) as office:
        ran = send(brevgen, 12)
        assert ran.code == 4
        assert "11 sent, 1 uncertain.\n" in ran.out
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        assert states == everybody | {SECOND: "uncertain"}
        assert sum(SECOND in each.to for each in office.mailbox) == has_it
        assert slept == [], "it is not tried again"
        # never by itself
        again = send(brevgen, 1)
        assert again.code == 3
        assert "Left out, uncertain: 0214 Ås, Rådmann; find out whether it came" in again.out
        assert see_that_they_agree(workspace, "trial", office.mailbox) == states
        # a person looks into the mailbox and says what is there
        truth = "sent" if has_it else "resend"
        assert brevgen("send", "trial", "--settle", "0214", truth).code == 0
        ran = send(brevgen, 0 if has_it else 1)
        assert ran.code == 0, ran.err
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody


def test_a_connection_that_is_cut_within_a_message_leaves_nobody_in_doubt_but_the_one(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    with post_office(workspace, Script(body={SECOND: [DROP]})) as office:
        ran = send(brevgen, 12)
        states = see_that_they_agree(workspace, "trial", office.mailbox)
        # the system may have sent all of it off before we learn that nobody has read it
        assert states in (everybody, everybody | {SECOND: "uncertain"})
        assert ran.code == (0 if states == everybody else 4)
        if states != everybody:
            assert len(office.mailbox) == 11
            assert brevgen("send", "trial", "--settle", SECOND, "resend").code == 0
            assert send(brevgen, 1).code == 0
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    assert slept == []


def test_of_two_uncertain_messages_with_a_letter_each_is_settled_by_its_address(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    watch = Script(end={FIRST: [DROP]}, kept={SECOND: [DROP]})
    with post_office(workspace, watch) as office:
        ran = send(brevgen, 12)
        assert "2 uncertain, 10 sent.\n" in ran.out
        for address, truth in ((FIRST, "resend"), (SECOND.upper(), "sent")):
            settled = brevgen("send", "trial", "--settle", address, truth)
            assert settled.code == 0, settled.err
            assert settled.out.startswith("0214 Ås: 1 message ")
            assert brevgen("send", "trial", "--settle", address, truth).code == 3
        assert brevgen("send", "trial", "--settle", "kari@as.example", "sent").code == 2
        assert send(brevgen, 1).code == 0
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody


def test_a_server_that_says_nothing_before_the_message_has_surely_not_taken_it(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    silent = Script(RCPT={SECOND: [HANG, HANG]})
    with post_office(workspace, silent, timeout=1) as office:
        ran = send(brevgen, 12)
    assert ran.code == 0, ran.err
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
    assert slept == [30.0]


def test_no_server_at_all_leaves_everything_to_be_sent(
    brevgen: Run, workspace: Path, everybody: dict[str, str], slept: Slept
) -> None:
    with PostOffice() as office:
        port = office.port
    use_server(workspace, port, tls="none")
    ran = send(brevgen, 12)
    assert ran.code == 4
    assert "12 messages still to be tried." in ran.out
    states = see_that_they_agree(workspace, "trial", [])
    assert set(states.values()) == {"failed for now"}
    assert slept == [30.0, 120.0]
    with post_office(workspace, Script()) as office:
        assert send(brevgen, 12).code == 0
    assert see_that_they_agree(workspace, "trial", office.mailbox) == everybody
