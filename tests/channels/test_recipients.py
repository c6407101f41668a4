"""Who gets a letter, and who never does."""

import pytest

from brevgen.channels.recipients import (
    Recipient,
    address_refused,
    copied_to,
    recipients_of,
    refused,
)
from brevgen.errors import BrevgenError
from brevgen.facts.contacts import Contact, Person
from brevgen.settings.round import Copy

TITLES = ("Ordfører", "Rådmann")
MAYOR = Person("", "ordforer@as.kommune.example")
CHIEF = Person("Trine Lie", "radmann@as.kommune.example")
MAILBOX = "postmottak@as.kommune.example"


def contact(mayor: Person = MAYOR, chief: Person = CHIEF, mailbox: str = MAILBOX) -> Contact:
    return Contact("0214", mailbox, mayor, chief)


def sent_to(contact: Contact, *, mailbox_always: bool = False) -> list[tuple[str, str]]:
    return [
        (each.role, each.address)
        for each in recipients_of(contact, TITLES, mailbox_always=mailbox_always)
    ]


def test_mayor_and_chief_executive_each_get_a_message_of_their_own() -> None:
    assert recipients_of(contact(), TITLES, mailbox_always=False) == (
        Recipient("mayor", "Ordfører", "", MAYOR.address),
        Recipient("chief_executive", "Rådmann", "Trine Lie", CHIEF.address),
    )


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (contact(mayor=Person()), [("chief_executive", CHIEF.address), ("mailbox", MAILBOX)]),
        (contact(chief=Person()), [("mayor", MAYOR.address), ("mailbox", MAILBOX)]),
        (contact(Person(), Person()), [("mailbox", MAILBOX)]),
        (contact(Person("Kari Moen"), Person()), [("mailbox", MAILBOX)]),
    ],
)
def test_where_one_of_them_is_unknown_the_mailbox_gets_it_once(
    known: Contact, wanted: list[tuple[str, str]]
) -> None:
    assert sent_to(known) == wanted


def test_the_mailbox_always_gets_it_where_the_round_says_so() -> None:
    assert sent_to(contact(), mailbox_always=True)[-1] == ("mailbox", MAILBOX)


def test_two_who_share_an_address_get_one_message_for_both() -> None:
    shared = Person("Kari Moen", "Ordforer@AS.kommune.example")
    (one,) = recipients_of(contact(chief=shared), TITLES, mailbox_always=False)
    assert one == Recipient("mayor", "Ordfører og rådmann", "", MAYOR.address)
    assert one.called("Ås kommune") == "Ordfører og rådmann i Ås kommune"


def test_a_mailbox_that_is_also_a_persons_address_gets_one_message() -> None:
    alone = contact(mayor=Person("", MAILBOX))
    assert sent_to(alone, mailbox_always=True) == [
        ("mayor", MAILBOX),
        ("chief_executive", CHIEF.address),
    ]


def test_one_domain_in_two_spellings_is_one_address() -> None:
    both = contact(Person("", "post@ås.example"), Person("", "post@XN--s-1fa.example"))
    assert len(recipients_of(both, TITLES, mailbox_always=False)) == 1


def test_nobody_is_made_up_where_nobody_can_be_reached() -> None:
    assert recipients_of(contact(Person(), Person(), ""), TITLES, mailbox_always=True) == ()


def test_a_distribution_of_other_than_two_titles_is_refused() -> None:
    with pytest.raises(BrevgenError, match="names 1 titles"):
        recipients_of(contact(), ["Ordfører"], mailbox_always=False)


def test_a_recipient_is_called_by_all_that_is_known() -> None:
    assert Recipient("mailbox", "Postmottak", "", MAILBOX).called("Ås kommune") == (
        "Postmottak i Ås kommune"
    )


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("a@as.kommune.example", ["example"]),
        ("a@as.kommune.example", ["kommune.example"]),
        ("a@as.kommune.example", ["other.example", "as.kommune.example"]),
        ("a@AS.Kommune.EXAMPLE", ["as.kommune.example"]),
        ("a@ås.example", ["xn--s-1fa.example"]),
    ],
)
def test_a_domain_allows_itself_and_all_below_it(address: str, allowed: list[str]) -> None:
    assert refused(Recipient("mayor", "Ordfører", "", address), allowed) == ""


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("a@notkommune.example", ["kommune.example"]),
        ("a@example.kommune", ["example"]),
        ("a@kommune.example.evil", ["kommune.example"]),
        ("a@example", ["kommune.example"]),
        ("a@as.kommune.example", []),
        ("a@as.kommune.example\r\nBcc: x@as.kommune.example", ["example"]),
        ("", ["example"]),
    ],
)
def test_everybody_else_is_refused_with_a_reason(address: str, allowed: list[str]) -> None:
    assert address_refused(address, allowed)
    assert refused(Recipient("mayor", "Ordfører", "", address), allowed).endswith(".")


def test_who_gets_a_copy_is_called_by_the_name_the_settings_give() -> None:
    named, nameless = copied_to(
        [Copy(address="ost@imdi.example", name="IMDi Øst"), Copy(address="ks@ks.example")]
    )
    assert (named.title, named.called("Ås kommune")) == ("Kopi til IMDi Øst", "IMDi Øst")
    assert (nameless.title, nameless.called("Ås kommune")) == ("Kopi", "")
    assert {named.role, nameless.role} == {"copied"}
