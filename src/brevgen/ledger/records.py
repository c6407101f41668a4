"""What the ledger tells: one record for each thing it remembers.

Apart from the tables, so that those who only hold a record need not load what reads them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from brevgen.actor import Account
from brevgen.language import untranslated
from brevgen.ledger.approval_records import ApprovalSignature

REQUEST = "request"
"""What the ledger calls the kind of every letter: a round has letters of one kind only."""


@dataclass(frozen=True)
class Event:
    """One thing that has happened.

    Args:
        sequence: its number in the ledger, from 1, without gaps.
        at: when, aware UTC, whole seconds; clocks may be put back, the sequence never is.
        actor: who did it.
        round: the round's name; empty for what concerns the whole ledger.
        municipality: municipality number; empty for what concerns the whole round.
        reference: the letter's reference; empty where it had none.
        act: what was done, in a few fixed English words, e.g. `reference given`.
        what: the particulars, in English, or a person's or a server's own words.
    """

    sequence: int
    at: datetime
    actor: Account
    round: str
    municipality: str
    reference: str
    act: str
    what: str


@dataclass(frozen=True)
class LedgerMark:
    """How far a ledger had come, to be kept elsewhere and compared with later.

    Args:
        identity: which ledger it was; a random name given when it was made.
        sequence: the number of its last event; 0 if there was none.
        hash: the hash of that event, which covers all before it; empty if there was none.
    """

    identity: str
    sequence: int
    hash: str


@dataclass(frozen=True)
class ManifestLetter:
    """A letter that is shown to someone or approved, with all it says.

    Args:
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference, already given to it.
        content_digest: SHA-256 of the UTF-8 bytes of `content_text`, 64 hexadecimal digits.
        content_text: what the letter says, as `Content.digest` digests it.
        signatory: in whose name the letter is.
        look: digest of all that decides how it looks; empty where not told.
        facts: the facts it was made from, as JSON can hold them; None where not told.
    """

    municipality: str
    reference: str
    content_digest: str
    content_text: str
    signatory: str
    look: str = ""
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class LetterFiles:
    """The PDF of one letter and the DOCX beside it; all but their bytes.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference, already given to it.
        content_digest: digest of all a reader can see, as `Content.digest` tells it.
        pdf_name: the PDF's file name.
        pdf_sha256: SHA-256 of the PDF, sealed or not, 64 hexadecimal digits.
        docx_name: the DOCX's file name.
        docx_sha256: SHA-256 of the DOCX, 64 hexadecimal digits.
        pages: pages of the PDF.
    """

    round: str
    municipality: str
    reference: str
    content_digest: str
    pdf_name: str
    pdf_sha256: str
    docx_name: str
    docx_sha256: str
    pages: int

    @property
    def names(self) -> tuple[str, str]:
        """The names of both files."""
        return self.pdf_name, self.docx_name


@dataclass(frozen=True)
class MadeDocument(LetterFiles):
    """The draft of one letter, as last made.

    Args:
        fingerprint: digest of everything the files were made from; same fingerprint, same bytes.
        made_at: when, aware; the ledger keeps whole seconds of UTC.
        account: who made them; told by the ledger, which knows, and not to it.
    """

    fingerprint: str
    made_at: datetime
    account: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """That an approval was taken back.

    Args:
        at: when, aware UTC, whole seconds.
        account: who did it.
        reason: why, in the person's own words; never empty.
    """

    at: datetime
    account: str
    reason: str


@dataclass(frozen=True)
class Approval:
    """That someone approved what a letter said.

    Args:
        reference: the letter's reference.
        municipality: municipality number, 4 digits as text.
        content_digest: digest of what was approved.
        manifest_digest: digest of the manifest it was approved with.
        account: who approved: the account that ran the command.
        signatory: in whose name.
        at: when, aware UTC, whole seconds.
        withdrawn: how it was taken back, if it was.
        sequence: the number of the event it was recorded with: a later one has a higher number,
            whatever the clock said; those of a ledger brought to version 3 share one.
        look: digest of how it looked; empty where that was not recorded.
        facts: the letter's facts as they were recorded with it; None where they were not.
        manifest: the number of its manifest, which tells it from another one with the same digest.
        signature: the passkey's signature it was approved with; None where there is none.
    """

    reference: str
    municipality: str
    content_digest: str
    manifest_digest: str
    account: str
    signatory: str
    at: datetime
    withdrawn: Withdrawal | None
    sequence: int = 0
    look: str = ""
    facts: Mapping[str, Any] | None = None
    manifest: int = 0
    signature: ApprovalSignature | None = None

    def covers(self, content_digest: str) -> bool:
        """Whether exactly this content is approved: no other was, and it was not taken back.

        It answers for the letter only if it is the letter's latest approval.
        """
        return self.withdrawn is None and self.content_digest == content_digest


@dataclass(frozen=True)
class SealedFile(LetterFiles):
    """The final files of one content of a letter, as it was approved: the PDF is sealed.

    Args:
        unsealed_sha256: SHA-256 of the PDF before the seal, 64 hexadecimal digits.
        sealed_at: when, aware; the ledger keeps whole seconds of UTC.
        sealed_by: the subject of the certificate it was sealed with (RFC 4514).
        is_test: whether that certificate is only for trying things out.
    """

    unsealed_sha256: str
    sealed_at: datetime
    sealed_by: str
    is_test: bool


@dataclass(frozen=True)
class SealedLetter:
    """A letter just sealed, to be kept.

    Args:
        file: what there is to know about it.
        pdf: the bytes of the sealed PDF.
        docx: the bytes of the DOCX.
    """

    file: SealedFile
    pdf: bytes = field(repr=False)
    docx: bytes = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What a municipality has answered to a letter, or that it has been given more time.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the reference of the letter it is an answer to.
        decided: how many it will settle, minors included; persons, 0 for a no; None where it has
            not decided.
        minors: unaccompanied minors among them; None where it told no number.
        decided_on: the day it decided; None where it has not.
        body: who decided, such as *kommunestyret*; empty where not known.
        conditions: what it made conditions of; empty where it made none.
        late_until: the day until which it has been given more time; None where it has not.
        journal: the answer's number in the archive; empty where not known.
        at: when it was registered, aware UTC, whole seconds; told by the ledger, and not to it.
        account: who registered it; told by the ledger too.
        sequence: the number of the event it was registered with; a later one has a higher number.
    """

    round: str
    municipality: str
    reference: str
    decided: int | None = None
    minors: int | None = None
    decided_on: date | None = None
    body: str = ""
    conditions: str = ""
    late_until: date | None = None
    journal: str = ""
    at: datetime | None = None
    account: str = ""
    sequence: int = 0


