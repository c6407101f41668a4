"""Passkeys are kept for good, and so is what each has signed."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from brevgen.ledger.approval_records import Passkey, PasskeySignature
from brevgen.ledger.manifests import digest_of
from tests.ledger.hands import by_another_hand
from tests.support.approving import MORNING, SERIES, letters

PHONE = Passkey("dGVsZWZvbg", "kari", "localhost", "bsO4a2tlbA", "Min telefon", ("internal", "usb"))
SIGNED = PasskeySignature("dGVsZWZvbg", "ZGF0YQ", "anNvbg", "c2lnbg")


def test_a_passkey_is_kept_with_whose_it_is_and_when(ledger):
    ledger.register_passkey(PHONE)
    ledger.register_passkey(replace(PHONE, credential_id="b2xh", account="ola", name="Nøkkel"))

    first, second = ledger.passkeys()
    assert first == replace(PHONE, at=MORNING, sequence=1)
    assert second.account == "ola"
    assert ledger.passkeys("kari") == [first]
    assert [(each.act, each.what) for each in ledger.events()] == [
        ("passkey registered", "Min telefon"),
        ("passkey registered", "Nøkkel"),
    ]


def test_a_passkey_is_registered_once_and_removed_once(ledger):
    ledger.register_passkey(PHONE)
    with pytest.raises(ValueError, match="registered already"):
        ledger.register_passkey(replace(PHONE, account="ola"))
    ledger.remove_passkey(PHONE.credential_id)
    with pytest.raises(LookupError, match="to remove"):
        ledger.remove_passkey(PHONE.credential_id)

    (gone,) = ledger.passkeys("kari")
    assert gone.removed_at == MORNING
    assert ledger.broken_events() == []


def test_an_approval_has_the_signature_it_was_given_also_when_the_key_is_removed(ledger):
    references = ledger.give_references("2018", ["0214", "0219"], SERIES, {})
    ledger.register_passkey(PHONE)
    ledger.approve("2018", letters(references), signed=SIGNED)
    ledger.remove_passkey(PHONE.credential_id)

    for approval in ledger.approvals("2018").values():
        assert approval.signature is not None
        assert approval.signature.signed == SIGNED
        assert approval.signature.passkey == ledger.passkeys()[0]
        assert digest_of(ledger.manifest(approval.manifest)) == approval.manifest_digest
    assert ledger.events("2018", "0214")[-1].what == (
        "in the name of Hege Aspelund, signed with a passkey"
    )
    assert ledger.broken_events() == []


def test_a_signature_is_good_for_one_approval(ledger):
    references = ledger.give_references("2018", ["0214"], SERIES, {})
    ledger.register_passkey(PHONE)
    ledger.approve("2018", letters(references), signed=SIGNED)
    ledger.withdraw("2018", ["0214"], "feil tall")

    with pytest.raises(IntegrityError):
        ledger.approve("2018", letters(references), signed=SIGNED)
    assert ledger.approvals("2018")["0214"].withdrawn is not None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE approval_signatures SET signature = 'b3RoZXI'",
        "DELETE FROM approval_signatures",
        "UPDATE passkeys SET public_key = 'b3RoZXI'",
    ],
)
def test_an_approval_whose_signature_or_key_another_hand_has_changed_is_none(ledger, path, change):
    references = ledger.give_references("2018", ["0214"], SERIES, {})
    ledger.register_passkey(PHONE)
    ledger.approve("2018", letters(references), signed=SIGNED)
    by_another_hand(path, change)

    assert ledger.approvals("2018") == {}
