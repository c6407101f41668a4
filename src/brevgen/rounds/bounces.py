"""Delivery reports that came back, and the letters they speak of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from brevgen.actor import Actor
from brevgen.channels.mail.bounces import Reading, Report
from brevgen.channels.mail.saved_mail import NotUnderstood
from brevgen.channels.words import shown
from brevgen.characters import cleaned
from brevgen.email_address import malformed, same_mailbox
from brevgen.language import untranslated
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import TAKEN_OR_UNKNOWN, Delivery, ReceiptState, State
from brevgen.rounds.session import Clock, RoundSession
from brevgen.workspace import Workspace

CLOCKS_DIFFER = timedelta(hours=2)
"""How much earlier than ours another server's clock may say a message was written."""

_REPORT = untranslated("report: {report}")
_REPORT_AT = untranslated("report: {report}, at {address}, to which it was passed on")
_REPORT_OF = untranslated("report: {report} (of the message of {arrived})")
_REPORT_OF_AT = untranslated(
    "report: {report} (of the message of {arrived}), at {address}, to which it was passed on"
)


@dataclass(frozen=True)
class Matched:
    """A report that speaks of a letter of ours.

    Args:
        round: the round's name.
        letter: municipality number and reference.
        recipient: title and address.
        action: what the report says happened.
        failed_at: the address at which it happened, where that is not the recipient's: the mail
            was passed on, and the recipient may well have it.
        state: where the letter stands with the recipient now.
        words: what the ledger says of it now, in the reader's language.
        is_new: whether it told anything that was not known before.
        is_certain: whether it names the message itself; else only address, time and subject fit.
    """

    round: str
    letter: str
    recipient: str
    action: str
    failed_at: str
    state: State
    words: str
    is_new: bool
    is_certain: bool


@dataclass(frozen=True)
class Bounces:
    """What saved mail has told.

    Args:
        matched: the reports of letters of ours.
        unmatched: the reports of other mail, or of what cannot be told.
        not_read: files that could not be read as mail at all.
        other_mail: mails without a report, those first that speak of a letter of ours.
        naming_ours: how many of them do.
    """

    matched: tuple[Matched, ...]
    unmatched: tuple[Report, ...]
    not_read: tuple[NotUnderstood, ...]
    other_mail: tuple[NotUnderstood, ...]
    naming_ours: int

    @property
    def is_all_understood(self) -> bool:
        """Whether nothing is left for a person to read that may be about a letter of ours."""
        return not (self.not_read or self.naming_ours)


