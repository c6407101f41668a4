"""From draft to sealed letter: shown, approved, sealed once, lapsed, withdrawn, verified."""

import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest

from brevgen.actor import process_actor
from tests.support.made_rounds import copied, give_key, made_once, make_drafts
from tests.support.reading import columns, docx_blocks, page_texts
from tests.support.running import Ran
from tests.support.samples import ROWS, make_round

pytestmark = pytest.mark.slow

Run = Callable[..., Ran]

APPROVED = "Dokumentet er godkjent elektronisk og trenger derfor ikke signatur."
GODKJENT = "Dokumentet er godkjent elektronisk og treng derfor ikkje signatur."
AAS = "0214-Ås-17-09235.pdf"
OTHER = "daemon"
"""An account that every system has, and nobody runs tests under."""


@pytest.fixture
def workspace(shared: Path, tmp_path: Path) -> Path:
    """Six drafts, and no key yet."""
    return copied(made_once(shared, "drafted trial", make_drafts), tmp_path / "workspace")


@pytest.fixture
def finals(workspace: Path) -> Path:
    return workspace / "output" / "trial" / "letters"


@pytest.fixture
def drafts(workspace: Path) -> Path:
    return workspace / "output" / "trial" / "drafts"


@pytest.fixture
def approve(brevgen: Run) -> Run:
    """Approve without being asked."""
    return lambda *words: brevgen("approve", "trial", "--yes", "--jobs", "1", *words)


def lines(brevgen: Run) -> dict[str, dict[str, Any]]:
    return {
        each["number"]: each
        for each in json.loads(brevgen("status", "trial", "--json").out)["letters"]
    }


def states(brevgen: Run) -> dict[str, str]:
    return {number: each["state"] for number, each in lines(brevgen).items()}


