"""A letter approved and sealed tells of its approval itself, and verification holds it to that."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from brevgen.ledger.reader import LedgerReader
from brevgen.render.file_approval import NAMESPACE, read_approval
from tests.ledger.hands import with_a_new_chain
from tests.support.made_rounds import copied
from tests.support.running import Ran

Run = Callable[..., Ran]
AAS = "output/trial/letters/0214-Ås-17-09235.pdf"


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    return copied(sealed_trial, tmp_path / "workspace")


def told_by(file: Path) -> dict[str, str]:
    """What another library reads in a file's metadata of its approval."""
    names = ["approvedBy", "inTheNameOf", "approvedAt", "reference", "manifestDigest", "lookDigest"]
    with pikepdf.open(file) as document, document.open_metadata() as metadata:
        return {name: str(metadata[f"{{{NAMESPACE}}}{name}"]) for name in names}


def test_each_sealed_letter_tells_of_the_approval_that_the_ledger_has(workspace: Path) -> None:
    with LedgerReader(workspace / "data/ledger.sqlite3") as ledger:
        approvals = ledger.approvals("trial")
    files = sorted((workspace / "output/trial/letters").glob("*.pdf"))
    assert len(approvals) == len(files) == 6
    for approval, file in zip(approvals.values(), files, strict=True):
        assert told_by(file) == {
            "approvedBy": approval.account,
            "inTheNameOf": approval.signatory,
            "approvedAt": f"{approval.at:%Y-%m-%dT%H:%M:%SZ}",
            "reference": approval.reference,
            "manifestDigest": approval.manifest_digest,
            "lookDigest": approval.look,
        }


def test_verify_shows_it_beside_what_the_ledger_says(brevgen: Run, workspace: Path) -> None:
    ran = brevgen("verify", AAS)
    (told,) = json.loads(brevgen("verify", AAS, "--json").out)

    assert ran.code == 0
    said = told_by(workspace / AAS)
    assert "According to the file" in ran.out
    assert said["manifestDigest"] in ran.out.replace("\n", "").replace(" ", "")
    assert told["approval_held_by_seal"] is True
    assert told["approval"] == {
        "account": said["approvedBy"],
        "signatory": said["inTheNameOf"],
        "at": said["approvedAt"],
        "reference": "17-09235",
        "manifest": said["manifestDigest"],
        "look": said["lookDigest"],
    }
    assert told["ledger"]["approved_at"] == told["approval"]["at"]


def test_who_has_the_file_alone_reads_it_too(
    brevgen: Run, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tmp_path / "elsewhere" / "letter.pdf"
    alone.parent.mkdir()
    shutil.copy(workspace / AAS, alone)
    monkeypatch.chdir(alone.parent)

    (told,) = json.loads(brevgen("verify", alone, "--json").out)

    assert told["ledger"] is None
    assert told["approval"]["reference"] == "17-09235"
    assert told["approval_held_by_seal"] is True


def test_what_was_changed_after_the_seal_is_not_held_by_it(brevgen: Run, workspace: Path) -> None:
    file = workspace / AAS
    data = file.read_bytes()
    account = told_by(file)["approvedBy"].encode()
    by = b"<brevgen:approvedBy>"
    forged = data.replace(by + account, by + b"x" * len(account))
    assert forged != data
    file.write_bytes(forged)

    ran = brevgen("verify", AAS)
    (told,) = json.loads(brevgen("verify", AAS, "--json").out)

    assert ran.code != 0
    assert told["approval"]["account"] == "x" * len(account)
    assert told["approval_held_by_seal"] is False
    assert "The file was changed after it was sealed." in told["problems"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE manifests SET account = 'kato' WHERE act = 'approved'",
        "UPDATE manifests SET at = '2017-11-07T09:00:00Z' WHERE act = 'approved'",
        "UPDATE manifest_letters SET signatory = 'Kari Nordmann'",
    ],
)
def test_a_ledger_written_anew_contradicts_what_the_file_tells(
    brevgen: Run, workspace: Path, statement: str
) -> None:
    with_a_new_chain(workspace / "data/ledger.sqlite3", statement)
    (workspace / ".brevgen/ledger.json").unlink(missing_ok=True)

    (told,) = json.loads(brevgen("verify", AAS, "--json").out)

    assert told["verdict"] == "not good"
    (problem,) = told["problems"]
    assert problem.startswith("The file tells of an approval that the ledger does not have: ")


def test_drafts_tell_of_none(brevgen: Run, workspace: Path) -> None:
    brevgen("approve", "trial", "--only", "Ås", "--withdraw", "feil tall")
    brevgen("generate", "trial")

    (draft,) = (workspace / "output/trial/drafts").glob("0214*.pdf")
    assert read_approval(draft.read_bytes()) is None


def test_a_first_seal_that_stands_for_a_second_approval_tells_of_the_first(
    brevgen: Run, workspace: Path
) -> None:
    first = told_by(workspace / AAS)
    brevgen("approve", "trial", "--only", "Ås", "--withdraw", "feil tall")
    brevgen("generate", "trial")
    assert brevgen("approve", "trial", "--yes").code == 0

    (told,) = json.loads(brevgen("verify", AAS, "--json").out)

    assert told_by(workspace / AAS) == first
    assert told["verdict"] == "good"
    assert told["ledger"]["approved_at"] > told["approval"]["at"]
