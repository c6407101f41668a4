"""What the ledger tells of the way to an approval: asked for, read, signed with a passkey."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RequestEndState = Literal["sent back", "taken back"]
"""By the one who was to approve, or by the one who asked."""


@dataclass(frozen=True)
class RequestEnd:
    """That a request for the approval of one letter came to nothing.

    Args:
        how: sent back by who was to approve, or taken back by who asked.
        reason: why, in the person's own words; never empty where it was sent back.
        at: when, aware UTC, whole seconds.
        account: who did it.
        sequence: the number of the event it was recorded with.
    """

    how: RequestEndState
    reason: str
    at: datetime
    account: str
    sequence: int


@dataclass(frozen=True)
class RequestedLetter:
    """One letter whose approval was asked for.

    Args:
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference.
        content_digest: digest of what it said then.
        end: how the request ended for it; None where it is open, or the letter was approved, which
            the approvals tell.
    """

    municipality: str
    reference: str
    content_digest: str
    end: RequestEnd | None = None


@dataclass(frozen=True)
class ApprovalRequest:
    """That somebody asked for the approval of letters.

    Args:
        round: the round's name.
        digest: digest of the manifest that was asked about.
        account: who asked.
        at: when, aware UTC, whole seconds.
        whom: an account or a signatory who is to approve; empty for whoever may.
        note: what the one who asked wants to say; may be empty.
        letters: the letters, by municipality number in order.
        sequence: the number of the event it was recorded with; an approval of one of the letters
            that has a higher number came after it.
    """

    round: str
    digest: str
    account: str
    at: datetime
    whom: str
    note: str
    letters: Mapping[str, RequestedLetter]
    sequence: int


@dataclass(frozen=True)
class Reading:
    """That somebody read a letter.

    Args:
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference.
        content_digest: digest of what was read.
        account: who read it.
        at: when, aware UTC, whole seconds.
        note: what the reader tells the caseworker; may be empty.
        sequence: the number of the event it was recorded with.
    """

    municipality: str
    reference: str
    content_digest: str
    account: str
    at: datetime
    note: str
    sequence: int


@dataclass(frozen=True)
class Passkey:
    """A key that a person keeps in a device and signs approvals with.

    Args:
        credential_id: what it is called (WebAuthn), base64url without padding.
        account: whose it is.
        host: the host name it is good for (WebAuthn's relying party).
        public_key: what checks its signatures, SubjectPublicKeyInfo (DER), base64url.
        name: what the person calls it.
        transports: how browsers reach it, such as `internal`; may be empty.
        at: when it was registered, aware UTC, whole seconds; told by the ledger, and not to it.
        removed_at: when it was removed; None while it can be used. What it signed before stands.
        sequence: the number of the event it was registered with; told by the ledger too.
    """

    credential_id: str
    account: str
    host: str
    public_key: str
    name: str
    transports: tuple[str, ...] = ()
    at: datetime | None = None
    removed_at: datetime | None = None
    sequence: int = 0


@dataclass(frozen=True)
class PasskeySignature:
    """What a passkey gave when it signed; all but the name of the key in base64url without padding.

    Args:
        credential_id: which passkey.
        authenticator_data: what the device says: host, presence, verification of the person.
        client_data: what the browser says, JSON: the challenge that was signed, and the page.
        signature: over both.
    """

    credential_id: str
    authenticator_data: str
    client_data: str
    signature: str


@dataclass(frozen=True)
class ApprovalSignature:
    """The signature of an approval, with the passkey that gave it.

    Args:
        signed: the signature.
        passkey: whose it is, and what checks it.
    """

    signed: PasskeySignature
    passkey: Passkey
