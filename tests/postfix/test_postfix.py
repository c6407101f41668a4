"""Letters through a real Postfix into files, which only root can start; `make test-postfix`."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postfix import postfix_server
from tests.postfix.postfix_server import SENDER, Postfix
from tests.support.made_rounds import copied, sealed, use_server
from tests.support.mail_servers import unused_port
from tests.support.receipts import entries, letters, recipients, see_that_they_agree
from tests.support.running import Ran, finish, start

ROUND, MESSAGES = "2024", 710
UNKNOWN, MOVED = "ordforer@oslo.kommune.example", "radmann@oslo.kommune.example"

pytestmark = [
    pytest.mark.postfix,
    pytest.mark.skipif(
        os.name == "nt" or os.geteuid() != 0 or shutil.which("postfix") is None,
        reason="Postfix must be installed, and only root can start it: make test-postfix",
    ),
]


@pytest.fixture(scope="module")
def workspace(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole round of sealed letters."""
    return copied(sealed(shared, ROUND), tmp_path_factory.mktemp("postfix") / "workspace")


@pytest.fixture(scope="module")
def everybody(workspace: Path) -> list[str]:
    return sorted(recipients(workspace, letters(workspace, ROUND)))


@pytest.fixture(scope="module")
def postfix(workspace: Path, everybody: list[str]) -> Iterator[Postfix]:
    """A server that knows all recipients but one, and one only until it is to deliver."""
    with unused_port() as port:
        pass
    known = [each for each in everybody if each not in (UNKNOWN, MOVED)]
    with postfix_server.running(known, moved=[MOVED], port=port) as server:
        shutil.copy(server.ca_file, workspace)
        use_server(workspace, port, tls="starttls", ca_file="ca.pem")
        yield server


def brevgen(workspace: Path, *words: str) -> Ran:
    return finish(start(workspace, *words))


def states(workspace: Path) -> dict[str, str]:
    """Address to state, as the status tells it."""
    lines = json.loads(brevgen(workspace, "status", ROUND, "--json").out)["letters"]
    return {each["address"]: each["state"] for line in lines for each in line["recipients"]}


@pytest.fixture(scope="module")
def sent(workspace: Path, postfix: Postfix) -> Ran:
    """The whole round sent, and all of it delivered or come back."""
    ran = brevgen(workspace, "send", ROUND, "--live", "--yes", "--recipients", str(MESSAGES))
    postfix.wait_until_delivered()
    return ran


def test_the_server_is_ready(workspace: Path, postfix: Postfix) -> None:
    ready = brevgen(workspace, "send", "--test-connection")
    assert ready.out == (
        f"localhost:{postfix.port} is ready: TLSv1.3, no login, takes mail from"
        " post@imdi.example; it offers delivery reports.\n"
    )


def test_a_whole_round_lies_in_the_mailboxes_as_the_ledger_says(
    workspace: Path, postfix: Postfix, everybody: list[str], sent: Ran
) -> None:
    assert sent.code == 4, sent.err
    assert f"{MESSAGES - 1} sent" in sent.out
    assert "1 refused" in sent.out
    delivered = list(postfix.mailboxes())
    # the ledger cannot know yet what becomes of the one that was taken and then came back
    come = {each.to[0] for each in delivered}
    assert come == set(everybody) - {UNKNOWN, MOVED}
    assert all("using TLSv1.3" in each.trace for each in delivered)
    assert all(f"Delivered-To: {each.to[0]}\n" in each.trace for each in delivered)
    assert states(workspace) == dict.fromkeys(everybody, "sent") | {UNKNOWN: "refused"}
    (refused,) = (e for e in entries(workspace, ROUND).values() if e.state == "refused")
    assert refused.words.startswith("550 5.1.1 ")
    assert "User unknown" in refused.words
    queued = {e.words for e in entries(workspace, ROUND).values() if e.state == "sent"}
    assert len(queued) == MESSAGES - 1, "each was queued under a number of its own"
    assert all(words.startswith("250 2.0.0 Ok: queued as ") for words in queued)


def test_what_comes_back_from_the_server_marks_the_one_who_has_moved(
    workspace: Path, postfix: Postfix, everybody: list[str], sent: Ran
) -> None:
    assert sent.code == 4, sent.err
    assert f"to=<{SENDER}>" in postfix.log
    for new in (1, 0):
        ran = brevgen(workspace, "bounces", str(postfix.returned), "--json")
        assert ran.code == 0, ran.err
        found = json.loads(ran.out)
        assert [each["is_new"] for each in found["matched"]] == [bool(new)]
        assert found["unmatched"] == []
        expected = dict.fromkeys(everybody, "sent") | {UNKNOWN: "refused", MOVED: "refused"}
        assert states(workspace) == expected
    (moved,) = (e for e in entries(workspace, ROUND).values() if e.address == MOVED)
    assert moved.states == ("sending", "sent", "refused")
    assert "5.1.1" in moved.words
    assert "has moved away" in moved.words
    # now that it is told, ledger and mailboxes are one
    now = see_that_they_agree(workspace, ROUND, postfix.mailboxes())
    assert now == expected
    again = brevgen(workspace, "send", ROUND, "--live", "--yes", "--recipients", "2")
    assert again.code == 3, "nobody is written to again by itself"
