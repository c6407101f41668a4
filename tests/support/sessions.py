"""Rounds opened and worked with through the use cases, without a screen."""

import filecmp
import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from brevgen.actor import Actor
from brevgen.pool.workers import Workers
from brevgen.rounds.approve import Approved, approve
from brevgen.rounds.finals import prepare_sealing
from brevgen.rounds.generate import Generated, generate
from brevgen.rounds.lineup import Lineup
from brevgen.rounds.session import RoundSession
from brevgen.workspace import find_workspace

ENDS = "BREVGEN_TEST_ENDS"
"""The environment variable that names the folder of what was done once, for all processes."""

BEGIN = datetime(2017, 11, 6, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that goes on by a minute each time it is asked."""

    def __init__(self, begin: datetime = BEGIN) -> None:
        self.at = begin

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def session(
    workspace: Path,
    *,
    account: str = "anne",
    name: str = "trial",
    clock: Callable[[], datetime] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> RoundSession:
    """A round of a workspace, opened by an account."""
    return RoundSession(
        find_workspace(workspace), name, Actor(account), clock or Clock(), tell=tell
    )


def _nobody(told: str) -> None:
    """Told what nobody reads."""


def silent(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def generated(
    workspace: Path, *, account: str = "anne", only: Collection[str] = (), name: str = "trial"
) -> Generated:
    """Drafts made by an account."""

    def make() -> Generated:
        with session(workspace, account=account, name=name) as opened:
            workers = Workers(opened.workspace.templates, 1)
            done = generate(opened, opened.choose(only), workers=workers, progress=silent)
            return replace(done, letters=())  # which cannot be kept in a file

    return _once(workspace, f"drafts {account} {sorted(only)} {name}", make)


def approved(
    workspace: Path,
    *,
    account: str = "hege",
    only: Collection[str] = (),
    agree: Callable[[Lineup], bool] | None = None,
    name: str = "trial",
    clock: Callable[[], datetime] | None = None,
    tell: Callable[[str], None] | None = None,
) -> Approved:
    """Letters approved and sealed by an account."""

    def make() -> Approved:
        opening = session(workspace, account=account, name=name, clock=clock, tell=tell or _nobody)
        with opening as opened:
            return approve(
                opened,
                opened.choose(only),
                agree=agree or (lambda lineup: True),
                sealing=prepare_sealing(opened, 1),
                progress=silent,
            )

    if agree is not None or clock is not None or tell is not None:
        return make()
    return _once(workspace, f"approvals {account} {sorted(only)} {name}", make)


def _put(kept: str, there: str) -> None:
    """Copy a file, but leave one that is the same already untouched, its time of change too."""
    if not (Path(there).is_file() and filecmp.cmp(kept, there, shallow=False)):
        shutil.copy2(kept, there)


Result = TypeVar("Result")


def _once(workspace: Path, what: str, make: Callable[[], Result]) -> Result:
    """Do what changes a workspace; where the same was done to the same files, put its end there.

    The same files and the same clock have the same end, so tests that begin alike need not wait for
    it again.
    """
    files = sorted(path for path in workspace.rglob("*") if path.is_file())
    begin = hashlib.sha256(what.encode())
    for path in files:
        begin.update(str(path.relative_to(workspace)).encode() + path.read_bytes())
    ends = Path(os.environ[ENDS])
    kept = ends / begin.hexdigest()
    if not kept.exists():
        done = make()
        unfinished = Path(tempfile.mkdtemp(dir=ends))
        shutil.copytree(workspace, unfinished / "workspace", symlinks=True)
        (unfinished / "done").write_bytes(pickle.dumps(done))
        try:
            unfinished.rename(kept)
        except OSError:  # another process was faster
            shutil.rmtree(unfinished)
        return done
    shutil.copytree(
        kept / "workspace", workspace, symlinks=True, dirs_exist_ok=True, copy_function=_put
    )
    result: Result = pickle.loads((kept / "done").read_bytes())
    return result
