"""Sending a letter once more on purpose: the same sealed file, ordered by a person, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from brevgen.channels.mail.channel import MailChannel
from brevgen.channels.recipients import (
    Recipient,
    copied_to,
    municipality_itself,
    recipients_of,
)
from brevgen.channels.svarut.folder import SvarUtFolder
from brevgen.characters import as_typed, cleaned
from brevgen.email_address import same_mailbox
from brevgen.errors import Refused, WrongUse
from brevgen.language import tr, untranslated
from brevgen.ledger.records import Delivery, State
from brevgen.rounds.addressees import CHANNELS_TO_ORGANISATIONS, Addressee, recipient_in
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.messages import delivery_of, writer_for
from brevgen.rounds.post import (
    ToSend,
    check_addresses,
    check_numbers,
    mail_settings,
    not_ready,
)
from brevgen.rounds.session import RoundSession
from brevgen.rounds.way_out import folder_for_portal

_AGAINST: dict[State, str] = {
    "to send": untranslated("it is still to be sent"),
    "failed for now": untranslated("it is still to be sent"),
    "sending": untranslated("it is being sent, or was cut off"),
    "uncertain": untranslated("it may have come: find out, then say so with --settle"),
    "refused": untranslated("it was refused: put the address right, or say --settle WHO resend"),
    "sent": "",
    "reached otherwise": "",
}
"""Why nothing is sent again to somebody, by where the last sending to them stands."""


def _against(last: Delivery | None) -> str:
    return tr(_AGAINST[last.state]) if last is not None and _AGAINST[last.state] else ""


@dataclass(frozen=True)
class Ordered:
    """What is to be sent once more.

    Args:
        numbers: the municipalities' numbers.
        messages: how many messages.
    """

    numbers: tuple[str, ...]
    messages: int


def order_again(session: RoundSession, who: str, why: str, *, number: str = "") -> Ordered:
    """Write down that letters are to be sent once more; they leave with the next sending.

    Args:
        who: municipality number or name: everyone whom the contacts name for it now; or one
            address, an earlier one or one that the contacts name now.
        why: kept in the history.
        number: municipality number of the only letter that is meant; empty for every letter that
            has gone to an address, as the copies for one reader all have.

    Raises:
        FaultyInput: the round has faults.
        WrongUse: it means nobody, or no reason is given.
        Unsendable: it is no address.
        Refused: the letter has not left, or somebody first needs another answer.
    """
    session.actor.must_have("send")
    if not cleaned(why):
        raise WrongUse(
            tr(
                'Say why: brevgen send {round} --again {who} "they never got it".',
                round=as_typed(session.name),
                who=as_typed(who),
            )
        )
    with session.settling() as ledger:
        orders = [each for each in _orders(session, who) if number in ("", each[0].letter.number)]
        if not orders:
            raise Refused(
                tr(
                    "{who}: no letter has left for them in the round {round}, so there is nothing"
                    " to send again.",
                    who=who,
                    round=session.name,
                )
            )
        against = [f"- {each.label}: {reason}" for each, reason in orders if reason]
        if against:
            raise Refused("\n".join([tr("Nothing is to be sent again:"), *against]))
        to_send = [each for each, _ in orders]
        writer = writer_for(session)
        way = _prepared_by(session, to_send)
        for each in to_send:
            external_id = way.prepare(writer.consignment(each)).external_id
            ledger.order_copy(delivery_of(each, external_id, session.name), why)
    return Ordered(tuple(sorted({each.letter.number for each in to_send})), len(to_send))


def _prepared_by(session: RoundSession, to_send: Sequence[ToSend]) -> MailChannel | SvarUtFolder:
    """What prepares them, the way the letter went; it reaches nobody.

    Raises:
        Refused: somebody may not be written to; all of them.
    """
    channel = to_send[0].addressee.channel
    if channel in CHANNELS_TO_ORGANISATIONS:
        check_numbers(to_send, session.workspace, channel)
        return folder_for_portal(session, is_counted=True)
    settings = mail_settings(session.workspace)
    check_addresses(to_send, settings)
    return MailChannel(settings)


def _orders(session: RoundSession, who: str) -> Iterator[tuple[ToSend, str]]:
    """Which letters go to whom again, and why not, if not."""
    is_address = "@" in who
    numbers = session.choose(() if is_address else [who])
    for letter in session.letters():
        if letter.number not in numbers or not letter.has_left or letter.sealed is None:
            continue
        latest = {
            each.recipient_key: each
            for each in session.known.deliveries[letter.number]
            if each.pdf_sha256 == letter.sealed.pdf_sha256
        }
        for recipient in _recipients(session, letter, latest, every=is_address):
            if is_address and recipient.key != same_mailbox(who):
                continue
            last = latest.get(recipient.key)
            once_more = replace(last, copy=last.copy + 1, receipts=()) if last else None
            reason = not_ready(letter, for_real=True) or _against(last)
            channel = last.channel if last else letter.addressees[0].channel
            yield ToSend(letter, Addressee(recipient, once_more, channel)), reason


def _recipients(
    session: RoundSession, letter: LetterStatus, latest: Mapping[str, Delivery], *, every: bool
) -> tuple[Recipient, ...]:
    """Whom the contacts name now; and whoever had the letter, where an address is asked for."""
    facts = session.facts
    contact, titles = facts.contacts[letter.number], letter.letter.municipality.distribution
    if letter.addressees[0].channel in CHANNELS_TO_ORGANISATIONS:
        number = letter.municipality.organisation_number
        return (municipality_itself(contact, titles, number),)
    always = facts.round.dispatch.mailbox_always
    now = recipients_of(contact, titles, mailbox_always=always)
    if not every:
        return now
    copied = copied_to(facts.copies(letter.municipality))
    found = {each.key: each for each in (*map(recipient_in, latest.values()), *copied, *now)}
    return tuple(found.values())
