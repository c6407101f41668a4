"""Passkeys are registered by their owner, on the desk's own page, and removed."""

from dataclasses import replace
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import LedgerOutdated, Refused
from brevgen.ledger.approval_records import Passkey
from brevgen.rounds.passkeys import (
    NewPasskey,
    passkeys_of,
    register_passkey,
    registration_challenge,
    remove_passkey,
)
from brevgen.workspace import find_workspace
from tests.support.passkeys import HOST, ORIGIN, PRESENT, Device
from tests.support.sessions import Clock

HEGE = Actor("hege")
ASKED = registration_challenge("a log-in")


def register(place: Path, new: NewPasskey, actor: Actor = HEGE) -> Passkey:
    return register_passkey(
        find_workspace(place), actor, Clock(), new, host=HOST, origin=ORIGIN, challenge=ASKED
    )


def test_a_passkey_is_registered_for_the_account_that_is_logged_in(workspace: Path) -> None:
    device = Device()
    register(workspace, device.registers(ASKED, name="Min  telefon\n"))

    (kept,) = passkeys_of(find_workspace(workspace), "hege")
    assert (kept.account, kept.host, kept.name) == ("hege", HOST, "Min  telefon")
    assert kept.public_key == device.passkey().public_key
    assert kept.transports == ("internal",)
    assert passkeys_of(find_workspace(workspace), "anne") == []


@pytest.mark.parametrize(
    "new",
    [
        Device().registers(registration_challenge("another log-in")),
        Device().registers(ASKED, origin="https://evil.example"),
        Device().registers(ASKED, host="evil.example"),
        Device().registers(ASKED, flags=PRESENT),
        replace(Device().registers(ASKED), credential_id="YW5vdGhlcg"),
        replace(Device().registers(ASKED), attestation="bm9uZQ"),
        replace(Device().registers(ASKED), client_data="!"),
        NewPasskey("", "", "", (), "telefon"),
    ],
    ids=["challenge", "origin", "host", "nobody checked", "name", "device", "browser", "nothing"],
)
def test_what_does_not_hold_is_not_registered(workspace: Path, new: NewPasskey) -> None:
    with pytest.raises(Refused, match="could not be registered"):
        register(workspace, new)
    assert passkeys_of(find_workspace(workspace), "") == []


def test_a_passkey_has_a_name_and_is_registered_once_by_who_may_approve(workspace: Path) -> None:
    device = Device()
    with pytest.raises(Refused, match="Give the passkey a name"):
        register(workspace, device.registers(ASKED, name=" "))
    with pytest.raises(Refused, match="may not approve letters"):
        register(workspace, device.registers(ASKED), Actor("anne", roles=("make",)))
    register(workspace, device.registers(ASKED))
    with pytest.raises(Refused, match="registered already"):
        register(workspace, device.registers(ASKED), Actor("anne"))


def test_a_passkey_is_removed_by_its_owner_or_who_administers(workspace: Path) -> None:
    place, clock = find_workspace(workspace), Clock()
    first, second = (register(workspace, Device(name).registers(ASKED)) for name in (b"1", b"2"))
    with pytest.raises(Refused, match="may not change the settings"):
        remove_passkey(place, Actor("anne", roles=("approve",)), clock, first.credential_id)
    remove_passkey(place, Actor("hege", roles=("approve",)), clock, first.credential_id)
    remove_passkey(place, Actor("root", roles=("administer",)), clock, second.credential_id)
    with pytest.raises(Refused, match="no such passkey"):
        remove_passkey(place, HEGE, clock, first.credential_id)
    assert all(each.removed_at for each in passkeys_of(place, "hege"))


def test_no_ledger_is_begun_where_one_is_missing(workspace: Path) -> None:
    letters = workspace / "output/trial/letters"
    letters.mkdir(parents=True)
    (letters / "0214-Ås-17-09235.pdf").write_bytes(b"%PDF")
    with pytest.raises(LedgerOutdated, match="There is no ledger"):
        register(workspace, Device().registers(ASKED))
    assert not find_workspace(workspace).has_ledger
