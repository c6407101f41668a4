"""Approval is asked for, and letters are sent back with a reason or the request taken back."""

import shutil
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import Refused
from brevgen.rounds.letter_requests import LetterRequest, letter_requests
from brevgen.rounds.lineup import approvable, approver_for
from brevgen.rounds.request_approval import request_approval, send_back, take_back, to_ask
from brevgen.rounds.withdraw import withdraw
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import approved, generated, session

AAS, BAERUM = "0214", "0219"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two drafts."""
    place = make_workspace(tmp_path_factory.mktemp("made") / "workspace")
    make_round(place, ROWS[:2])
    generated(place)
    return place


@pytest.fixture
def trial(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "workspace")


def ask(place: Path, *only: str, account: str = "anne", **more: str) -> int:
    with session(place, account=account) as opened:
        return len(request_approval(opened, opened.choose(only), **more).letters)


def requests(place: Path) -> dict[str, LetterRequest]:
    with session(place) as opened:
        return letter_requests(opened)


def states(place: Path) -> dict[str, str]:
    return {number: each.state for number, each in requests(place).items()}


def test_a_request_waits_until_the_letter_is_approved(trial: Path) -> None:
    assert ask(trial, whom="hege", note="Haster\nlitt") == 2
    each = requests(trial)[AAS]
    assert (each.request.account, each.request.whom, each.request.note) == (
        *("anne", "hege", "Haster litt"),
    )
    approved(trial, only=["Ås"])

    assert states(trial) == {AAS: "approved", BAERUM: "waiting"}
    with session(trial, account="hege") as opened:
        withdraw(opened, [AAS], "feil tall")
    assert states(trial)[AAS] == "approved"  # the request is over, whatever became of the approval


def test_a_letter_is_sent_back_with_a_reason_and_asked_for_again(trial: Path) -> None:
    ask(trial)
    with session(trial, account="hege") as opened:
        assert send_back(opened, [AAS], "Feil frist") == (AAS,)
    sent_back = requests(trial)[AAS]
    assert sent_back.letter.end is not None
    assert (sent_back.state, sent_back.letter.end.reason, sent_back.letter.end.account) == (
        *("sent back", "Feil frist", "hege"),
    )
    with session(trial, account="hege") as opened:
        assert len(send_back(opened, (), "Alt må leses på nytt")) == 1
    ask(trial, "Ås")
    assert states(trial)[AAS] == "waiting"


def test_what_was_sent_back_is_approved_only_after_it_is_changed_or_asked_for_anew(
    trial: Path,
) -> None:
    def left_out() -> dict[str, list[str]]:
        with session(trial, account="hege") as opened:
            return approvable(opened, opened.choose(), approver_for(opened))[1]

    ask(trial)
    with session(trial, account="hege") as opened:
        send_back(opened, [AAS], "Feil frist")
    ((reason, labels),) = left_out().items()
    assert ("sent back" in reason, labels) == (True, ["0214 Ås"])
    with pytest.raises(Refused, match="sent back"):
        approved(trial)
    ask(trial, "Ås")
    assert left_out() == {}
    with session(trial, account="hege") as opened:
        send_back(opened, [AAS], "Feil frist")
    make_round(trial, ROWS[:2], deadline="2018-01-10")
    generated(trial)
    assert left_out() == {}
    approved(trial)
    assert states(trial)[AAS] == "approved"


def test_a_request_is_taken_back_by_who_makes_letters(trial: Path) -> None:
    ask(trial)
    with session(trial) as opened:
        assert take_back(opened, [AAS]) == (AAS,)
        assert len(take_back(opened)) == 1
        with pytest.raises(Refused, match="No letter of the round trial waits"):
            take_back(opened)


def test_what_does_not_wait_is_not_ended(trial: Path) -> None:
    ask(trial, "Ås")
    with session(trial, account="hege") as opened:
        with pytest.raises(Refused, match="0219 Bærum"):
            send_back(opened, [AAS, BAERUM], "Feil")
        with pytest.raises(Refused, match="with a reason"):
            send_back(opened, [AAS], " \n")
        with pytest.raises(Refused, match="with a reason"):
            send_back(opened, [AAS], "\u200b")
    assert states(trial) == {AAS: "waiting"}


def test_only_drafts_that_say_what_the_letter_would_say_are_asked_for(trial: Path) -> None:
    with session(trial) as opened:
        before = to_ask(opened, opened.choose(["Ås"])).digest
    make_round(trial, ROWS[:2], deadline="2018-01-10")
    with pytest.raises(Refused, match="Make the drafts first"):
        ask(trial)
    generated(trial)
    with pytest.raises(Refused, match="has changed since the page was shown"):
        ask(trial, "Ås", shown=before)
    approved(trial)
    with pytest.raises(Refused, match="None of these letters needs approval"):
        ask(trial)
    assert requests(trial) == {}


@pytest.mark.parametrize("role", ["approve", "send", "follow up", "administer"])
def test_only_who_makes_letters_asks(trial: Path, role: str) -> None:
    with session(trial) as opened:
        opened.actor = Actor("per", roles=(role,))  # type: ignore[arg-type]
        with pytest.raises(Refused, match="may not make letters"):
            request_approval(opened, opened.choose())
        with pytest.raises(Refused, match="may not make letters"):
            take_back(opened)


def test_only_who_may_approve_in_the_signatorys_name_sends_back(trial: Path) -> None:
    ask(trial)
    with session(trial) as opened:
        opened.actor = Actor("anne", roles=("make",))
        with pytest.raises(Refused, match="may not approve letters"):
            send_back(opened, (), "Feil")
    settings = trial / "data/rounds/trial/round.toml"
    text = settings.read_text(encoding="utf-8")
    assert 'signatory = "Hege Aspelund"' in text
    settings.write_text(
        text.replace(
            'signatory = "Hege Aspelund"', 'signatory = "Hege Aspelund"\naccounts = ["hege"]'
        ),
        encoding="utf-8",
    )
    with session(trial, account="per") as opened, pytest.raises(Refused, match="account per may"):
        send_back(opened, [AAS], "Feil")
    with session(trial, account="hege") as opened:
        send_back(opened, [AAS], "Feil")
