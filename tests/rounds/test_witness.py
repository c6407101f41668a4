"""Witnesses tell how far the ledger had come, and a ledger written anew contradicts them."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from brevgen.seal.detached import sign_detached
from brevgen.seal.key import open_key
from brevgen.workspace import find_workspace
from tests.ledger.hands import by_another_hand
from tests.support import pki
from tests.support.made_rounds import copied
from tests.support.running import Ran

Run = Callable[..., Ran]


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def witness(workspace: Path) -> Path:
    """What the approval of the round has left."""
    (found,) = (workspace / "data" / "witness").glob("*.json")
    return found


def told(brevgen: Run, *words: str | Path) -> tuple[int, dict[str, Any]]:
    ran = brevgen("verify", "--ledger", "--json", *words)
    return ran.code, json.loads(ran.out)


def test_an_approval_leaves_a_witness_that_the_ledger_agrees_with(
    brevgen: Run, witness: Path
) -> None:
    code, found = told(brevgen)
    said = json.loads(witness.read_text("utf-8"))

    assert code == 0
    assert (said["ledger"], said["event"], said["hash"], said["round"]) == (
        found["identity"],
        found["last_event"],
        found["hash"],
        "trial",
    )
    (heard,) = found["witnesses"]
    assert (heard["agrees"], heard["problem"], heard["sealed_by"]) == (True, "", "IMDi segl")


def test_openssl_checks_it_too(workspace: Path, witness: Path) -> None:
    check = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any"]
    check += ["-in", f"{witness}.p7s", "-content", witness, "-CAfile", workspace / "rot.pem"]  # type: ignore[list-item]
    ran = subprocess.run(check, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == witness.read_bytes()


def test_approving_what_is_approved_writes_no_second_one(brevgen: Run, witness: Path) -> None:
    assert brevgen("approve", "trial", "--yes", "--jobs", "1").code == 0
    assert list(witness.parent.glob("*.json")) == [witness]


def test_a_ledger_written_anew_after_it_contradicts_it(
    brevgen: Run, workspace: Path, witness: Path, tmp_path: Path
) -> None:
    kept = Path(shutil.copytree(witness.parent, tmp_path / "kept elsewhere"))
    last = json.loads(witness.read_text("utf-8"))["event"]
    by_another_hand(
        workspace / "data" / "ledger.sqlite3",
        f"DELETE FROM sealed WHERE event = {last}",
        f"DELETE FROM events WHERE id = {last}",
    )
    shutil.rmtree(witness.parent)
    (workspace / ".brevgen" / "ledger.json").unlink()
    assert brevgen("verify", "--ledger").code == 0, "by itself it cannot tell"

    for words in (kept, kept / witness.name, kept / f"{witness.name}.p7s"):
        ran = brevgen("verify", "--ledger", words)
        assert ran.code == 3
        assert f"has seen event {last}, and the ledger ends before it." in " ".join(ran.out.split())


def test_a_witness_somebody_has_changed_is_none(brevgen: Run, witness: Path) -> None:
    text = witness.read_text("utf-8")
    witness.write_text(text.replace('"round": "trial"', '"round": "other"'), "utf-8")
    ran = brevgen("verify", "--ledger")
    assert ran.code == 3
    assert "The file was changed after it was sealed." in ran.out
    Path(f"{witness}.p7s").unlink()
    assert brevgen("verify", "--ledger").code == 3
    witness.write_text("[]", "utf-8")
    assert brevgen("verify", "--ledger").code == 3
    ran = brevgen("verify", "--ledger", "nowhere.json")
    assert (ran.code, "There is no witness nowhere.json." in ran.err) == (2, True)


STRANGE = {
    "empty": b"",
    "cut short": b'{"what": "brevgen ledger witness", "ledger": "a", "event": 1',
    "not of JSON": b"<html>",
    "deep": b"[" * 200_000,
    "large": b" " * 3_000_000,
    "without end": b'{"what": "brevgen ledger witness", "ledger": "a", "event": Infinity,'
    b' "hash": "b", "at": "2017-11-06T09:00:00Z"}',
    "far away": b'{"what": "brevgen ledger witness", "ledger": "a", "event": 1' + b"0" * 40 + b","
    b' "hash": "b", "at": "2017-11-06T09:00:00Z"}',
    "before all": b'{"what": "brevgen archive", "ledger": {"identity": "a", "event": -1,'
    b' "hash": ""}}',
}


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_what_is_no_witness_is_told_and_hinders_nothing(
    brevgen: Run, workspace: Path, witness: Path, data: bytes
) -> None:
    brevgen("ledger", "backup", "copy.sqlite3")
    witness.write_bytes(data)
    (workspace / ".brevgen" / "ledger.json").write_bytes(data)

    code, found = told(brevgen)

    assert code == 3
    assert found["witnesses"][0]["problem"]
    assert found["faults"] == []
    ran = brevgen("ledger", "restore", "copy.sqlite3", "--highest", "", "--yes")
    assert (ran.code, witness.exists()) == (0, True)


def test_a_witness_by_another_agency_under_the_same_root_is_none(
    brevgen: Run, workspace: Path, witness: Path
) -> None:
    settings = workspace / "brevgen.toml"
    text = settings.read_text("utf-8")
    for number, problem in (
        (pki.IMDI, ""),
        ("987654321", "The seal belongs to IMDi segl AS (organisation number"),
    ):
        own = f'[seal]\norganisation_number = "{number}"\n'
        settings.write_text(text.replace("[seal]\n", own), "utf-8")
        code, found = told(brevgen)
        (heard,) = found["witnesses"]
        assert (code == 0) == (problem == "")
        assert heard["problem"].startswith(problem)
    assert witness.exists()


def test_two_witnesses_that_changed_places_with_their_seals_are_none(
    brevgen: Run, workspace: Path, witness: Path
) -> None:
    brevgen("approve", "trial", "--only", "Ås", "--withdraw", "feil")
    brevgen("generate", "trial", "--jobs", "1")
    assert brevgen("approve", "trial", "--yes", "--jobs", "1").code == 0
    one, other = sorted(witness.parent.glob("*.p7s"))
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)

    code, found = told(brevgen)

    assert code == 3
    assert {each["problem"] for each in found["witnesses"]} == {
        "The file was changed after it was sealed."
    }


def test_none_is_written_where_none_is_wanted(brevgen: Run, workspace: Path, witness: Path) -> None:
    with (workspace / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write("\n[ledger]\nwitness = false\n")
    shutil.rmtree(witness.parent)
    brevgen("approve", "trial", "--only", "Ås", "--withdraw", "feil")
    brevgen("generate", "trial", "--jobs", "1")
    assert brevgen("approve", "trial", "--yes", "--jobs", "1").code == 0
    assert not witness.parent.exists()


def test_a_backup_restored_puts_witnesses_of_what_it_does_not_know_aside(
    brevgen: Run, workspace: Path, witness: Path
) -> None:
    brevgen("ledger", "backup", "copy.sqlite3")
    brevgen("approve", "trial", "--only", "Ås", "--withdraw", "feil")
    brevgen("generate", "trial", "--jobs", "1")
    assert brevgen("approve", "trial", "--yes", "--jobs", "1").code == 0
    assert len(list(witness.parent.glob("*.json"))) == 2

    ran = brevgen("ledger", "restore", "copy.sqlite3", "--highest", "", "--yes")

    assert ran.code == 0, ran.err
    assert list(witness.parent.glob("*.json")) == [witness]
    assert len(list(witness.parent.glob("before-restore-*/*.json*"))) == 2
    _, found = told(brevgen)
    assert found["faults"] == []
    assert [each["agrees"] for each in found["witnesses"]] == [True]


def test_the_manifest_of_an_archive_is_a_witness_too(
    brevgen: Run, workspace: Path, tmp_path: Path
) -> None:
    _, found = told(brevgen)
    mark = {"identity": found["identity"], "event": found["last_event"], "hash": found["hash"]}
    kept = tmp_path / "manifest.json"
    for hash_, agrees in ((found["hash"], True), ("0" * 64, False)):
        manifest = {"what": "brevgen archive", "ledger": mark | {"hash": hash_}, "letters": []}
        kept.write_text(json.dumps(manifest), "utf-8")
        settings = find_workspace(workspace).settings.seal
        at = datetime.now(UTC)
        seal = sign_detached(open_key(settings, workspace, at), kept.read_bytes(), at)
        kept.with_name("manifest.json.p7s").write_bytes(seal)

        code, found = told(brevgen, kept)
        (heard,) = found["witnesses"]
        assert (code == 0, heard["agrees"], heard["seen_at"]) == (agrees, agrees, None)
