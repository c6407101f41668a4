"""What the ledger tells: one record for each thing it remembers.

Apart from the tables, so that those who only hold a record need not load what reads them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class MadeDocument:
    """The PDF and the DOCX of one letter, as last made.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference, already given to it.
        state: a draft carries the UTKAST mark.
        fingerprint: digest of everything the files were made from; same fingerprint, same bytes.
        content_digest: digest of all a reader can see, as `Content.digest` tells it.
        pdf_name: the PDF's file name.
        pdf_sha256: SHA-256 of the PDF, 64 hexadecimal digits.
        docx_name: the DOCX's file name.
        docx_sha256: SHA-256 of the DOCX, 64 hexadecimal digits.
        pages: pages of the PDF.
        made_at: when, aware; the ledger keeps whole seconds of UTC.
        account: who made them; told by the ledger, which knows, and not to it.
    """

    round: str
    municipality: str
    reference: str
    state: Literal["draft"]
    fingerprint: str
    content_digest: str
    pdf_name: str
    pdf_sha256: str
    docx_name: str
    docx_sha256: str
    pages: int
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
    """

    reference: str
    municipality: str
    content_digest: str
    manifest_digest: str
    account: str
    signatory: str
    at: datetime
    withdrawn: Withdrawal | None

    def covers(self, content_digest: str) -> bool:
        """Whether exactly this content is approved: no other was, and it was not taken back.

        It answers for the letter only if it is the letter's latest approval.
        """
        return self.withdrawn is None and self.content_digest == content_digest


@dataclass(frozen=True)
class SealedFile:
    """The sealed PDF of one content of a letter and the DOCX beside it; all but their bytes.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference, already given to it.
        content_digest: digest of what they say, as it was approved.
        pdf_name: the PDF's file name.
        pdf_sha256: SHA-256 of the sealed PDF, 64 hexadecimal digits.
        unsealed_sha256: SHA-256 of the PDF before the seal, 64 hexadecimal digits.
        docx_name: the DOCX's file name.
        docx_sha256: SHA-256 of the DOCX, 64 hexadecimal digits.
        pages: pages of the PDF.
        sealed_at: when, aware; the ledger keeps whole seconds of UTC.
        sealed_by: the subject of the certificate it was sealed with, in words.
        is_test: whether that certificate is only for trying things out.
    """

    round: str
    municipality: str
    reference: str
    content_digest: str
    pdf_name: str
    pdf_sha256: str
    unsealed_sha256: str
    docx_name: str
    docx_sha256: str
    pages: int
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


Role = Literal["mayor", "chief_executive", "mailbox"]

State = Literal["to send", "sending", "sent", "refused", "failed for now", "uncertain"]
"""Where a letter stands with one recipient: not handed over; being handed over now, or cut off in
it; taken; never to be taken; not taken, but perhaps later; or nobody knows."""

TO_SEND: frozenset[State] = frozenset({"to send", "failed for now"})
"""Where it may be handed over."""

TAKEN_OR_UNKNOWN: frozenset[State] = frozenset({"sending", "sent", "uncertain"})
"""Where the recipient has it, or may have it."""


@dataclass(frozen=True)
class Dispatch:
    """One message: a sealed letter to one recipient.

    Args:
        message_id: the message's own name, which follows from letter, recipient and sealed PDF.
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference.
        content_digest: digest of what the letter says.
        pdf_sha256: SHA-256 of the sealed PDF, 64 hexadecimal digits.
        role: who the recipient is.
        title: the recipient's title.
        name: the recipient's name; may be empty.
        address: the recipient's address.
    """

    message_id: str
    round: str
    municipality: str
    reference: str
    content_digest: str
    pdf_sha256: str
    role: Role
    title: str
    name: str
    address: str


@dataclass(frozen=True)
class Receipt:
    """What was found out about a message.

    Args:
        state: where it stood from then on.
        at: when, aware UTC, whole seconds.
        words: the server's, or why.
        account: who found out: the account that ran the command.
    """

    state: State
    at: datetime
    words: str
    account: str


@dataclass(frozen=True)
class Dispatched:
    """A message and all its receipts, the oldest first; at least one."""

    dispatch: Dispatch
    receipts: tuple[Receipt, ...]

    @property
    def last(self) -> Receipt:
        """Where it stands."""
        return self.receipts[-1]

    @property
    def state(self) -> State:
        """Where it stands, in a word."""
        return self.last.state

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
    def has_left(self) -> bool:
        """Whether somebody has it, had it, or may have it: then its letter never changes."""
        return self.sent_at is not None or self.state in TAKEN_OR_UNKNOWN
