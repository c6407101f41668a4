"""Rounds opened and worked with through the use cases, without a screen."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from brevgen.actor import Actor
from brevgen.pool.workers import Workers
from brevgen.rounds.approve import Approved, Lineup, approve
from brevgen.rounds.finals import prepare_sealing
from brevgen.rounds.generate import Generated, generate
from brevgen.rounds.session import RoundSession
from brevgen.workspace import find_workspace

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


def silent(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def generated(
    workspace: Path, *, account: str = "anne", only: Collection[str] = (), name: str = "trial"
) -> Generated:
    """Drafts made by an account."""
    with session(workspace, account=account, name=name) as opened:
        workers = Workers(opened.workspace.templates, 1)
        return generate(opened, opened.choose(only), workers=workers, progress=silent)


def approved(
    workspace: Path,
    *,
    account: str = "hege",
    only: Collection[str] = (),
    agree: Callable[[Lineup], bool] = lambda lineup: True,
    name: str = "trial",
    clock: Callable[[], datetime] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Approved:
    """Letters approved and sealed by an account."""
    with session(workspace, account=account, name=name, clock=clock, tell=tell) as opened:
        return approve(
            opened,
            opened.choose(only),
            agree=agree,
            sealing=prepare_sealing(opened, 1),
            progress=silent,
        )
