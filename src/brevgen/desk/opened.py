"""Rounds kept open between pages: read again only when one of their files has changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from brevgen.actor import Actor
from brevgen.language import Language, language
from brevgen.rounds.session import RoundSession
from brevgen.workspace import Workspace, find_workspace

LOOKS_FOR = timedelta(minutes=5)
"""How long somebody counts as looking at a round."""

Signature = tuple[tuple[str, int, int], ...]
"""Each file with the time it was changed, in nanoseconds, and its size."""


@dataclass
class _Opened:
    lock: Lock = field(default_factory=Lock)
    session: RoundSession | None = None
    signature: Signature = ()


class OpenRounds:
    """The rounds of a workspace, open for reading; each is read by one page at a time.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self.root, self.clock = root, clock
        self._opened: dict[tuple[str, Language], _Opened] = {}
        self._looked: dict[tuple[str, str], datetime] = {}
        self._lock = Lock()

    @property
    def workspace(self) -> Workspace:
        """The workspace with its settings as they are now.

        Raises:
            FaultyInput: `brevgen.toml` has faults.
        """
        return find_workspace(self.root)

    @contextmanager
    def reading(self, name: str, actor: Actor) -> Iterator[RoundSession]:
        """A round as it is now, to look at.

        Raises:
            WrongUse: there is no such round.
            FaultyInput: `brevgen.toml` has faults.
            LedgerError: the ledger cannot be read.
        """
        workspace = self.workspace
        name = workspace.round_name(name)  # nothing is kept of rounds that there are not
        with self._lock:
            opened = self._opened.setdefault((name, language()), _Opened())
        with opened.lock:
            signature = _signature(workspace, name)
            if opened.session is None or opened.session.workspace != workspace:
                opened.session = RoundSession(workspace, name, actor, self.clock)
            elif signature != opened.signature:
                opened.session.read_again()
            opened.signature = signature
            opened.session.actor = actor
            with opened.session as session:
                session.forget_if_changed()
                yield session

    def signature(self, name: str) -> Signature:
        """What tells whether any file of a round has changed.

        Raises:
            WrongUse: there is no such round.
        """
        workspace = self.workspace
        return _signature(workspace, workspace.round_name(name))

    def look_at(self, name: str, actor: Actor) -> list[str]:
        """Note that somebody looks at a round; who else has, in the last minutes."""
        now = self.clock()
        with self._lock:
            self._looked = {who: at for who, at in self._looked.items() if now - at < LOOKS_FOR}
            self._looked[name, str(actor)] = now
            return sorted(who for of, who in self._looked if of == name and who != str(actor))

    @contextmanager
    def changing(self, name: str, actor: Actor) -> Iterator[RoundSession]:
        """A round of its own for a use case that changes it.

        Raises:
            WrongUse: there is no such round.
        """
        with RoundSession(self.workspace, name, actor, self.clock) as session:
            yield session


def _signature(workspace: Workspace, name: str) -> Signature:
    """What tells whether any file of a round has changed."""
    templates = workspace.templates.parent
    folders = (workspace.drafts(name), workspace.finals(name))
    files = [
        workspace.root / "brevgen.toml",
        *workspace.data.glob("*.*sv"),
        *workspace.round_folder(name).iterdir(),
        *templates.rglob("*"),
        *folders,
    ]
    found = []
    for file in sorted(files):
        try:
            known = file.stat()
        except OSError:  # gone since, nothing was made yet, or a link that leads nowhere
            continue
        found.append((str(file), known.st_mtime_ns, known.st_size))
    return tuple(found)