def take_in(
    workspace: Workspace,
    reading: Reading,
    actor: Actor,
    clock: Clock,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Bounces:
    """Write down what reports say of our letters; what is known already changes nothing.

    Only a report that names the message, and whose failure is at the recipient's own address, marks
    the recipient as refused. All else is written beside where the letter stands. Each round is held
    while something is written of it, and its report is made anew.

    Args:
        actor: who has read it.
        clock: tells the time, aware.
        tell: is told what a person should know but is no result.

    Raises:
        RoundLocked: somebody else is changing a round; what was written by then is kept.
    """
    actor.must_have("send")
    with LedgerReader(workspace.ledger) as ledger:
        found = [(report, _delivery_of(ledger, report)) for report in reading.reports]
        mails = [each for each in reading.not_understood if each.is_mail]
        ours = [each for each in mails if any(ledger.find_delivery(i) for i in each.message_ids)]
    matched: dict[Report, Matched] = {}
    rounds = dict.fromkeys(match[0].round for _, match in found if match is not None)
    for name in rounds:
        with _held(workspace, name, actor, clock, tell) as writing:
            for report, match in found:
                if match is not None and match[0].round == name:
                    matched[report] = _write_down(writing, report, *match)
    return Bounces(
        matched=tuple(matched[report] for report, _ in found if report in matched),
        unmatched=tuple(report for report, match in found if match is None),
        not_read=tuple(each for each in reading.not_understood if not each.is_mail),
        other_mail=tuple(ours + [each for each in mails if each not in ours]),
        naming_ours=len(ours),
    )


@contextmanager
def _held(
    workspace: Workspace, name: str, actor: Actor, clock: Clock, tell: Callable[[str], None]
) -> Iterator[Ledger]:
    """A round of the ledger held for changing, even where the round's folder is gone."""
    if name in workspace.rounds():
        session = RoundSession(workspace, name, actor, clock, tell=tell)
        with session, session.changing() as ledger:
            yield ledger
    else:
        with Ledger(workspace.ledger, clock, actor) as ledger, ledger.round_lock(name):
            yield ledger


def words_of(report: Report) -> str:
    """A report in one line, in the reader's language."""
    return shown(_kept_words(report, ""))


def _kept_words(report: Report, failed_at: str) -> str:
    """A report in one line, as the ledger keeps it.

    With its time, for a message sent once more can come back once more.
    """
    if failed_at:
        message = _REPORT_OF_AT if report.arrived else _REPORT_AT
    else:
        message = _REPORT_OF if report.arrived else _REPORT
    told = f"{report.action} {report.status} {report.diagnostic}".strip()
    return message.format(report=told, arrived=report.arrived, address=failed_at)


def _write_down(ledger: Ledger, report: Report, sent: Delivery, is_certain: bool) -> Matched:
    failed_at = _passed_on_to(report, sent.address)
    words = _kept_words(report, failed_at)
    known = ledger.find_delivery(str(sent.external_id)) or sent
    is_new = all(receipt.words != cleaned(words) for receipt in known.receipts)
    state = known.state
    if is_new:
        after = _state_after(report, state, blames=is_certain and not failed_at)
        ledger.record_receipt(known, after, words)
        state = state if after == "reported" else after
    return Matched(
        round=sent.round,
        letter=f"{sent.municipality} {sent.reference}",
        recipient=f"{sent.title} {sent.address}",
        action=report.action,
        failed_at=failed_at,
        state=state,
        words=shown(words),
        is_new=is_new,
        is_certain=is_certain,
    )


def _state_after(report: Report, state: State, *, blames: bool) -> ReceiptState:
    """Where a letter stands by what a report says; a delayed one is still on its way.

    What a person has settled since is not undone, and what is not certain is told beside.
    """
    if not blames or state not in TAKEN_OR_UNKNOWN:
        return "reported"
    if report.action == "failed":
        return "refused"
    return "reported" if state == "sent" else "sent"


def _passed_on_to(report: Report, address: str) -> str:
    """The address of another recipient at which it happened; empty if it was at ours.

    A server may tell the box behind our address, in our domain, if it says which one we wrote to.
    """
    final = report.final
    if not final or _is_at(final, address):
        return ""
    same_domain = _domain(final) == _domain(address)
    return "" if same_domain and _is_at(report.recipient, address) else final


def _delivery_of(ledger: LedgerReader, report: Report) -> tuple[Delivery, bool] | None:
    """The message a report speaks of, and whether the report names it.

    By any id it may have; else by an address that only one message went to, if the report bears a
    trace of the letter: its time, or its reference in the subject.
    """
    named = [sent for each in report.message_ids if (sent := ledger.find_delivery(each))]
    if named:  # several where reports were sent on together
        at_it = [each for each in named if _is_at(report.recipient, each.address)]
        return (at_it or named)[0], True
    if not (report.sent_at or report.subject):
        return None
    found = [each for each in _sent_to(ledger, report.recipient) if _may_be_of(report, each)]
    return (found[0], False) if len(found) == 1 else None


def _may_be_of(report: Report, sent: Delivery) -> bool:
    if report.subject and sent.reference not in report.subject:
        return False
    began = sent.receipts[0].at
    return sent.has_left and not (report.sent_at and report.sent_at < began - CLOCKS_DIFFER)


def _sent_to(ledger: LedgerReader, address: str) -> list[Delivery]:
    """All messages to an address, however its domain is written."""
    return [] if malformed(address) else ledger.deliveries_to("mail", same_mailbox(address))


def _is_at(one: str, other: str) -> bool:
    return not malformed(one) and not malformed(other) and same_mailbox(one) == same_mailbox(other)


def _domain(address: str) -> str:
    return "" if malformed(address) else same_mailbox(address).rpartition("@")[2]
