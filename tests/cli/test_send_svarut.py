"""Sending through SvarUt, as it is typed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.made_rounds import copied
from tests.support.running import Ran
from tests.support.svarut_rounds import AS, see_that_they_agree, stub, use_svarut
from tests.support.svarut_stub import SvarUt

Run = Callable[..., Ran]
SEND = ("send", "trial", "--channel", "svarut")


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters."""
    return copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def there(workspace: Path) -> Iterator[SvarUt]:
    with stub() as found:
        use_svarut(workspace, found)
        yield found


def test_the_whole_way_as_it_is_typed(brevgen: Run, workspace: Path, there: SvarUt) -> None:
    ran = brevgen("send", "--test-connection", "--channel", "svarut")
    assert (ran.code, "is ready (production)" in ran.out) == (0, True), ran.err
    ran = brevgen(*SEND)
    assert "6 messages written to output/trial/svarut-trial" in ran.out, ran.err
    there.without_system = {AS}
    ran = brevgen(*SEND, "--live", "--dry-run")
    assert "1 receiver has no system" in ran.out
    assert AS in ran.out
    assert there.kept == {}
    ran = brevgen(*SEND, "--live", "--yes", "--recipients", "5")
    assert (ran.code, there.kept) == (3, {})
    ran = brevgen(*SEND, "--live", "--yes", "--recipients", "6")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "6 sent."), ran.err
    assert len(see_that_they_agree(workspace, "trial", there)) == 6
    for each in there.kept.values():
        each.state = "LEST"
    ran = brevgen("send", "trial", "--follow-up")
    assert "Asked about: 6. New: 6. More to hear later: 0." in ran.out, ran.err
    ran = brevgen("history", "Ås", "--language", "nb")
    assert "mottakeren 2017-11-06 09:33 UTC" in " ".join(ran.out.replace("│", " ").split())


def test_a_way_that_there_is_not_is_told(brevgen: Run, workspace: Path) -> None:
    ran = brevgen("send", "trial", "--channel", "pigeon")
    assert ran.code == 2
    assert "mail|outbox|svarut|svarut-folder" in ran.err


def test_a_trial_for_a_reader_of_ones_own_is_not_possible(
    brevgen: Run, workspace: Path, there: SvarUt
) -> None:
    ran = brevgen(*SEND, "--redirect-to", "me@imdi.example", "--live", "--recipients", "6")
    assert ran.code == 3
    assert "SvarUt writes to municipalities alone" in ran.err


def test_the_folder_for_the_portal_is_settled_by_a_person(brevgen: Run, workspace: Path) -> None:
    folder = workspace / "output" / "trial" / "svarut-folder"
    by_hand = ("send", "trial", "--channel", "svarut-folder", "--live", "--yes")
    ran = brevgen(*by_hand, "--recipients", "6")
    assert (ran.code, len(list(folder.iterdir()))) == (4, 13), ran.err
    ran = brevgen("status", "trial", "Ås")
    assert "upload it in SvarUt's portal" in " ".join(ran.out.split())
    assert brevgen("send", "trial", "--settle", "all", "sent").code == 0
    assert "6 sent" in brevgen("status", "trial").out
