"""A spreadsheet from outside read in a process of its own, within bounds of time and memory.

What it says cannot hold the server, whatever it was made to do to its reader.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore

from pydantic import TypeAdapter

from brevgen.actor import Actor
from brevgen.errors import BrevgenError, Refused
from brevgen.language import language, speak, tr
from brevgen.rounds.replace_allocation import NewLook, look_at_new
from brevgen.rounds.session import RoundSession
from brevgen.workspace import find_workspace

SECONDS = 40
"""Longer than any allocation takes on a busy machine."""
AT_A_TIME = 2
"""Processes that read."""
PATIENCE = 20.0
"""Seconds that somebody waits while others have their spreadsheets read."""
MOST_KEPT = 20
"""Looks that are kept."""
MEMORY = 2_000_000_000
"""Bytes that the process may ask for."""

_LOOK = TypeAdapter(NewLook)


class Looks:
    """What was seen of spreadsheets that are laid aside, kept as long as nothing is another.

    Args:
        root: the workspace's folder.
        clock: tells the time, aware.
    """

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self._root, self._clock = root, clock
        self._kept: OrderedDict[tuple[object, ...], NewLook] = OrderedDict()
        self._turn = BoundedSemaphore(AT_A_TIME)

    def look(self, name: str, actor: Actor, digest: str, of: object) -> NewLook:
        """What there is to see of a spreadsheet that is laid aside for a round.

        Args:
            name: the round's name.
            actor: who wants to see it.
            digest: of the spreadsheet.
            of: what tells whether anything else of the round is another by now.

        Raises:
            Refused: it takes too long or too much memory to read, is not there any more, or others
                have so many read that it must wait.
        """
        key = (name, digest, language(), of)
        if key not in self._kept:
            if not self._turn.acquire(timeout=PATIENCE):
                raise Refused(
                    tr("Others are having files read. Nothing was done. Try again in a minute.")
                )
            try:
                self._kept[key] = self._seen(name, actor, digest)
            finally:
                self._turn.release()
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return self._kept[key]

    def _seen(self, name: str, actor: Actor, digest: str) -> NewLook:
        order = {
            "root": str(self._root),
            "name": name,
            "actor": asdict(actor),
            "digest": digest,
            "at": self._clock().isoformat(),
            "language": language(),
        }
        try:
            # what it makes goes with this folder, also where it is killed
            with tempfile.TemporaryDirectory() as folder:
                done = subprocess.run(
                    [sys.executable, "-P", "-m", "brevgen.desk.looking"],
                    input=json.dumps(order).encode(),
                    stdout=subprocess.PIPE,
                    timeout=SECONDS,
                    check=False,
                    env={**os.environ, "TMPDIR": folder},
                )
        except subprocess.TimeoutExpired:
            raise _too_much() from None
        kind, _, told = done.stdout.partition(b"\n")
        if done.returncode or kind not in (b"seen", b"refused"):
            raise _too_much()
        if kind == b"refused":
            raise Refused(told.decode())
        return _LOOK.validate_json(told)


def _too_much() -> Refused:
    return Refused(
        tr(
            "The spreadsheet takes too long or too much memory to read. Copy the table to a new"
            " workbook, and upload that."
        )
    )


def main() -> None:
    """Look as stdin orders, and write what was seen to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    order = json.loads(sys.stdin.buffer.read())
    speak(order["language"])
    at, who = datetime.fromisoformat(order["at"]), order["actor"]
    actor = Actor(who["account"], who["login"], tuple(who["roles"]))
    try:
        workspace = find_workspace(Path(order["root"]))
        with RoundSession(workspace, order["name"], actor, lambda: at) as session:
            seen = _LOOK.dump_json(look_at_new(session, order["digest"]))
    except BrevgenError as error:
        sys.stdout.buffer.write(b"refused\n" + str(error).encode())
    else:
        sys.stdout.buffer.write(b"seen\n" + seen)


if __name__ == "__main__":
    main()
