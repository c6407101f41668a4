"""People's passkeys: registered by their owner in the desk, and removed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from brevgen.actor import Actor
from brevgen.characters import cleaned
from brevgen.errors import LedgerOutdated, Refused
from brevgen.files import make_folder
from brevgen.language import tr
from brevgen.ledger.approval_records import Passkey
from brevgen.ledger.passkey_signature import from_base64url, to_base64url
from brevgen.rounds.traces import missing_ledger
from brevgen.workspace import Workspace

LONGEST_NAME = 60
"""Characters of what a person calls a passkey."""


@dataclass(frozen=True)
class NewPasskey:
    """What a browser gives when a passkey is made; texts in base64url without padding.

    Args:
        credential_id: what it is called.
        client_data: what the browser says of it.
        attestation: what the device says of it, with its public key.
        transports: how browsers reach it.
        name: what the person calls it.
    """

    credential_id: str
    client_data: str
    attestation: str
    transports: tuple[str, ...]
    name: str


def registration_challenge(session_key: str) -> bytes:
    """What a browser is to repeat when a passkey is made, so that it was made in this log-in."""
    return hashlib.sha256(f"brevgen passkey 1\n{session_key}\n".encode()).digest()


def passkeys_of(workspace: Workspace, account: str) -> list[Passkey]:
    """The passkeys of an account, the first registered first; of all where it is empty."""
    from brevgen.ledger.reader import LedgerReader

    with LedgerReader(workspace.ledger) as ledger:
        return ledger.passkeys(account)


def register_passkey(
    workspace: Workspace,
    actor: Actor,
    clock: Callable[[], datetime],
    new: NewPasskey,
    *,
    host: str,
    origin: str,
    challenge: bytes,
) -> Passkey:
    """Register a passkey for the account that is logged in.

    Args:
        actor: whose it is; somebody who may approve.
        clock: tells the time, aware.
        host: the desk's host name, which the passkey is good for.
        origin: the desk's address, such as `https://brev.imdi.example`.
        challenge: what the browser was asked to repeat.

    Raises:
        Refused: the account may not approve, there is no name, or the passkey does not hold or is
            registered already.
    """
    from brevgen.ledger.ledger import Ledger

    actor.must_have("approve")
    name = cleaned(new.name, LONGEST_NAME)
    if not name:
        raise Refused(tr("Give the passkey a name, such as “my phone”."))
    public_key = _public_key(new, host, origin, challenge)
    passkey = Passkey(
        new.credential_id, actor.account, host, to_base64url(public_key), name, new.transports
    )
    if missing := missing_ledger(workspace):
        raise LedgerOutdated(missing)
    make_folder(workspace.ledger_folder)
    with Ledger(workspace.ledger, clock, actor, new=True) as ledger:
        try:
            ledger.register_passkey(passkey)
        except ValueError:
            raise Refused(tr("This passkey is registered already.")) from None
    return passkey


def _public_key(new: NewPasskey, host: str, origin: str, challenge: bytes) -> bytes:
    """The public key of a new passkey as SubjectPublicKeyInfo (DER)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from webauthn import verify_registration_response
    from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
    from webauthn.helpers.exceptions import WebAuthnException

    credential = {
        "id": new.credential_id,
        "rawId": new.credential_id,
        "type": "public-key",
        "response": {"clientDataJSON": new.client_data, "attestationObject": new.attestation},
    }
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
        if verified.credential_id != from_base64url(new.credential_id):
            raise ValueError("the device tells another name of the passkey than the browser")
        key = decoded_public_key_to_cryptography(
            decode_credential_public_key(verified.credential_public_key)
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Refused(
            tr(
                "The passkey could not be registered. Open this page anew and try once more. The"
                " browser’s answer did not hold: {reason}",
                reason=str(error),
            )
        ) from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def remove_passkey(
    workspace: Workspace, actor: Actor, clock: Callable[[], datetime], credential_id: str
) -> Passkey:
    """Let a passkey sign nothing more; what it has signed stands.

    Raises:
        Refused: it is another account's, and the actor does not administer the desk; or there is
            no such passkey, or it was removed already.
    """
    from brevgen.ledger.ledger import Ledger

    there = {each.credential_id: each for each in passkeys_of(workspace, "")}
    passkey = there.get(credential_id)
    if passkey is None or passkey.removed_at is not None:
        raise Refused(tr("There is no such passkey, or it was removed already."))
    if passkey.account not in actor.names:
        actor.must_have("administer")
    with Ledger(workspace.ledger, clock, actor) as ledger:
        ledger.remove_passkey(credential_id)
    return passkey