def last_decision(answers: Sequence[Answer]) -> Answer | None:
    """Of all answers to a letter, the first first, the decision that holds; None without one."""
    return next((each for each in reversed(answers) if each.decided is not None), None)


def more_time_until(answers: Sequence[Answer]) -> date | None:
    """The day until which a municipality was last given more time; None where it never was."""
    return next((each.late_until for each in reversed(answers) if each.late_until), None)


@dataclass(frozen=True)
class ArchiveNumber:
    """Where the archive keeps a letter.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference.
        case_number: the number of the case, e.g. `2017/9235`; never empty.
        journal_number: the number of the journal entry in it, e.g. `2`; may be empty.
        archive: what the archive is called; may be empty.
        at: when it was kept here, aware UTC, whole seconds; told by the ledger, and not to it.
        account: who kept it; told by the ledger too.
        sequence: the number of the event it was kept with; a later one has a higher number.
    """

    round: str
    municipality: str
    reference: str
    case_number: str
    journal_number: str = ""
    archive: str = ""
    at: datetime | None = None
    account: str = ""
    sequence: int = 0

    @property
    def in_words(self) -> str:
        """Case and entry in one, such as `2017/9235-2`."""
        if not self.journal_number or self.journal_number.startswith(self.case_number):
            return self.journal_number or self.case_number
        return f"{self.case_number}-{self.journal_number}"


Role = Literal["mayor", "chief_executive", "mailbox", "municipality", "copied"]
"""Who gets a letter; `municipality`: it as such, by organisation number; `copied`: somebody outside
of it, to be informed."""

