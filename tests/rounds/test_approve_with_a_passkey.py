"""An approval may be signed with a passkey, which is checked first and then for ever."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from brevgen.actor import Actor
from brevgen.errors import Refused
from brevgen.ledger.approval_records import Passkey, PasskeySignature
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.passkey_signature import from_base64url, to_base64url
from brevgen.rounds.approve import Approved, approve
from brevgen.rounds.finals import prepare_sealing
from brevgen.rounds.lineup import Lineup, approver_for, line_up
from brevgen.rounds.passkey_signature import challenge_for
from brevgen.rounds.session import RoundSession
from brevgen.rounds.verification import Verification, as_json
from brevgen.rounds.verify import verify
from brevgen.rounds.verify_ledger import verify_ledger
from brevgen.rounds.withdraw import withdraw
from brevgen.workspace import find_workspace
from tests.support.passkeys import Device
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import Clock, generated, session, silent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two drafts, where letters are approved with passkeys only."""
    place = make_workspace(tmp_path_factory.mktemp("made") / "workspace")
    settings = place / "brevgen.toml"
    text = settings.read_text(encoding="utf-8")
    assert "[approval]" not in text
    settings.write_text(f'{text}\n[approval]\npasskey = "required"\n', encoding="utf-8")
    make_round(place, ROWS[:2])
    generated(place)
    return place


@pytest.fixture
def trial(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "workspace")


@pytest.fixture(scope="module")
def device() -> Device:
    return Device()


def register(place: Path, passkey: Passkey) -> None:
    with Ledger(place / "data/ledger.sqlite3", Clock(), Actor(passkey.account)) as ledger:
        ledger.register_passkey(passkey)


def approve_signed(
    place: Path, sign: Callable[[bytes], PasskeySignature | None], account: str = "hege"
) -> Approved:
    """Approve all, signing the challenge of what is lined up."""
    with session(place, account=account) as opened:
        chosen = opened.choose()
        return approve(
            opened,
            chosen,
            agree=lambda lineup: True,
            sealing=prepare_sealing(opened, 1),
            progress=silent,
            signed=sign(challenge_of(opened, line_up(opened, chosen, approver_for(opened)))),
        )


def challenge_of(opened: RoundSession, lineup: Lineup) -> bytes:
    return challenge_for(opened.ledger, lineup)


def verified(place: Path) -> list[Verification]:
    files = sorted((place / "output/trial/letters").glob("*.pdf"))
    return verify(files, find_workspace(place), Actor("arkivar"), Clock())


