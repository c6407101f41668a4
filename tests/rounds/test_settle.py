"""What a person writes down of messages: found out, reached another way, to be sent once more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from brevgen.errors import Refused, WrongUse
from brevgen.rounds.post import Post, line_up_post
from brevgen.rounds.send_again import order_again
from brevgen.rounds.session import RoundSession
from brevgen.rounds.settle import Answer, settle
from brevgen.rounds.status import status
from tests.support import made_rounds
from tests.support.mail_reading import read
from tests.support.mail_servers import DROP
from tests.support.post_office import Script
from tests.support.samples import ROWS, make_round
from tests.support.sending import send_round, server, states
from tests.support.sessions import session

MAYOR, CHIEF = "ordforer@as.kommune.example", "radmann@as.kommune.example"


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return made_rounds.copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def opened(place: Path) -> Iterator[RoundSession]:
    with session(place, account="kari") as found:
        yield found


def to_send(opened: RoundSession, only: str = "") -> list[str]:
    """Who would be sent to now."""
    chosen = opened.choose([only] if only else [])
    post = line_up_post(opened, chosen, for_real=True, named=False)
    return [each.addressee.recipient.address for each in post.to_send]


# -- found out ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        ("uncertain", "sent", "sent"),
        ("uncertain", "resend", "to send"),
        ("uncertain", "delivered", "reached otherwise"),
        ("refused", "resend", "to send"),
        ("refused", "delivered", "reached otherwise"),
    ],
)
def test_a_person_settles_what_became_of_a_message(
    opened: RoundSession, before: str, answer: Answer, after: str
) -> None:
    watch = (
        Script(kept={MAYOR: [DROP]}) if before == "uncertain" else Script(end={MAYOR: ["550 no"]})
    )
    with server(watch) as (_, way):
        send_round(opened, way, ["Ås", "Bærum"])
    done = settle(opened, "Ås", answer, "by post 3 December" if answer == "delivered" else "")
    assert (done.who, done.messages) == ("0214 Ås", 1)
    assert states(opened)[MAYOR] == ["sending", before, after]
    with pytest.raises(Refused, match=r"Bærum: no message is uncertain"):
        settle(opened, "Bærum", answer, "by post 3 December")


def test_what_was_refused_is_not_made_sent_by_a_word(opened: RoundSession) -> None:
    with server(Script(("end", ["550 no"]))) as (_, way):
        send_round(opened, way)
    with pytest.raises(Refused, match="nothing to settle"):
        settle(opened, "Ås", "sent")
    assert states(opened)[MAYOR] == ["sending", "refused"]


def test_a_letter_that_reached_somebody_another_way_needs_nobody_any_more(
    opened: RoundSession,
) -> None:
    with server(Script(RCPT={MAYOR: ["550 no such user"]})) as (_, way):
        send_round(opened, way, ["Ås"])
        with pytest.raises(WrongUse, match="Say how they got it"):
            settle(opened, MAYOR, "delivered")
        with pytest.raises(WrongUse, match="Say how"):
            settle(opened, MAYOR, "delivered", "\u200b")
        settle(opened, MAYOR, "delivered", "by post 3 December")
        (line,) = status(opened, only=["Ås"]).letters
        assert (line.state, line.recipients[0].state) == ("sent", "reached otherwise")
        assert line.recipients[0].answer == "by post 3 December"
        assert line.recipients[0].advice == ""
        assert send_round(opened, way, ["Ås"]).counts == {}


def test_all_who_were_refused_are_settled_at_once_and_nobody_who_may_have_it(
    opened: RoundSession,
) -> None:
    watch = Script(
        RCPT={MAYOR: ["550 1"], "radmann@vinje.kommune.example": ["550 2"]}, kept={CHIEF: [DROP]}
    )
    with server(watch) as (_, way):
        send_round(opened, way)
    done = settle(opened, "all", "resend")
    assert (done.who, done.messages) == ("2 municipalities", 2)
    assert to_send(opened) == [MAYOR, "radmann@vinje.kommune.example"]
    assert states(opened)[CHIEF][-1] == "uncertain"
    settle(opened, "all", "sent")
    assert states(opened)[CHIEF][-1] == "sent"
    with pytest.raises(WrongUse, match="Name the municipality"):
        settle(opened, "all", "delivered", "by post")


def test_advice_names_the_round_and_the_address(opened: RoundSession) -> None:
    with server(Script(kept={MAYOR: [DROP]})) as (_, way):
        send_round(opened, way, ["Ås"])
    (line,) = status(opened, only=["Ås"]).letters
    assert f"brevgen send trial --settle {MAYOR} sent" in line.recipients[0].advice


# -- once more ------------------------------------------------------------------------------------


def test_the_same_sealed_letter_is_sent_once_more_when_a_person_orders_it(
    opened: RoundSession,
) -> None:
    with server() as (office, way):
        send_round(opened, way, ["Ås"])
        first = {each.to[0]: read(each.data) for each in office.mailbox}
        office.mailbox = []
        ordered = order_again(opened, "Ås", "they never got it")
        assert (ordered.numbers, ordered.messages) == (("0214",), 2)
        assert to_send(opened, "Ås") == [MAYOR, CHIEF]
        shown: list[Post] = []

        def agree(post: Post) -> bool:
            shown.append(post)
            return True

        send_round(opened, way, ["Ås"], agree=agree)
        assert [each.addressee.copy for each in shown[0].to_send] == [2, 2]
        assert send_round(opened, way, ["Ås"]).counts == {}
    assert [each.to[0] for each in office.mailbox] == [MAYOR, CHIEF]
    for each in office.mailbox:
        again, before = read(each.data), first[each.to[0]]
        assert again.parts()[1].data() == before.parts()[1].data()
        assert again["Message-ID"] != before["Message-ID"], "else mail programs hide it"
    events = opened.ledger.events("trial", "0214")
    assert sum("they never got it" in each.what for each in events) == 2
    assert status(opened, only=["Ås"]).letters[0].state == "sent"


def test_a_new_mayor_gets_it_when_a_person_orders_that_and_not_before(
    opened: RoundSession, place: Path
) -> None:
    new = "ny.ordforer@as.kommune.example"
    with server() as (office, way):
        send_round(opened, way, ["Ås"])
        contacts = place / "data" / "contacts.csv"
        contacts.write_text(contacts.read_text(encoding="utf-8").replace(MAYOR, new), "utf-8")
        opened.read_again()
        assert send_round(opened, way, ["Ås"]).counts == {}
        assert order_again(opened, new, "the new mayor").messages == 1
        assert to_send(opened, "Ås") == [new]
        assert send_round(opened, way, ["Ås"]).counts == {"sent": 1}
    assert office.mailbox[-1].to == (new,)
    recipients = {each.address: each.state for each in status(opened).letters[0].recipients}
    assert recipients == {MAYOR: "sent", CHIEF: "sent", new: "sent"}


def test_who_had_copies_of_many_letters_gets_the_one_that_is_meant_once_more(
    opened: RoundSession, place: Path
) -> None:
    with (place / "data/rounds/trial/round.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[dispatch]\ncopies = ["ks@ks.example"]\n')
    opened.read_again()
    with server() as (_, way):
        send_round(opened, way, ["Ås", "Bærum"])
    one = order_again(opened, "ks@ks.example", "they lost it", number="0219")
    assert (one.numbers, one.messages) == (("0219",), 1)
    assert to_send(opened, "Bærum") == ["ks@ks.example"]
    assert to_send(opened, "Ås") == []


def test_nothing_is_ordered_for_those_who_first_need_another_answer(opened: RoundSession) -> None:
    with pytest.raises(Refused, match="no letter has left for them"):
        order_again(opened, "Ås", "they never got it")
    watch = Script(RCPT={MAYOR: ["550 no"]}, kept={CHIEF: [DROP]})
    with server(watch) as (_, way):
        send_round(opened, way, ["Ås", "Bærum"])
    with pytest.raises(Refused) as caught:
        order_again(opened, "Ås", "they never got it")
    assert "0214 Ås, Ordfører: it was refused" in str(caught.value)
    assert "0214 Ås, Rådmann: it may have come" in str(caught.value)
    with pytest.raises(WrongUse, match="Say why"):
        order_again(opened, "Bærum", " ")
    with pytest.raises(WrongUse, match="Say why"):
        order_again(opened, "Bærum", "\u200b")
    with pytest.raises(Refused, match="no letter has left for them"):
        order_again(opened, "nobody@as.kommune.example", "they never got it")
    assert all(len(each) == 2 for each in states(opened).values())


def test_a_letter_that_would_say_something_else_now_is_not_sent_once_more(
    opened: RoundSession, place: Path
) -> None:
    with server() as (_, way):
        send_round(opened, way, ["Ås"])
    make_round(place, [row.replace("Ås;10", "Ås;14") for row in ROWS])
    opened.read_again()
    with pytest.raises(Refused, match="0214 Ås, Ordfører: changed since it was sent"):
        order_again(opened, "Ås", "they never got it")
    assert states(opened)[MAYOR] == ["sending", "sent"]
