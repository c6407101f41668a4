"""Sending: each approved letter to each of its recipients, once, with a receipt for each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from brevgen.channels.channel import Channel, ChannelUnusable, Consignment, Outgoing, Reply
from brevgen.channels.mail.message import Mail, mail_for, redirected
from brevgen.channels.recipients import address_refused, refused
from brevgen.email_address import same_mailbox
from brevgen.errors import BrevgenError, PartlyDone, Refused, WrongUse
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import sha256
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.ledger.dispatches import OtherHasLeft
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Dispatch, State
from brevgen.letter.templates import Templates, read_templates
from brevgen.marker import MARKER
from brevgen.rounds.addressees import Addressee
from brevgen.rounds.status import Planned
from brevgen.settings.mail import MailSettings
from brevgen.workspace import Workspace

PAUSES = (0.0, 30.0, 120.0)
"""How long to wait before each time that what is still to send is tried; seconds."""

MOST_FAILURES = 3
"""After so many failures for now, one after the other, the rest waits for the next try."""


@dataclass(frozen=True)
class ToSend:
    """One letter to one recipient, still to be sent."""

    letter: Planned
    addressee: Addressee

    @property
    def label(self) -> str:
        """Which letter and to whom, in a few words."""
        return f"{self.letter.municipality.label}, {self.addressee.recipient.title}"


@dataclass(frozen=True)
class Post:
    """What a run is to send.

    Args:
        to_send: in the order they are sent.
        not_ready: chosen letters that cannot be sent now, by the reason.
        waiting: recipients of chosen letters that need a person first.
    """

    to_send: tuple[ToSend, ...]
    not_ready: dict[str, tuple[Planned, ...]]
    waiting: tuple[ToSend, ...]

    @property
    def letters(self) -> int:
        """How many letters that are."""
        return len({each.letter.number for each in self.to_send})


@dataclass
class Sent:
    """What a run has done, by what became of the messages.

    Args:
        counts: how many messages came to which state.
        kept_back: letter and recipient to why it was not handed over.
        left: how many messages are still to be tried.
    """

    counts: dict[State, int] = field(default_factory=dict)
    kept_back: dict[str, str] = field(default_factory=dict)
    left: int = 0

    def note(self, state: State, before: State | None = None) -> None:
        """Count a message; it no longer counts as what it was before."""
        if before is not None:
            self.counts[before] -= 1
        self.counts[state] = self.counts.get(state, 0) + 1

    @property
    def is_done(self) -> bool:
        """Whether every message was taken."""
        troubled = sum(count for state, count in self.counts.items() if state != "sent")
        return not (self.kept_back or self.left or troubled)


def mail_settings(workspace: Workspace) -> MailSettings:
    """The settings without which nothing can be sent.

    Raises:
        FaultyInput: there are none.
    """
    if workspace.settings.mail is None:
        findings = Findings()
        findings.fault(
            "There is no table [mail], so no message can be made.",
            "Add it; the README shows how.",
            Place(MARKER, column="mail"),
        )
        findings.stop_on_faults()
    assert workspace.settings.mail is not None, "else it was a fault"
    return workspace.settings.mail


def message_templates(workspace: Workspace) -> Templates:
    """The templates of the messages that carry letters, checked when the round was opened."""
    findings = Findings()
    templates = read_templates(workspace.messages, findings, shown_as=workspace.messages.name)
    if templates is None:
        raise FaultyInput(findings.items)
    return templates


def post_of(
    letters: Sequence[Planned], *, only: Collection[str], limit: int, for_real: bool
) -> Post:
    """What there is to send.

    Args:
        letters: the whole round's plan.
        only: municipality numbers.
        limit: send no more than so many letters; 0 for all.
        for_real: whether the recipients are to get it; a trial also shows a TEST seal around.
    """
    to_send: list[ToSend] = []
    waiting: list[ToSend] = []
    not_ready: dict[str, tuple[Planned, ...]] = {}
    count = 0
    for each in letters:
        if each.number not in only:
            continue
        if reason := _not_ready(each, for_real):
            not_ready[reason] = (*not_ready.get(reason, ()), each)
            continue
        mine = [ToSend(each, one) for one in each.addressees if one.is_to_send]
        waiting += [
            ToSend(each, one)
            for one in each.addressees
            if not (one.is_to_send or one.state == "sent")
        ]
        if mine and (not limit or count < limit):
            to_send += mine
            count += 1
    return Post(tuple(to_send), not_ready, tuple(waiting))


def _not_ready(each: Planned, for_real: bool) -> str:
    """Why a letter cannot be sent, in a few words; empty if it can, or has been."""
    if each.state == "sent, then changed":
        return "changed since it was sent"
    if not each.is_approved:
        return "not approved"
    if each.sealed is None:
        return "approved but not sealed: approve again"
    if not each.is_intact:
        return "a file of it is missing or was changed: generate again"
    if for_real and each.sealed.is_test:
        return "sealed with the TEST key only: set the agency's own key, approve again"
    return ""


def check_addresses(
    to_send: Sequence[ToSend], settings: MailSettings, redirect_to: str = ""
) -> None:
    """Stop if anybody may not be written to.

    Raises:
        Refused: every one of them, and why.
    """
    against = [
        f"- {each.label}: {reason}"
        for each in to_send
        if (reason := refused(each.addressee.recipient, settings.allowed_domains))
    ]
    if redirect_to:
        reason = address_refused(redirect_to, settings.allowed_domains)
        against = [f"- {reason}"] if reason else []
    if against:
        raise Refused("Nothing was sent.\n" + "\n".join(against))


@dataclass(frozen=True)
class Writer:
    """Writes the message for a recipient from what lies on the disk.

    Args:
        workspace: where things lie.
        facts: the round.
        templates: those of the messages.
        settings: who the mail is from.
        clock: tells the time, aware.
        redirect_to: the trial's reader, who gets everything; empty for the true recipients.
    """

    workspace: Workspace
    facts: RoundFacts
    templates: Templates
    settings: MailSettings
    clock: Callable[[], datetime]
    redirect_to: str = ""

    def mail(self, each: ToSend) -> Mail:
        """The message with the final letter.

        Raises:
            Refused: a file is not the one that was approved and sealed.
        """
        letter, file = each.letter, each.letter.sealed
        assert file is not None, "only final letters are sent"
        pdf = self._read(file.pdf_name, file.pdf_sha256)
        docx = b""
        if self.facts.round.dispatch.attach_docx:
            docx = self._read(file.docx_name, file.docx_sha256)
        mail = self.preview(letter, each.addressee, pdf=pdf, docx=docx)
        return redirected(mail, self.redirect_to) if self.redirect_to else mail

    def preview(
        self, letter: Planned, addressee: Addressee, *, pdf: bytes, docx: bytes = b""
    ) -> Mail:
        """The message with whatever files."""
        consignment = Consignment(
            addressee.recipient,
            letter.letter,
            letter.content,
            self.templates.content(letter.letter),
            stem=letter.stem,
            pdf=pdf,
            docx=docx,
            at=self.clock(),
        )
        return mail_for(consignment, self.settings)

    def _read(self, name: str, digest: str) -> bytes:
        path = self.workspace.finals(self.facts.name) / name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Refused(f"{name} cannot be read ({error.strerror})") from error
        if sha256(data) != digest:
            raise Refused(f"{name} is not the file that was approved and sealed")
        return data


def send_all(
    ledger: Ledger,
    to_send: Sequence[ToSend],
    writer: Writer,
    channel: Channel,
    *,
    sleep: Callable[[float], object],
    progress: Callable[[int, int], None],
) -> Sent:
    """Send for real: each message once, with what became of it in the ledger.

    “Sending” is in the ledger before a message is handed over, so that it is known afterwards, come
    what may. What was surely not taken is tried again after growing pauses.

    Raises:
        ChannelUnusable: the channel takes nothing before a person mends it.
        KeyboardInterrupt: interrupted; a message under way is uncertain.
    """
    sent = Sent()
    waiting = list(to_send)
    states: dict[str, State] = {}

    def done(message_id: str, state: State) -> None:
        sent.note(state, states.get(message_id))
        states[message_id] = state
        progress(sum(n for s, n in sent.counts.items() if s != "failed for now"), len(to_send))

    for pause in PAUSES:
        if not waiting:
            break
        if pause:
            sleep(pause)
        waiting = _one_round(ledger, waiting, writer, channel, sent, done)
    sent.left = len(waiting)
    return sent


def _one_round(
    ledger: Ledger,
    to_send: Sequence[ToSend],
    writer: Writer,
    channel: Channel,
    sent: Sent,
    done: Callable[[str, State], None],
) -> list[ToSend]:
    """Try each message once; what is left to be tried again."""
    again: list[ToSend] = []
    in_a_row = 0
    for at, each in enumerate(to_send):
        if in_a_row >= MOST_FAILURES:
            return [*to_send[at:], *again]  # those that fail shall not stand before the others
        try:
            message = writer.mail(each).outgoing()
            channel.wait()  # now, for whoever interrupts it while it waits leaves nothing uncertain
            dispatch = _dispatch(each, message, writer.facts.name)
            if not ledger.begin_sending(dispatch):
                continue  # somebody else has sent it meanwhile
        except (BrevgenError, OtherHasLeft) as error:
            sent.kept_back[each.label] = str(error)
            continue
        reply = _hand_over(ledger, channel, message)
        state = reply.state
        ledger.record_receipt(message.external_id, state, reply.words)
        done(message.external_id, state)
        if state == "failed for now":
            again.append(each)
        in_a_row = in_a_row + 1 if state == "failed for now" else 0
    return again


def _hand_over(ledger: Ledger, channel: Channel, message: Outgoing) -> Reply:
    try:
        return channel.hand_over(message)
    except ChannelUnusable as error:
        ledger.record_receipt(message.external_id, "failed for now", f"not handed over: {error}")
        raise
    except KeyboardInterrupt:
        ledger.record_receipt(message.external_id, "uncertain", "interrupted by the user")
        raise


def _dispatch(each: ToSend, message: Outgoing, round_name: str) -> Dispatch:
    file, recipient = each.letter.sealed, each.addressee.recipient
    assert file is not None, "only final letters are sent"
    return Dispatch(
        message_id=message.external_id,
        round=round_name,
        municipality=each.letter.number,
        reference=file.reference,
        content_digest=file.content_digest,
        pdf_sha256=file.pdf_sha256,
        role=recipient.role,
        title=recipient.title,
        name=recipient.name,
        address=recipient.address,
    )


def rehearse(
    to_send: Sequence[ToSend],
    writer: Writer,
    channel: Channel,
    *,
    progress: Callable[[int, int], None],
) -> dict[str, str]:
    """Hand messages over without counting them as sent: to the outbox, or to a trial's reader.

    Returns:
        letter and recipient to why it was not handed over.

    Raises:
        ChannelUnusable: the channel takes nothing before a person mends it.
    """
    kept_back: dict[str, str] = {}
    in_a_row = 0
    for done, each in enumerate(to_send, start=1):
        if in_a_row >= MOST_FAILURES:
            raise PartlyDone(f"The rest was not tried: {kept_back.popitem()[1]}")
        try:
            message = writer.mail(each).outgoing()
            channel.wait()
            reply = channel.hand_over(message)
        except PartlyDone:
            raise
        except BrevgenError as error:
            kept_back[each.label] = str(error)
        else:
            in_a_row = in_a_row + 1 if reply.state == "failed for now" else 0
            if reply.state != "sent":
                kept_back[each.label] = f"{reply.state}: {reply.words}"
        progress(done, len(to_send))
    return kept_back


def letter_to(address: str, letters: Sequence[Planned]) -> Planned:
    """The letter that goes to an address.

    Raises:
        WrongUse: none does.
    """
    for letter in letters:
        if any(_is_at(address, each) for each in letter.addressees):
            return letter
    raise WrongUse(f"No letter of this round goes to {address}.")


def _is_at(address: str, addressee: Addressee) -> bool:
    return same_mailbox(addressee.recipient.address) == same_mailbox(address)


def settle(ledger: Ledger, letter: Planned, answer: str, address: str = "") -> int:
    """Write down what a person has found out about the uncertain messages with a letter.

    Args:
        ledger: open for writing.
        letter: which letter.
        answer: `sent`, or `resend` if it surely never came; a message that was refused may be sent
            again as well.
        address: only the message to this address; empty for all with the letter.

    Returns:
        how many messages that was.

    Raises:
        Refused: there is nothing to settle.
    """
    wanted: frozenset[State] = frozenset(
        {"uncertain"} if answer == "sent" else {"uncertain", "refused"}
    )
    to_settle = [
        each
        for each in letter.addressees
        if each.state in wanted and (not address or _is_at(address, each))
    ]
    if not to_settle:
        states = " or ".join(sorted(wanted, reverse=True))
        raise Refused(f"{letter.municipality.label}: no message is {states}; nothing to settle.")
    state: State = "sent" if answer == "sent" else "to send"
    for each in to_settle:
        assert each.sent is not None, "what has a state has been written down"
        ledger.record_receipt(each.sent.dispatch.message_id, state, "settled by a person")
    return len(to_settle)
