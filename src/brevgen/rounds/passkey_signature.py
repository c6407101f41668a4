"""Whether the passkey's signature of an approval may stand, and whether it still holds."""

import hashlib

from brevgen.errors import Refused
from brevgen.language import tr
from brevgen.ledger.approval_records import PasskeySignature
from brevgen.ledger.passkey_signature import challenge, reason_against
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Approval
from brevgen.rounds.lineup import Lineup


def challenge_for(ledger: LedgerReader, lineup: Lineup) -> bytes:
    """What a passkey is to sign for the approval of what is lined up."""
    after = ledger.last_approved([each.reference for each in lineup.entries])
    return challenge(ledger.mark().identity, lineup.manifest, lineup.look, after)


def check_signature(
    ledger: LedgerReader, account: str, signed: PasskeySignature, wanted: bytes
) -> None:
    """See to it that a signature, just made, may stand under an approval.

    Args:
        ledger: knows the passkeys.
        wanted: the challenge that it must be over.

    Raises:
        Refused: the passkey is not the account's, or was removed, or the signature does not hold.
    """
    passkey = next(
        (each for each in ledger.passkeys(account) if each.credential_id == signed.credential_id),
        None,
    )
    if passkey is None:
        raise Refused(
            tr(
                "The passkey is not one that {account} has registered here. Use another one, or"
                " register it on the page of your account.",
                account=account,
            )
        )
    if passkey.removed_at is not None:
        raise Refused(
            tr("The passkey “{name}” was removed and signs nothing any more.", name=passkey.name)
        )
    if reason := reason_against(signed, passkey, wanted):
        raise Refused(
            tr("The signature of the passkey does not hold: {reason} Try again.", reason=reason)
        )


def reason_against_approval(ledger: LedgerReader, approval: Approval) -> str:
    """Why the passkey's signature of an approval does not hold; empty where it does.

    It is over the manifest, so that this must have the letter, and the digest that was recorded.
    """
    assert approval.signature is not None, "only signed ones are asked about"
    text = ledger.manifest(approval.manifest)
    digest = hashlib.sha256(text.encode()).hexdigest()
    line = f"{approval.reference} {approval.content_digest}"
    passkey = approval.signature.passkey
    if digest != approval.manifest_digest or line not in text.splitlines():
        return tr("The list of letters that it stands for is not the one that was signed.")
    if passkey.account != approval.account:
        return tr("The passkey is one of {account}.", account=passkey.account)
    references = [each.rpartition(" ")[0] for each in text.splitlines()]
    after = ledger.last_approved(references, before=approval.manifest)
    wanted = challenge(ledger.mark().identity, digest, approval.look, after)
    return reason_against(approval.signature.signed, passkey, wanted)
