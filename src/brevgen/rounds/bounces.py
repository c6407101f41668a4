"""Delivery reports that came back, and the recipients they speak of."""

from collections.abc import Iterable
from dataclasses import dataclass

from brevgen.channels.mail.bounces import Report
from brevgen.email_address import malformed, same_mailbox
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Delivery, State

_MEANS: dict[str, State] = {
    "failed": "refused",
    "delayed": "sent",
    "delivered": "sent",
    "relayed": "sent",
    "expanded": "sent",
}
"""Where a recipient stands by what the report says; a delayed message is still on its way."""


@dataclass(frozen=True)
class Matched:
    """A report that speaks of a message of ours.

    Args:
        round: the round's name.
        letter: municipality number and reference.
        recipient: title and address.
        action: what the report says happened.
        state: where the recipient stands now.
        words: the server's.
        is_new: whether it told anything that was not known before.
    """

    round: str
    letter: str
    recipient: str
    action: str
    state: State
    words: str
    is_new: bool


def take_in(ledger: Ledger, reports: Iterable[Report]) -> tuple[list[Matched], list[str]]:
    """Mark the recipients that reports speak of; a report that is known already changes nothing.

    Returns:
        the reports of our messages, and a line for each of another one.
    """
    matched, unknown = [], []
    for report in reports:
        sent = _message_of(ledger, report)
        words = f"report: {report.action} {report.status} {report.diagnostic}".strip()
        if report.arrived:  # so that a message sent once more can come back once more
            words += f" (of the message of {report.arrived})"
        if sent is None:
            unknown.append(f"{report.recipient or 'unknown recipient'} ({words})")
            continue
        state = _MEANS[report.action]
        is_new = all(each.words != words for each in sent.receipts)
        is_new = is_new and not (state == "sent" and sent.state == "refused")
        if is_new:
            ledger.record_receipt(sent, state, words)
        each = sent
        matched.append(
            Matched(
                each.round,
                f"{each.municipality} {each.reference}",
                f"{each.title} {each.address}",
                report.action,
                state if is_new else sent.state,
                words,
                is_new,
            )
        )
    return matched, unknown


def _message_of(ledger: LedgerReader, report: Report) -> Delivery | None:
    """The message a report speaks of: by its Message-ID, else by an address only one went to."""
    if report.message_id:
        return ledger.find_delivery(report.message_id)
    if malformed(report.recipient):
        return None
    to = ledger.deliveries_to("mail", same_mailbox(report.recipient))
    found = [each for each in to if each.has_left]
    return found[0] if len(found) == 1 else None