State = Literal[
    "to send",  # not handed over, or to be handed over again
    "sending",  # being handed over now, or cut off in it
    "sent",  # taken
    "failed for now",  # not taken, but perhaps later
    "refused",  # never to be taken
    "uncertain",  # nobody knows
    "reached otherwise",  # has it by another way than this channel, says a person
]
"""Where a letter stands with one recipient."""

ReceiptState = State | Literal["reported"]
"""What a receipt says; `reported` is told beside where the letter stands, without changing it."""

STATES: tuple[ReceiptState, ...] = (
    untranslated("to send"),
    untranslated("sending"),
    untranslated("sent"),
    untranslated("failed for now"),
    untranslated("refused"),
    untranslated("uncertain"),
    untranslated("reached otherwise"),
    untranslated("reported"),
)

TO_SEND: frozenset[State] = frozenset({"to send", "failed for now"})
"""Where it may be handed over."""

TAKEN_OR_UNKNOWN: frozenset[State] = frozenset({"sending", "sent", "uncertain"})
"""Where the recipient has it by this channel, or may have it."""


@dataclass(frozen=True)
class Receipt:
    """What was found out about a delivery.

    Args:
        state: where it stood from then on; `reported`: what was told beside that.
        at: when, aware UTC, whole seconds.
        words: the server's, or why; one line without control characters.
        account: who found out: the account that ran the command.
        external_id: what the channel calls the delivery, where it told so only then.
    """

    state: ReceiptState
    at: datetime
    words: str
    account: str
    external_id: str | None = None


@dataclass(frozen=True)
class Delivery:
    """A sealed letter to one recipient through one channel, and what became of it.

    Sealed PDF, channel, recipient's key and copy say which one it is.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference.
        content_digest: digest of what the letter says.
        pdf_sha256: SHA-256 of the sealed PDF, 64 hexadecimal digits.
        channel: the channel's name, e.g. `mail`.
        recipient_key: who the recipient is for the channel: the mailbox in small ASCII letters
            (`same_mailbox`) for mail, an organisation number, ….
        role: who the recipient is.
        title: the recipient's title.
        name: the recipient's name; may be empty.
        address: the e-mail address as it was written; empty for other channels.
        external_id: what the delivery is called outside, known before it is handed over: the
            Message-ID of a mail; None where there is none.
        copy: 1, or higher for one sent again on purpose.
        receipts: what was found out, the oldest first; none for one not yet recorded.
    """

    round: str
    municipality: str
    reference: str
    content_digest: str
    pdf_sha256: str
    channel: str
    recipient_key: str
    role: Role
    title: str
    name: str
    address: str = ""
    external_id: str | None = None
    copy: int = 1
    receipts: tuple[Receipt, ...] = ()

    @property
    def last(self) -> Receipt | None:
        """The receipt that says where it stands; None if there is none."""
        return next((each for each in reversed(self.receipts) if each.state != "reported"), None)

    @property
    def state(self) -> State:
        """Where it stands, in a word."""
        last = self.last
        return "to send" if last is None or last.state == "reported" else last.state

    @property
    def words(self) -> str:
        """Why it stands there: the server's words or a person's; may be empty."""
        return self.last.words if self.last else ""

    @property
    def reports(self) -> tuple[Receipt, ...]:
        """What was told of it besides, such as a report of a failure after it was taken."""
        return tuple(each for each in self.receipts if each.state == "reported")

    @property
    def sent_at(self) -> datetime | None:
        """When it was taken, after it was last handed over; None if it never was.

        What is reported of it later is no time of sending.
        """
        at, is_new = None, True
        for each in self.receipts:
            if each.state == "sent" and is_new:
                at = each.at
            is_new = each.state == "sending" or (is_new and each.state != "sent")
        return at

    @property
    def is_ordered(self) -> bool:
        """Whether a person ordered it although the letter had left already."""
        return bool(self.receipts) and self.receipts[0].state == "to send"

    @property
    def has_left(self) -> bool:
        """Whether somebody has it, had it, or may have it: then its letter never changes."""
        reached = any(each.state == "reached otherwise" for each in self.receipts)
        return reached or self.sent_at is not None or self.state in TAKEN_OR_UNKNOWN