def test_an_approval_signed_with_a_passkey_is_verified(trial: Path, device: Device) -> None:
    register(trial, device.passkey())
    assert approve_signed(trial, device.signs).sealed == ("0214", "0219")

    for each in verified(trial):
        assert each.conclusion == (
            "Good: sealed, unchanged, and the letter that counts; its approval is signed with a"
            " passkey of hege."
        )
    (first, _) = json.loads(json.dumps(as_json(verified(trial))))
    assert first["ledger"]["passkey"] == {
        "holds": True,
        "account": "hege",
        "name": "telefon",
        "registered_at": "2017-11-06T09:01:00Z",
        "host": "localhost",
        "reason": "",
    }


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points the curve P-256 has: with s, its difference to this signs the same."""


def other_way_round(signature: str) -> str:
    """The same ECDSA signature in other bytes, which whoever has seen one can make."""
    r, s = decode_dss_signature(from_base64url(signature))
    return to_base64url(encode_dss_signature(r, ORDER - s))


@pytest.mark.parametrize(
    "written",
    [lambda kept: kept, other_way_round, lambda kept: f"{kept}\n", lambda kept: f"{kept}="],
)
def test_no_signature_is_good_for_the_same_letters_once_more(
    trial: Path, device: Device, written: Callable[[str], str]
) -> None:
    register(trial, device.passkey())
    kept: list[PasskeySignature] = []

    def sign(wanted: bytes) -> PasskeySignature:
        kept.append(device.signs(wanted))
        return kept[-1]

    approve_signed(trial, sign)
    with session(trial, account="hege") as opened:
        withdraw(opened, opened.choose(), "Feil tall")
    generated(trial)
    again = replace(kept[0], signature=written(kept[0].signature))
    with pytest.raises(Refused, match="for an earlier approval"):
        approve_signed(trial, lambda wanted: again)
    with session(trial) as opened:
        assert opened.known.approval("0214") is None

    approve_signed(trial, sign)  # and she may approve them once more herself
    assert all(each.verdict == "good" for each in verified(trial))
    assert verify_ledger(find_workspace(trial)).holds


def test_what_the_passkey_signed_stands_when_it_is_removed(trial: Path, device: Device) -> None:
    register(trial, device.passkey())
    approve_signed(trial, device.signs)
    with Ledger(trial / "data/ledger.sqlite3", Clock(), Actor("hege")) as ledger:
        ledger.remove_passkey(device.credential_id)
    assert all(each.holds and each.ledger and each.ledger.passkey for each in verified(trial))


def test_an_approval_of_before_it_was_required_stands_with_a_remark(trial: Path) -> None:
    with session(trial, account="hege") as opened:
        lineup = line_up(opened, opened.choose(), approver_for(opened))
        with opened.changing() as ledger:
            ledger.approve("trial", lineup.entries)
    approve_signed(trial, lambda wanted: None)  # only seals
    for each in verified(trial):
        assert (each.verdict, each.remarks) == (
            "good",
            ("Its approval is not signed with a passkey, which the settings ask for by now.",),
        )


def test_without_a_signature_nothing_is_approved_and_it_is_said_where_to_do_it(
    trial: Path, brevgen_there: Callable[..., str]
) -> None:
    with pytest.raises(Refused, match="done in the desk: open it with brevgen desk"):
        approve_signed(trial, lambda wanted: None)
    said = brevgen_there("approve", "trial", "--yes")
    assert "approval.passkey in brevgen.toml" in " ".join(said.split())
    with session(trial) as opened:
        assert opened.known.approvals == {}


@pytest.fixture
def brevgen_there(
    trial: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run a command that is refused; what it says."""
    from brevgen.cli.main import main

    def run(*words: str) -> str:
        monkeypatch.chdir(trial)
        monkeypatch.setattr("sys.argv", ["brevgen", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 3
        return capsys.readouterr().err

    return run


def test_what_does_not_hold_is_refused_and_nothing_is_approved(trial: Path, device: Device) -> None:
    other = Device(b"another")
    register(trial, device.passkey())
    register(trial, other.passkey(account="anne"))
    for sign, reason in (
        (lambda wanted: device.signs(b"other letters"), "made for other letters"),
        (
            lambda wanted: device.signs(wanted, origin="https://evil.example"),
            "made on https://evil",
        ),
        (lambda wanted: device.signs(wanted, flags=1), "did not check who was there"),
        (lambda wanted: other.signs(wanted), "not one that hege has registered"),
        (
            lambda wanted: replace(other.signs(wanted), credential_id=device.credential_id),
            "does not fit the registered passkey",
        ),
    ):
        with pytest.raises(Refused, match=reason):
            approve_signed(trial, sign)
    with Ledger(trial / "data/ledger.sqlite3", Clock(), Actor("hege")) as ledger:
        ledger.remove_passkey(device.credential_id)
    with pytest.raises(Refused, match="“telefon” was removed"):
        approve_signed(trial, device.signs)
    with session(trial) as opened:
        assert opened.known.approvals == {}


def test_a_signature_that_was_recorded_without_being_checked_is_found_out(
    trial: Path, device: Device
) -> None:
    register(trial, device.passkey())
    with session(trial, account="hege") as opened:
        lineup = line_up(opened, opened.choose(), approver_for(opened))
        with opened.changing() as ledger:
            ledger.approve("trial", lineup.entries, signed=device.signs(b"other letters"))
    assert approve_signed(trial, lambda wanted: None).sealed == ("0214", "0219")  # only sealed
    for each in verified(trial):
        assert each.conclusion == (
            "NOT GOOD: The passkey’s signature of its approval does not hold: It was made for"
            " other letters, for other words in them, or for an earlier approval."
        )
