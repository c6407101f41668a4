"""The runs of sending that a round has had, told from the ledger alone."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from brevgen.errors import Refused, WrongUse
from brevgen.rounds.messages import delivery_of
from brevgen.rounds.post import line_up_post
from brevgen.rounds.sendings import message_of, sendings
from brevgen.rounds.settle import settle_message
from tests.support.made_rounds import copied
from tests.support.post_office import Script
from tests.support.sending import send_round, server
from tests.support.sessions import BEGIN, session

MAYOR, CHIEF = "ordforer@as.kommune.example", "radmann@as.kommune.example"


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return copied(sealed_trial, tmp_path / "workspace")


def sent(
    place: Path, number: str, account: str, at: datetime, script: Script | None = None
) -> None:
    with session(place, account=account, clock=lambda: at) as opened, server(script) as (_, way):
        send_round(opened, way, [number])


def test_a_long_pause_or_another_account_makes_another_run(place: Path) -> None:
    for number, account, minutes in (
        ("0214", "anne", 0),
        ("0219", "anne", 9),
        ("0834", "anne", 20),
        ("1515", "kari", 21),
    ):
        sent(place, number, account, BEGIN + timedelta(minutes=minutes))
    with session(place) as opened:
        runs = sendings(opened)
    assert [(run.number, run.account, len(run.messages)) for run in runs] == [
        (1, "anne", 4),
        (2, "anne", 2),
        (3, "kari", 2),
    ]
    assert runs[0].ended - runs[0].began == timedelta(minutes=9)


def test_what_needs_a_person_comes_first_and_is_settled_by_itself(place: Path) -> None:
    sent(place, "0214", "anne", BEGIN, Script(RCPT={CHIEF: ["550 5.1.1 no such user"]}))
    with session(place) as opened:
        (run,) = sendings(opened)
        assert [(each.delivery.address, each.state) for each in run.messages] == [
            (CHIEF, "refused"),
            (MAYOR, "sent"),
        ]
        assert [each.needs_a_person for each in run.messages] == [True, False]
        with pytest.raises(Refused, match="Something has changed"):
            settle_message(opened, "0214", 2, "resend", known=1)
        with pytest.raises(WrongUse, match="Say how they got it"):
            settle_message(opened, "0214", 2, "delivered", " ", known=2)
        with pytest.raises(Refused, match="nothing to settle"):
            settle_message(opened, "0214", 1, "resend", known=2)
        settle_message(opened, "0214", 2, "delivered", "by post", known=2)
        assert message_of(opened, "0214", 2).state == "reached otherwise"
        assert message_of(opened, "0214", 1).state == "sent"
        for number, message in (("0214", 0), ("0214", 3), ("9999", 1)):
            with pytest.raises(WrongUse, match="no such message"):
                message_of(opened, number, message)


def test_a_message_that_was_cut_off_is_settled_as_it_was_shown(place: Path) -> None:
    with session(place) as opened:
        with opened.changing() as ledger:
            (first, *_) = line_up_post(opened, {"0214"}, for_real=True, named=False).to_send
            assert ledger.begin_sending(delivery_of(first, "<a@b.example>", "trial"))
        assert message_of(opened, "0214", 1).state == "sending"
        settle_message(opened, "0214", 1, "resend", known=1)
        assert message_of(opened, "0214", 1).state == "to send"
