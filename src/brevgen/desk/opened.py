"""Rounds kept open between pages: read again when one of their files, or the day, is another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from brevgen.actor import Actor
from brevgen.errors import BrevgenError, LedgerOutdated
from brevgen.facts.dates import day_in_norway
from brevgen.files import sha256_of_file
from brevgen.language import Language, language
from brevgen.ledger.engine import store_at
from brevgen.ledger.lock import LockHolder
from brevgen.rounds.session import RoundSession
from brevgen.rounds.traces import MARK, check_ledger
from brevgen.workspace import Workspace, find_workspace

Signature = tuple[tuple[str, int, int], ...]
"""Each file with the time it was changed, in nanoseconds, and its size."""


class FileDigests:
    """Digests of letters' files for what is shown; read again where a file is another.

    While a round is made its letters are looked at again and again, each time with all their files.
    Whatever is approved or sent is read anew by the process that does it.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, ...], str]] = {}

    def __call__(self, file: Path) -> str:
        """SHA-256 of a file, in hexadecimal; empty where it is not there."""
        try:
            now = file.stat()
        except OSError:
            return ""
        # a file that is replaced has another number, and one that is written into another time
        key = (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
        known = self._known.get(file)
        if known is None or known[0] != key:
            known = self._known[file] = key, sha256_of_file(file)
        return known[1]


_being_read: ContextVar[RoundSession | None] = ContextVar("being_read", default=None)


def round_being_read() -> RoundSession | None:
    """The round that the page is written of that is being written; None for none."""
    return _being_read.get()


@dataclass
class _Opened:
    lock: Lock = field(default_factory=Lock)
    session: RoundSession | None = None
    day: date | None = None
    files: Signature = ()
    letters: Signature = ()


class OpenRounds:
    """The rounds of a workspace, open for reading; each is read by one page at a time.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self.root, self.clock = root, clock
        self._opened: dict[tuple[str, Language], _Opened] = {}
        self._checked: dict[Language, tuple[object, str]] = {}
        self._lock = Lock()

    @property
    def workspace(self) -> Workspace:
        """The workspace with its settings as they are now.

        Raises:
            FaultyInput: `brevgen.toml` has faults.
        """
        return find_workspace(self.root)

    def ledger_problem(self) -> str:
        """Why nothing can be gone on with: the ledger does not know the letters that lie here.

        Returns:
            that, and what to do; empty where the ledger knows them, or cannot be read, which the
            page tells that needs it.
        """
        try:
            workspace = self.workspace
            files = _beside_ledger(workspace)
            checked = self._checked.get(language())
            if checked is None or files != checked[0]:
                checked = self._checked[language()] = files, _ledger_problem(workspace)
            return checked[1]
        except BrevgenError:
            return ""

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
            day = day_in_norway(self.clock())
            files, letters = _files(workspace, name), _letters(workspace, name)
            if opened.session is None or opened.session.workspace != workspace:
                digest_of = FileDigests()
                opened.session = RoundSession(
                    workspace, name, actor, self.clock, digest_of=digest_of
                )
            elif files != opened.files or day != opened.day:  # some warnings are of the day
                opened.session.read_again()
            elif letters != opened.letters:
                opened.session.forget()
            opened.day, opened.files, opened.letters = day, files, letters
            opened.session.actor = actor
            with opened.session as session:
                session.go_on()
                token = _being_read.set(session)
                try:
                    yield session
                finally:
                    _being_read.reset(token)

    def warm_up(self, actor: Actor) -> None:
        """Open all rounds, so that nobody waits for what takes long the first time.

        What is wrong with any of them is told where it is looked at.
        """
        with suppress(BrevgenError):
            for name in self.workspace.rounds():
                with suppress(BrevgenError), self.reading(name, actor) as session:
                    session.letters()

    def signature(self, name: str) -> Signature:
        """What tells whether any file of a round has changed.

        Raises:
            WrongUse: there is no such round.
        """
        workspace = self.workspace
        name = workspace.round_name(name)
        return _files(workspace, name) + _letters(workspace, name)

    def holder(self, name: str) -> LockHolder | None:
        """Who changes a round just now, at the desk or elsewhere.

        Returns:
            None for nobody, or where that cannot be found out, which the page tells that needs it.
        """
        with suppress(BrevgenError):
            workspace = self.workspace
            return store_at(workspace.ledger).lock_holder(workspace.round_name(name))
        return None

    @contextmanager
    def changing(self, name: str, actor: Actor) -> Iterator[RoundSession]:
        """A round of its own for a use case that changes it.

        Raises:
            WrongUse: there is no such round.
        """
        with RoundSession(self.workspace, name, actor, self.clock) as session:
            yield session


def _ledger_problem(workspace: Workspace) -> str:
    try:
        check_ledger(workspace)
    except LedgerOutdated as outdated:
        return str(outdated)
    return ""


def _beside_ledger(workspace: Workspace) -> object:
    """What tells whether a ledger in a file is another, or other files say which it must be.

    What is written into a ledger makes it no older. A database is looked into each time.
    """
    place = workspace.ledger
    if not isinstance(place, Path):
        return object()
    made = workspace.root.glob("output/*/*")
    beside = place.parent.glob(f"{place.name}*")
    return _signature(workspace.state / MARK, *beside, *made), place


def _files(workspace: Workspace, name: str) -> Signature:
    """What tells whether a file that a round is made from has changed."""
    return _signature(
        workspace.root / "brevgen.toml",
        *workspace.data.glob("*.*sv"),
        *workspace.round_folder(name).iterdir(),
        *workspace.templates.parent.rglob("*"),
    )


def _letters(workspace: Workspace, name: str) -> Signature:
    """What tells whether a file of a letter was made, replaced or removed."""
    return _signature(workspace.drafts(name), workspace.finals(name))


def _signature(*files: Path) -> Signature:
    found = []
    for file in sorted(files):
        try:
            known = file.stat()
        except OSError:  # gone since, nothing was made yet, or a link that leads nowhere
            continue
        found.append((str(file), known.st_mtime_ns, known.st_size))
    return tuple(found)
