"""Rounds with all their letters, drafted or sealed, made once for all tests that begin there."""

import fcntl
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support import pki
from tests.support.running import Ran, finish, start
from tests.support.samples import ROOT, ROWS, make_round, make_workspace

MANY = 40
"""How many letters the round `many` has."""

SERVER_PASSWORD = "smtp-password"


def made_once(shared: Path, name: str, make: Callable[[Path], object]) -> Path:
    """A file or folder that is made once however many processes run the tests.

    Args:
        shared: a folder they share.
        name: what it is called there.
        make: makes it at a path.
    """
    path, done = shared / name, shared / f"{name} is made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(path)
            done.touch()
    return path


def drafted(shared: Path, round_name: str) -> tuple[Path, Ran]:
    """A workspace with the drafts of a shipped round, made with two processes, and how that ended.

    Nobody may change it.
    """

    def make(workspace: Path) -> None:
        make_workspace(workspace)
        ran = finish(start(workspace, "generate", round_name, "--jobs", "2"))
        told.write_text(json.dumps(asdict(ran)), encoding="utf-8")

    told = shared / f"drafts of {round_name}.json"
    workspace = made_once(shared, f"drafts of {round_name}", make)
    return workspace, Ran(**json.loads(told.read_text(encoding="utf-8")))


def sealed(shared: Path, round_name: str) -> Path:
    """A workspace with the sealed letters of a shipped round; nobody may change it."""

    def make(workspace: Path) -> None:
        copied(drafted(shared, round_name)[0], workspace)
        seal(workspace, round_name)

    return made_once(shared, f"seals of {round_name}", make)


def make_drafts(workspace: Path) -> None:
    """A workspace with six drafts in the round `trial`."""
    make_workspace(workspace)
    make_round(workspace, ROWS)
    _make(workspace, "trial")


def sealed_trial(shared: Path) -> Path:
    """A workspace with six sealed letters in the round `trial`; nobody may change it."""

    def make(workspace: Path) -> None:
        copied(made_once(shared, "drafted trial", make_drafts), workspace)
        seal(workspace, "trial")

    return made_once(shared, "sealed trial", make)


def make_many(workspace: Path) -> None:
    """A workspace with the sealed letters of the round `many`."""
    make_workspace(workspace)
    source = ROOT / "data" / "rounds" / "2018" / "allocation.csv"
    rows = source.read_text(encoding="utf-8").splitlines()[1 : MANY + 1]
    make_round(workspace, rows, name="many")
    _make(workspace, "many")
    seal(workspace, "many")


def _make(workspace: Path, round_name: str) -> None:
    ran = finish(start(workspace, "generate", round_name, "--jobs", "2"))
    assert ran.code == 0, ran.err


def seal(workspace: Path, round_name: str) -> None:
    """Approve all drafts of a round and seal them with a key of the workspace's own."""
    give_key(workspace)
    ran = finish(start(workspace, "approve", round_name, "--yes", "--jobs", "2"))
    assert ran.code == 0, ran.err


def give_key(workspace: Path) -> None:
    """Put a key into a workspace, with the settings that name it."""
    since = datetime.now(UTC) - timedelta(days=1)
    until = since + timedelta(days=30)
    root = pki.issue("Rot", is_issuer=True, since=since, until=until)
    issuer = pki.issue("Utsteder", root, is_issuer=True, since=since, until=until)
    own = pki.issue("IMDi segl", issuer, organisation=pki.IMDI, since=since, until=until)
    pki.write(workspace, "segl.p12", own.p12())
    pki.write(workspace, "rot.pem", root.pem())
    pki.write(workspace, "passphrase", pki.PASSPHRASE.encode())
    with (workspace / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[seal]\nkey = "segl.p12"\npassphrase_file = "passphrase"\nroots = ["rot.pem"]\n'
        )


def copied(made: Path, to: Path) -> Path:
    """A copy of a workspace, for a test to spoil."""
    return Path(shutil.copytree(made, to))


def use_server(
    workspace: Path, port: int, *, rate_per_minute: int = 0, password: str = "", **keys: str | int
) -> None:
    """Name a mail server in the settings, in place of an earlier one.

    Args:
        workspace: where.
        port: the server's, on this machine.
        rate_per_minute: how many messages it takes in a minute; 0 for no limit.
        password: the user's, kept in a file.
        keys: other keys of the server.
    """
    file = workspace / "brevgen.toml"
    text = file.read_text(encoding="utf-8").partition("\n[mail.smtp]\n")[0]
    rate = f"rate_per_minute = {rate_per_minute}"
    text, found = re.subn(r"(?m)^rate_per_minute = \d+$", rate, text)
    assert found == 1
    if password:
        (workspace / SERVER_PASSWORD).write_text(f"{password}\n", encoding="utf-8")
        keys = {"password_file": SERVER_PASSWORD, **keys}
    all_keys = {"host": "localhost", "port": port, **keys}
    lines = [
        f'{key} = "{v}"' if isinstance(v, str) else f"{key} = {v}" for key, v in all_keys.items()
    ]
    file.write_text("\n".join([text, "[mail.smtp]", *lines, ""]), encoding="utf-8")