def settings(workspace: Path, text: str) -> None:
    with (workspace / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def act_as(account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the next commands under another account."""
    number = pwd.getpwnam(account).pw_uid
    monkeypatch.setattr(os, "getuid", lambda: number)
    monkeypatch.setattr(os, "getlogin", lambda: account)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)


def asked(old: str, new: str) -> tuple[str, ...]:
    return tuple(row.replace(old, new) for row in ROWS)


# -- approving ------------------------------------------------------------------------------------


def test_approved_letters_are_final_and_say_so(
    approve: Run, brevgen: Run, finals: Path, drafts: Path
) -> None:
    ran = approve()
    assert ran.code == 0, ran.err
    assert "6 letters approved, 6 sealed" in ran.out
    assert set(states(brevgen).values()) == {"final"}
    assert len(list(finals.iterdir())) == 12
    assert list(drafts.iterdir()) == []
    for file in finals.glob("*.pdf"):
        text = " ".join(page_texts(file.read_bytes()))
        words = " ".join(docx_blocks(file.with_suffix(".docx").read_bytes()))
        for said in (text, words):
            assert (APPROVED in said) != (GODKJENT in said)
            assert "UTKAST" not in said


def test_final_letters_still_follow_both_standards(approve: Run, finals: Path) -> None:
    approve()
    files = list(finals.glob("*.pdf"))
    assert len(files) == 6
    for file in files:
        for profile in ("2a", "ua1"):
            assert page.validate_pdf_bytes(file.read_bytes(), profile=profile).is_compliant


def test_before_it_asks_it_shows_what_is_to_be_approved(brevgen: Run) -> None:
    ran = brevgen("approve", "trial")
    assert ran.code == 3
    assert "Hege Aspelund" in ran.out
    assert "regiondirektør, IMDi Region Nord" in ran.out
    assert "118" in ran.out
    shown = columns(ran.out[ran.out.index("┃ Number") :])
    assert shown[0] == " ".join(row[:4] for row in ROWS)
    assert "Gáivuotna – Kåfjord – Kaivuono" in shown[1]
    assert shown[2] == "10 65 10 12 10 11"
    assert "Saturday" in ran.out
    assert "Nobody is there to be asked" in ran.err
    assert set(states(brevgen).values()) == {"draft"}


def test_what_has_changed_since_the_last_look_is_shown(brevgen: Run, workspace: Path) -> None:
    brevgen("approve", "trial")
    make_round(workspace, asked("Ås;10", "Ås;14"))
    brevgen("generate", "trial", "--jobs", "1")
    ran = brevgen("approve", "trial")
    assert "0214 Ås: says otherwise than when it was last shown to you" in ran.out
    before, now = columns(ran.out[ran.out.index("0214 Ås: says otherwise") :])
    assert "bosette 10" in before
    assert "bosette 14" in now


def test_the_ledger_keeps_who_approved_what_in_whose_name(
    approve: Run, brevgen: Run, workspace: Path
) -> None:
    approve("--only", "Ås")
    approval = lines(brevgen)["0214"]["approval"]
    assert approval["state"] == "approved"
    assert approval["by"] == process_actor().account
    assert approval["in_the_name_of"] == "Hege Aspelund"
    with closing(sqlite3.connect(workspace / "data" / "ledger.sqlite3")) as ledger:
        ((reference, text),) = ledger.execute(
            "SELECT reference, text FROM manifest_letters JOIN manifests ON manifest = id"
            " JOIN contents ON contents.digest = content_digest WHERE act = 'approved'"
        )
    assert reference == "17-09235"
    assert APPROVED in text
    assert "UTKAST" not in text


def test_a_part_of_a_round_may_be_approved(approve: Run, brevgen: Run) -> None:
    approve("--region", "Nord")
    assert sorted(n for n, state in states(brevgen).items() if state == "final") == ["1940", "2011"]


def test_approving_again_does_nothing_and_seals_nothing_anew(
    approve: Run, brevgen: Run, finals: Path
) -> None:
    approve()
    before = {file.name: file.read_bytes() for file in finals.iterdir()}
    ran = approve()
    assert ran.code == 0
    assert "approved and sealed already" in ran.out
    assert brevgen("generate", "trial", "--jobs", "1").code == 0
    assert {file.name: file.read_bytes() for file in finals.iterdir()} == before


def test_two_workers_seal_what_one_would(brevgen: Run, finals: Path) -> None:
    assert brevgen("approve", "trial", "--yes", "--jobs", "2").code == 0
    assert len(list(finals.glob("*.pdf"))) == 6


# -- refusals -------------------------------------------------------------------------------------


def test_what_was_never_made_as_a_draft_cannot_be_approved(brevgen: Run, workspace: Path) -> None:
    make_round(workspace, ROWS[2:3], name="new")
    ran = brevgen("approve", "new", "--yes")
    assert ran.code == 3
    assert "make the draft first" in ran.err


def test_a_draft_that_no_longer_says_what_it_would_say_cannot_be_approved(
    approve: Run, workspace: Path
) -> None:
    make_round(workspace, asked("Ås;10", "Ås;14"))
    ran = approve()
    assert ran.code == 3
    assert "0214 Ås" in ran.err


def test_a_round_with_faults_cannot_be_approved(approve: Run, workspace: Path) -> None:
    make_round(workspace, asked("Ås;10", "Ås;-10"))
    assert approve().code == 1


def test_with_four_eyes_another_account_must_approve(
    approve: Run, brevgen: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(workspace, "\n[approval]\nfour_eyes = true\n")
    ran = approve()
    assert ran.code == 3
    assert "another one must approve it" in ran.err
    act_as(OTHER, monkeypatch)
    assert approve().code == 0
    assert {each["approval"]["by"] for each in lines(brevgen).values()} == {OTHER}


def test_only_the_accounts_a_round_lists_may_approve_in_that_name(
    approve: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workspace / "data" / "rounds" / "trial" / "round.toml"
    text = file.read_text(encoding="utf-8")
    line = 'signatory = "Hege Aspelund"'
    file.write_text(text.replace(line, f'{line}\naccounts = ["{OTHER}"]'), encoding="utf-8")
    ran = approve("--region", "Øst")
    assert ran.code == 3
    assert f"{OTHER} may" in ran.err
    assert approve("--region", "Nord").code == 0
    act_as(OTHER, monkeypatch)
    assert approve("--region", "Øst").code == 0


def test_letters_that_bear_another_name_are_refused(approve: Run) -> None:
    ran = approve("--as", "Hege Aspelund")
    assert ran.code == 3
    assert "IMDi Region Nord" in ran.err
    assert approve("--as", "hege aspelund", "--region", "Øst").code == 0


# -- lapsing and withdrawing ----------------------------------------------------------------------


def test_a_change_lapses_the_approval_and_the_status_shows_both_lines(
    approve: Run, brevgen: Run, workspace: Path, finals: Path, drafts: Path
) -> None:
    approve()
    make_round(workspace, asked("Ås;10", "Ås;14"))
    line = lines(brevgen)["0214"]
    assert line["approval"]["state"] == "lapsed"
    was, now = (f"Nå ber vi Ås kommune om å bosette {n} flyktninger i 2018." for n in (10, 14))
    assert [was, now] in line["lapsed_because"]
    assert "the approval has lapsed" in brevgen("status", "trial").out
    assert brevgen("generate", "trial", "--jobs", "1").code == 0
    assert not (finals / AAS).exists()
    assert "UTKAST" in page_texts((drafts / AAS).read_bytes())[0]
    assert states(brevgen)["0214"] == "draft"
    assert approve().code == 0
    assert "14 flyktninger" in page_texts((finals / AAS).read_bytes())[0]


def test_what_a_reader_cannot_see_lapses_nothing(
    approve: Run, brevgen: Run, workspace: Path
) -> None:
    approve()
    make_round(workspace, tuple(reversed(ROWS)))
    template = workspace / "templates" / "letters" / "request" / "nb.html"
    text = template.read_text(encoding="utf-8")
    template.write_text(text + "{# en merknad #}\n", encoding="utf-8")
    assert set(states(brevgen).values()) == {"final"}


def test_an_approval_is_taken_back_with_a_reason(approve: Run, brevgen: Run, finals: Path) -> None:
    approve()
    assert brevgen("approve", "trial", "--only", "Ås", "--withdraw", " ").code == 3
    ran = brevgen("approve", "trial", "--only", "Ås", "--withdraw", "Tallet må ses på igjen")
    assert ran.code == 0
    line = lines(brevgen)["0214"]
    approval = line["approval"]
    assert (approval["state"], approval["reason"]) == ("withdrawn", "Tallet må ses på igjen")
    brevgen("generate", "trial", "--jobs", "1")
    assert not (finals / AAS).exists()
    assert states(brevgen)["0214"] == "draft"
    ran = brevgen("approve", "trial", "--only", "Ås", "--withdraw", "en gang til")
    assert ran.code == 3
    assert "nothing to take back" in ran.err


# -- kept and restored ----------------------------------------------------------------------------


def test_a_final_file_that_is_lost_or_altered_is_restored_and_not_sealed_anew(
    approve: Run, brevgen: Run, finals: Path
) -> None:
    approve()
    before = {file.name: file.read_bytes() for file in finals.iterdir()}
    (finals / AAS).unlink()
    (finals / "0834-Vinje-17-09101.docx").write_bytes(b"something else")
    now = states(brevgen)
    assert now["0214"] == now["0834"] == "damaged"
    assert brevgen("generate", "trial", "--jobs", "1").code == 0
    assert {file.name: file.read_bytes() for file in finals.iterdir()} == before


def test_what_is_approved_but_not_sealed_is_sealed_by_approving_again(
    approve: Run, brevgen: Run, workspace: Path, finals: Path
) -> None:
    blocked = workspace / ".brevgen" / "sealing"
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("a file where a folder should be")
    ran = approve()
    assert ran.code == 4
    assert set(states(brevgen).values()) == {"approved"}
    assert "approve trial" in brevgen("generate", "trial", "--jobs", "1").out
    blocked.unlink()
    ran = approve()
    assert ran.code == 0
    assert "6 sealed.\n" in ran.out
    assert set(states(brevgen).values()) == {"final"}


# -- verifying ------------------------------------------------------------------------------------


def verified(brevgen: Run, *files: Path | str) -> tuple[int, list[dict[str, Any]]]:
    ran = brevgen("verify", "--json", *files)
    return ran.code, json.loads(ran.out)


def test_a_final_letter_is_known_with_all_that_is_known_of_it(
    approve: Run, brevgen: Run, finals: Path
) -> None:
    approve()
    code, (answer,) = verified(brevgen, finals / AAS)
    assert code == 0
    assert answer["holds"]
    assert answer["ledger"]["reference"] == "17-09235"
    assert answer["ledger"]["municipality"] == "0214"
    assert answer["ledger"]["approved_in_the_name_of"] == "Hege Aspelund"
    assert answer["seal"]["is_test"]
    shown = brevgen("verify", finals / AAS)
    assert "17-09235" in shown.out
    assert "Good" in shown.out


def test_no_altered_file_holds(approve: Run, brevgen: Run, finals: Path, tmp_path: Path) -> None:
    approve()
    good = (finals / AAS).read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 3] ^= 1
    bad = {
        "flipped.pdf": bytes(flipped),
        "truncated.pdf": good[:-200],
        "longer.pdf": good + b"\n% more\n",
        "text.pdf": b"Hei",
        "empty.pdf": b"",
    }
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    with pikepdf.open(finals / AAS) as document:
        document.pages.append(document.pages[0])
        document.save(tmp_path / "two.pdf")
    files = sorted(tmp_path.glob("*.pdf"))
    code, answers = verified(brevgen, *files)
    assert code == 1
    assert len(answers) == 6
    assert not any(answer["holds"] for answer in answers)
    assert all(answer["problems"] for answer in answers)


def test_a_draft_does_not_hold(brevgen: Run, drafts: Path) -> None:
    code, (answer,) = verified(brevgen, drafts / AAS)
    assert code == 1
    assert not answer["seal"]["sealed"]


def test_a_file_that_is_not_there_is_said_so(brevgen: Run, workspace: Path) -> None:
    ran = brevgen("verify", "nowhere.pdf")
    assert ran.code == 1
    assert "There is no such file." in ran.out


def test_an_older_version_of_a_letter_does_not_hold(
    approve: Run, brevgen: Run, workspace: Path, finals: Path, tmp_path: Path
) -> None:
    approve()
    old = shutil.copy(finals / AAS, tmp_path)
    make_round(workspace, asked("Ås;10", "Ås;14"))
    _, (answer,) = verified(brevgen, old)
    assert "lapsed" in answer["problems"][0]
    brevgen("generate", "trial", "--jobs", "1")
    approve()
    code, (answer,) = verified(brevgen, old)
    assert code == 1
    assert "later version" in answer["problems"][0]


def test_another_workspaces_seal_is_not_ours(
    approve: Run, brevgen: Run, workspace: Path, finals: Path
) -> None:
    approve()
    foreign = shutil.copy(finals / AAS, workspace / "foreign.pdf")
    (workspace / ".brevgen" / "test-seal.pem").unlink()
    (workspace / "data" / "ledger.sqlite3").rename(workspace / "elsewhere.sqlite3")
    code, (answer,) = verified(brevgen, foreign)
    assert code == 1
    assert not answer["seal"]["chain_trusted"]


def test_without_a_workspace_the_seal_alone_is_looked_at(
    approve: Run, finals: Path, tmp_path: Path
) -> None:
    approve()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(finals / AAS, elsewhere / "letter.pdf")
    ran = subprocess.run(
        [sys.executable, "-m", "brevgen", "verify", "letter.pdf"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "Unchanged since yes" in " ".join(ran.stdout.split())
    assert "Traceback" not in ran.stderr


def test_a_test_seal_gives_way_to_the_agencys_own(
    approve: Run, brevgen: Run, workspace: Path, finals: Path
) -> None:
    approve("--only", "Ås")
    give_key(workspace)
    assert states(brevgen)["0214"] == "approved"
    before = (finals / AAS).read_bytes()
    ran = approve("--only", "Ås")
    assert ran.code == 0, ran.err
    assert "1 sealed.\n" in ran.out
    assert (finals / AAS).read_bytes() != before
    assert states(brevgen)["0214"] == "final"


def test_withdrawing_for_a_round_takes_what_is_approved_and_the_files_go(
    approve: Run, brevgen: Run, finals: Path
) -> None:
    approve("--region", "Nord")
    ran = brevgen("approve", "trial", "--withdraw", "Tallene må ses på igjen")
    assert ran.code == 3
    assert "Nobody is there to be asked" in ran.err
    ran = brevgen("approve", "trial", "--withdraw", "Tallene må ses på igjen", "--yes")
    assert ran.code == 0
    assert "2 letters" in ran.out
    assert list(finals.iterdir()) == []
