"""Who stands for an approval gets a receipt by mail, which tells how far the ledger had come."""

import json
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.support.made_rounds import copied, give_key, made_once, make_drafts
from tests.support.post_office import PostOffice
from tests.support.running import Ran

Run = Callable[..., Ran]


@pytest.fixture
def workspace(shared: Path, tmp_path: Path) -> Path:
    """Six drafts, and a key."""
    place = copied(made_once(shared, "drafted trial", make_drafts), tmp_path / "workspace")
    give_key(place)
    return place


def mail_to(workspace: Path, port: int, *addresses: str) -> None:
    with (workspace / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[approval]\nreceipts_to = {json.dumps(addresses)}\n")
        file.write(f'[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n')


def test_a_receipt_tells_how_far_the_ledger_had_come(brevgen: Run, workspace: Path) -> None:
    with PostOffice() as office:
        mail_to(workspace, office.port, "hasp@imdi.example", "hasp@elsewhere.test")
        ran = brevgen("approve", "trial", "--yes", "--jobs", "1")
        assert ran.code == 0, ran.err
        (arrived,) = office.mailbox

    assert "hasp@elsewhere.test is outside of the domains" in " ".join(ran.err.split())
    found = json.loads(brevgen("verify", "--ledger", "--json").out)
    mail = message_from_bytes(arrived.data, policy=default)
    words = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert arrived.to == ("hasp@imdi.example",)
    assert mail["Subject"] == "Kvittering: 6 brev godkjent, runde trial"
    assert found["hash"] in words
    assert f"Siste hendelse: {found['last_event']}" in words
    (witness,) = (workspace / "data" / "witness").glob("*.json")
    attached = {each.get_filename(): each.get_content() for each in mail.iter_attachments()}
    assert attached[f"{witness.name}.p7s"] == Path(f"{witness}.p7s").read_bytes()
    assert attached[witness.name] == witness.read_bytes()


def test_where_none_can_be_mailed_that_is_told_and_all_is_done(
    brevgen: Run, workspace: Path
) -> None:
    mail_to(workspace, 9, "hasp@imdi.example")
    ran = brevgen("approve", "trial", "--yes", "--jobs", "1", "--only", "Ås")
    assert ran.code == 0
    assert "No receipt was mailed (" in ran.err
    assert len(list((workspace / "output" / "trial" / "letters").glob("*.pdf"))) == 1
