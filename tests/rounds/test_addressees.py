"""Whom a letter goes to: nobody who has it gets it twice, and everybody else does get it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.email_address import same_mailbox
from brevgen.facts.contacts import Contact, Person
from brevgen.findings import Findings
from brevgen.ledger.records import Delivery, Receipt, ReceiptState, Role, State
from brevgen.rounds.addressees import addressees_of
from brevgen.settings.round import DispatchKeys, Round
from brevgen.settings.round_file import read_round
from tests.support.approving import MORNING, delivery, sealed
from tests.support.samples import AAS, KINDS, ROOT

_FILE = ROOT / "data/rounds/2018/round.toml"
ROUND = read_round(_FILE, Findings(), shown_as="round.toml", kinds=KINDS)
MAYOR, CHIEF = "ordforer@as.example", "radmann@as.example"
CONTACT = Contact("0214", "post@as.example", Person("Kari Moen", MAYOR), Person("", CHIEF))
LETTER = sealed("0214", AAS.reference)


def round_with(*, mailbox_always: bool) -> Round:
    assert ROUND is not None
    return ROUND.model_copy(update={"dispatch": DispatchKeys(mailbox_always=mailbox_always)})


def message(role: Role, address: str, *states: ReceiptState, title: str = "") -> Delivery:
    changes = {"recipient_key": same_mailbox(address)} | ({"title": title} if title else {})
    receipts = [Receipt(state, MORNING, "", "kari") for state in states]
    return delivery(LETTER, role, address, receipts=tuple(receipts), **changes)


def now(contact: Contact, *dispatched: Delivery, mailbox_always: bool = False) -> list[str]:
    """Title, address and state of everyone the letter goes to."""
    found = addressees_of(AAS, contact, round_with(mailbox_always=mailbox_always), dispatched)
    return [f"{e.recipient.title} {e.recipient.address}: {e.state}" for e in found]


def moved(contact: Contact = CONTACT, *, mayor: str = MAYOR, chief: str = CHIEF) -> Contact:
    """The contact with other addresses."""
    return replace(
        contact, mayor=Person("Ny", address=mayor), chief_executive=Person("", address=chief)
    )


# -- who ------------------------------------------------------------------------------------------


def test_before_anything_is_sent_it_is_to_be_sent_to_both() -> None:
    assert now(CONTACT) == [f"Ordfører {MAYOR}: to send", f"Rådmann {CHIEF}: to send"]


def test_the_mailbox_gets_it_too_where_the_round_says_so() -> None:
    assert now(CONTACT, mailbox_always=True)[2:] == ["Postmottak post@as.example: to send"]


@pytest.mark.parametrize(
    ("states", "is_to_send"),
    [
        (["sending"], False),
        (["sending", "sent"], False),
        (["sending", "refused"], False),
        (["sending", "uncertain"], False),
        (["sending", "failed for now"], True),
        (["sending", "uncertain", "to send"], True),
        (["sending", "sent", "refused", "to send"], True),
    ],
)
def test_what_was_taken_refused_or_is_uncertain_is_not_sent_by_itself(
    states: list[State], is_to_send: bool
) -> None:
    mayor, chief = addressees_of(
        AAS, CONTACT, round_with(mailbox_always=False), [message("mayor", MAYOR, *states)]
    )
    assert (mayor.state, mayor.is_to_send) == (states[-1], is_to_send)
    assert chief.is_to_send


# -- other addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["sending", "sent", "uncertain"])
def test_who_may_have_it_is_told_as_it_was_sent_and_gets_it_at_no_other_address(
    state: State,
) -> None:
    sent = message("mayor", MAYOR, "sending", state)
    (mayor, _) = addressees_of(
        AAS, moved(mayor="ny@as.example"), round_with(mailbox_always=False), [sent]
    )
    assert (mayor.recipient.address, mayor.recipient.name) == (MAYOR, "")
    assert (mayor.state, mayor.sent) == (state, sent)


@pytest.mark.parametrize("states", [["refused"], ["sent", "refused"], ["failed for now"]])
def test_who_did_not_get_it_gets_it_at_the_new_address_only(states: list[State]) -> None:
    sent = message("mayor", MAYOR, "sending", *states)
    assert now(moved(mayor="ny@as.example"), sent) == [
        "Ordfører ny@as.example: to send",
        f"Rådmann {CHIEF}: to send",
    ]


def test_what_came_back_and_was_then_to_be_sent_again_does_not_go_to_the_address_given_up() -> None:
    sent = message("mayor", MAYOR, "sending", "sent", "refused", "to send")
    assert now(moved(mayor="ny@as.example"), sent)[0] == "Ordfører ny@as.example: to send"


def test_an_address_put_back_after_another_one_has_it_does_not_get_it() -> None:
    messages = [
        message("mayor", MAYOR, "sending", "failed for now"),
        message("mayor", "ny@as.example", "sending", "sent"),
    ]
    assert now(CONTACT, *messages)[0] == "Ordfører ny@as.example: sent"
    assert len(now(CONTACT, *messages)) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ordforer@As.Example", "ordforer@as.example"),
        ("ordforer@ås.example", "ordforer@xn--s-1fa.example"),
    ],
)
def test_one_address_written_in_two_ways_is_one(before: str, after: str) -> None:
    for state in ("sent", "refused"):
        told = now(moved(mayor=after), message("mayor", before, "sending", state))
        assert [each.endswith(state) for each in told] == [True, False]


def test_who_is_no_longer_in_the_contacts_but_has_it_is_still_told() -> None:
    sent = message("mailbox", "post@as.example", "sending", "sent")
    assert now(CONTACT, sent)[2:] == ["Postmottak post@as.example: sent"]


def test_the_mailbox_does_not_get_it_in_place_of_one_who_has_it() -> None:
    told = now(moved(mayor=""), message("mayor", MAYOR, "sending", "sent"))
    assert told == [f"Ordfører {MAYOR}: sent", f"Rådmann {CHIEF}: to send"]


def test_the_mailbox_gets_it_in_place_of_one_who_did_not_get_it() -> None:
    told = now(moved(mayor=""), message("mayor", MAYOR, "sending", "refused"))
    assert told == [f"Rådmann {CHIEF}: to send", "Postmottak post@as.example: to send"]


def test_of_two_who_shared_an_address_neither_gets_it_again_at_an_address_of_their_own() -> None:
    shared = message("mayor", MAYOR, "sending", "sent", title="Ordfører og rådmann")
    assert now(CONTACT, shared) == [f"Ordfører og rådmann {MAYOR}: sent"]


def test_where_two_come_to_share_an_address_the_one_without_it_gets_it_there() -> None:
    to_mayor = message("mayor", MAYOR, "sending", "sent")
    assert now(moved(mayor=CHIEF), to_mayor) == [
        f"Ordfører {MAYOR}: sent",
        f"Rådmann {CHIEF}: to send",
    ]
    to_chief = message("chief_executive", CHIEF, "sending", "sent")
    assert now(moved(chief=MAYOR), to_chief) == [
        f"Ordfører {MAYOR}: to send",
        f"Rådmann {CHIEF}: sent",
    ]


# -- however it goes ------------------------------------------------------------------------------

ADDRESSES = st.sampled_from(["", "a@as.example", "A@as.example", "b@as.example", "c@ås.example"])
CONTACTS = st.builds(
    lambda mailbox, mayor, chief: moved(
        replace(CONTACT, mailbox=mailbox), mayor=mayor, chief=chief
    ),
    ADDRESSES.filter(bool),
    ADDRESSES,
    ADDRESSES,
)
OUTCOMES: st.SearchStrategy[State] = st.sampled_from(
    ["sent", "sent", "refused", "failed for now", "uncertain"]
)
FOUND_OUT: dict[State, State] = {"sent": "refused", "uncertain": "to send", "refused": "to send"}
"""What a report or a person may say of a message later, by its state."""


TITLES = {
    ("mayor",): "Ordfører",
    ("chief_executive",): "Rådmann",
    ("chief_executive", "mayor"): "Ordfører og rådmann",
    ("mailbox",): "Postmottak",
}


def persons_at(contact: Contact, address: str) -> set[str]:
    """Which of the two is reached at an address."""
    persons = {"mayor": contact.mayor, "chief_executive": contact.chief_executive}
    return {role for role, each in persons.items() if each.address.lower() == address}


@given(st.data())
def test_however_addresses_and_luck_change_nobody_gets_it_twice_and_nobody_is_forgotten(
    data: st.DataObject,
) -> None:
    messages: dict[str, tuple[set[str], Delivery]] = {}

    def holders() -> set[str]:
        """Who has it or may have it, by role."""
        taken = [roles for roles, each in messages.values() if each.state in ("sent", "uncertain")]
        return set().union(*taken)

    for _ in range(data.draw(st.integers(1, 5), "changes")):
        contact = data.draw(CONTACTS, "contact")
        round_ = round_with(mailbox_always=data.draw(st.booleans(), "mailbox always"))
        found = addressees_of(AAS, contact, round_, [each for _, each in messages.values()])
        told = {each.recipient.address.lower(): each.state for each in found}
        assert len(told) == len(found)
        # nobody is forgotten
        for address, (_, each) in messages.items():
            if each.state in ("sent", "uncertain"):
                assert told[address] == each.state
        for role, person in (
            ("mayor", contact.mayor),
            ("chief_executive", contact.chief_executive),
        ):
            assert role in holders() or not person.address or person.address.lower() in told
        assert found, "there is always the mailbox"
        # nobody gets it twice
        for reached in found:
            recipient = reached.recipient
            address = recipient.address.lower()
            if not reached.is_to_send:
                continue
            roles = (persons_at(contact, address) - holders()) or {"mailbox"}
            assert not roles & holders()
            assert recipient.title == TITLES[tuple(sorted(roles))]
            at_hand = messages.get(address)
            assert at_hand is None or at_hand[1].state in ("to send", "failed for now")
            before = [receipt.state for receipt in at_hand[1].receipts] if at_hand else []
            outcome = data.draw(OUTCOMES, f"outcome at {address}")
            messages[address] = (
                roles,
                message(
                    recipient.role,
                    recipient.address,
                    *before,
                    "sending",
                    outcome,
                    title=recipient.title,
                ),
            )
        for address, (roles, each) in list(messages.items()):
            later = FOUND_OUT.get(each.state)
            if later is not None and data.draw(st.booleans(), f"{address} is {later}"):
                states = [receipt.state for receipt in each.receipts]
                sent = each
                messages[address] = (
                    roles,
                    message(sent.role, sent.address, *states, later, title=sent.title),
                )


# -- by several ways ------------------------------------------------------------------------------

ORGANISATION = "964948798"


def to_municipality(channel: str, *states: ReceiptState) -> Delivery:
    receipts = tuple(Receipt(state, MORNING, "", "kari") for state in states)
    changes = {"recipient_key": ORGANISATION, "channel": channel}
    return delivery(LETTER, "municipality", "", receipts=receipts, **changes)


def by(channel: str, *dispatched: Delivery) -> list[str]:
    """Where and by which way it goes, and the state there."""
    found = addressees_of(
        AAS,
        CONTACT,
        round_with(mailbox_always=False),
        dispatched,
        channel=channel,
        organisation_number=ORGANISATION,
    )
    return [f"{each.recipient.where} {each.channel}: {each.state}" for each in found]


def test_through_svarut_it_goes_to_the_municipality_which_is_told_whom_it_is_for() -> None:
    assert by("svarut") == [f"{ORGANISATION} svarut: to send"]
    (only,) = addressees_of(
        AAS,
        CONTACT,
        round_with(mailbox_always=True),
        (),
        channel="svarut",
        organisation_number=ORGANISATION,
    )
    assert only.recipient.distribution == ("Ordfører Kari Moen", "Rådmann")


def test_what_was_begun_by_mail_is_finished_by_mail() -> None:
    to_mayor = message("mayor", MAYOR, "sending", "sent")
    assert by("svarut", to_mayor) == [f"{MAYOR} mail: sent", f"{CHIEF} mail: to send"]


def test_what_went_through_svarut_does_not_go_by_mail_too() -> None:
    assert by("mail", to_municipality("svarut", "sending", "uncertain")) == [
        f"{ORGANISATION} svarut: uncertain"
    ]
    assert by("svarut", to_municipality("svarut-folder", "sending", "uncertain")) == [
        f"{ORGANISATION} svarut-folder: uncertain"
    ]


def test_what_was_not_delivered_one_way_may_go_another() -> None:
    refused = to_municipality("svarut", "sending", "sent", "refused")
    assert by("mail", refused) == [
        f"{MAYOR} mail: to send",
        f"{CHIEF} mail: to send",
        f"{ORGANISATION} svarut: refused",
    ]
    assert by("svarut", refused) == [f"{ORGANISATION} svarut: refused"]


@given(st.data())
def test_whichever_way_it_goes_and_however_it_ends_nobody_gets_it_by_two_ways(
    data: st.DataObject,
) -> None:
    there: dict[tuple[str, str], Delivery] = {}

    def taken() -> set[str]:
        """The ways by which somebody has it or may have it."""
        ways = {each.channel for each in there.values() if each.state in ("sent", "uncertain")}
        return {"mail" if way == "mail" else "organisations" for way in ways}

    for _ in range(data.draw(st.integers(1, 6), "changes")):
        channel = data.draw(st.sampled_from(["mail", "svarut", "svarut-folder"]), "channel")
        found = addressees_of(
            AAS,
            CONTACT,
            round_with(mailbox_always=data.draw(st.booleans(), "mailbox always")),
            list(there.values()),
            channel=channel,
            organisation_number=ORGANISATION,
        )
        assert found
        for each in found:
            if not (each.is_to_send and each.channel == channel):
                continue
            assert taken() <= {"mail" if channel == "mail" else "organisations"}
            key = channel, each.recipient.key
            before = [receipt.state for receipt in there[key].receipts] if key in there else []
            outcome = data.draw(OUTCOMES, f"outcome at {each.recipient.where}")
            there[key] = (
                to_municipality(channel, *before, "sending", outcome)
                if channel != "mail"
                else message(
                    each.recipient.role, each.recipient.address, *before, "sending", outcome
                )
            )
        for key, sent in there.items():
            if data.draw(st.booleans(), f"something is found out of {key}"):
                states = [receipt.state for receipt in sent.receipts]
                after = FOUND_OUT.get(sent.state, sent.state)
                there[key] = replace(
                    sent,
                    receipts=tuple(Receipt(s, MORNING, "", "kari") for s in (*states, after)),
                )
