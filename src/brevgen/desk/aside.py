"""Files that somebody sends to the desk, read in a process of its own, bounded in time and space.

What comes from anywhere is never opened in the server's process: `read_aside` starts
`python -m brevgen.desk.aside`, hands it the file and what to do on its stdin, and takes JSON back.
"""

import base64
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from pydantic import TypeAdapter

from brevgen.actor import Actor
from brevgen.errors import BrevgenError, Refused
from brevgen.findings import FaultyInput, Finding
from brevgen.language import Language, language, speak, telling_paths_in, tr
from brevgen.workspace import find_workspace

LONGEST = 60
"""Seconds until a file is given up; longer than any takes on a busy machine."""
PATIENCE = 20
"""Seconds that somebody waits while others have their files read."""
MOST_MEMORY = 2 * 1024**3
"""Bytes that reading it may take."""
AT_A_TIME = 2
"""Processes that read."""
MOST_NAME = 60
"""Characters of a file's name that are kept."""

_FINDINGS = TypeAdapter(list[Finding])
_turns = BoundedSemaphore(AT_A_TIME)


class Uploaded:
    """A file that somebody has sent.

    Args:
        name: what the browser says it is called; only the last part is kept, and never a path.
        data: its bytes.
    """

    def __init__(self, name: str, data: bytes) -> None:
        last = name.replace("\\", "/").rpartition("/")[2].lstrip(".")
        kept = "".join(sign for sign in last if sign.isprintable() and sign not in ':*?"<>|')
        self.name = kept[-MOST_NAME:] or "fil"
        self.data = data

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def read_aside(
    root: Path, task: str, files: Sequence[Uploaded], actor: Actor, **asked: object
) -> Any:
    """Do a task with files, in a process of its own.

    Args:
        root: the workspace's folder.
        task: one of `TASKS`.
        files: what was sent; none where it lies in the workspace.
        asked: particulars of the task, as JSON can hold them.

    Returns:
        what the task says, as JSON can hold it.

    Raises:
        FaultyInput: the file has faults.
        Refused: the use case refuses it, it takes too long, reading it ended without a word, or
            others have so many files read that it must wait.
    """
    order = {
        "root": str(root),
        "task": task,
        "files": [(each.name, base64.b64encode(each.data).decode()) for each in files],
        "actor": asdict(actor),
        "language": language(),
        "asked": asked,
    }
    if not _turns.acquire(timeout=PATIENCE):
        raise Refused(tr("Others are having files read. Nothing was done. Try again in a minute."))
    try:
        # what it makes goes with this folder, also where it is killed
        with tempfile.TemporaryDirectory(prefix="brevgen-") as folder:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "brevgen.desk.aside"],
                input=json.dumps(order).encode(),
                stdout=subprocess.PIPE,
                timeout=LONGEST,
                check=False,
                start_new_session=True,
                env={**os.environ, "TMPDIR": folder},
            )
        told = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError):
        raise Refused(
            tr(
                "The file takes too long or too much memory to read, so nothing was done. If it is"
                " a spreadsheet, copy the table to a new workbook and send that."
            )
        ) from None
    finally:
        _turns.release()
    if told["findings"]:
        raise FaultyInput(_FINDINGS.validate_python(told["findings"]))
    if told["refused"]:
        raise Refused(told["refused"])
    return told["result"]


# -- in the process of its own --------------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


def _verify(root: Path, files: list[Path], actor: Actor, asked: Mapping[str, Any]) -> object:
    """What there is to say of each file, in a line and wholly, and whose letter it is."""
    from brevgen.facts.municipalities import read_register
    from brevgen.findings import Findings
    from brevgen.rounds.verification import as_json
    from brevgen.rounds.verify import verify

    workspace = find_workspace(root)
    answers = verify(files, workspace, actor, _now)
    file = workspace.data / "municipalities.csv"
    register = read_register(file, Findings(), shown_as=file.name)
    told = []
    for each, found in zip(answers, as_json(answers), strict=True):
        number = each.ledger.municipality if each.ledger is not None else ""
        municipality = register.ever(number) if register is not None and number else None
        label = municipality.label if municipality is not None else number
        told.append({"name": each.file.name, "conclusion": each.conclusion, "label": label} | found)
    return told


def _ledger(root: Path, files: list[Path], actor: Actor, asked: Mapping[str, Any]) -> object:
    """What there is to say of the ledger as a whole."""
    from brevgen.rounds.verify_ledger import LedgerVerification, verify_ledger

    actor.must_have("administer")
    found = verify_ledger(find_workspace(root))
    told = {"conclusion": found.conclusion, "does_not_hold": found.does_not_hold}
    return told | TypeAdapter(LedgerVerification).dump_python(found, mode="json")


def _bounces(root: Path, files: list[Path], actor: Actor, asked: Mapping[str, Any]) -> object:
    from brevgen.channels.mail.bounces import read_reports
    from brevgen.rounds.bounces import Bounces, take_in

    actor.must_have("send")
    found = take_in(find_workspace(root), read_reports(files), actor, _now)
    # where it lay here is nothing to whoever has sent it
    named = tuple(replace(each, file=Path(each.file).name) for each in found.not_read)
    return TypeAdapter(Bounces).dump_python(replace(found, not_read=named), mode="json")


def _answers(root: Path, files: list[Path], actor: Actor, asked: Mapping[str, Any]) -> object:
    """Try what a spreadsheet says; and take it, if that is what was shown."""
    from brevgen.rounds.answer import Registered, answers
    from brevgen.rounds.session import NotAsShown, RoundSession

    with RoundSession(find_workspace(root), asked["round"], actor, _now) as session:
        tried = answers(session, files[0], dry_run=True)
        text = TypeAdapter(Registered).dump_json(tried)
        digest = hashlib.sha256(text).hexdigest()
        if not asked["shown"]:
            return {"registered": json.loads(text), "digest": digest}
        if asked["shown"] != digest:
            raise NotAsShown
        done = answers(session, files[0])
    return {"registered": TypeAdapter(Registered).dump_python(done, mode="json"), "digest": ""}


def _look(root: Path, files: list[Path], actor: Actor, asked: Mapping[str, Any]) -> object:
    """What there is to see of a spreadsheet that is laid aside for a round."""
    from brevgen.rounds.replace_allocation import NewLook, look_at_new
    from brevgen.rounds.session import RoundSession

    at = datetime.fromisoformat(asked["at"])
    with RoundSession(find_workspace(root), asked["round"], actor, lambda: at) as session:
        return TypeAdapter(NewLook).dump_python(look_at_new(session, asked["digest"]), mode="json")


def _archive_numbers(
    root: Path, files: list[Path], actor: Actor, asked: Mapping[str, Any]
) -> object:
    """Keep the numbers that the archive gave, as a spreadsheet tells them."""
    from brevgen.rounds.archive_numbers import KeptNumbers, keep_numbers
    from brevgen.rounds.session import RoundSession

    with RoundSession(find_workspace(root), asked["round"], actor, _now) as session:
        kept = keep_numbers(session, files[0], replace=asked["replace"])
    return TypeAdapter(KeptNumbers).dump_python(kept, mode="json")


TASKS: dict[str, Callable[[Path, list[Path], Actor, Mapping[str, Any]], object]] = {
    "verify": _verify,
    "ledger": _ledger,
    "bounces": _bounces,
    "answers": _answers,
    "look": _look,
    "archive numbers": _archive_numbers,
}


def _done(order: Mapping[str, Any]) -> dict[str, Any]:
    wanted: Language = order["language"]
    speak(wanted)
    actor = TypeAdapter(Actor).validate_python(order["actor"])
    with tempfile.TemporaryDirectory(prefix="brevgen-") as folder:
        files = []
        for place, (name, data) in enumerate(order["files"]):
            file = Path(folder) / str(place) / name
            file.parent.mkdir()
            file.write_bytes(base64.b64decode(data))
            files.append(file)
        root = Path(order["root"])
        try:
            with telling_paths_in(root):
                result = TASKS[order["task"]](root, files, actor, order["asked"])
        except FaultyInput as faults:
            findings = _FINDINGS.dump_python(faults.findings, mode="json")
            return {"findings": findings, "refused": "", "result": None}
        except BrevgenError as error:
            return {"findings": [], "refused": str(error), "result": None}
    return {"findings": [], "refused": "", "result": result}


def main() -> None:
    """Do what stdin orders."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
    order = json.loads(sys.stdin.buffer.read())
    print(json.dumps(_done(order)), flush=True)


if __name__ == "__main__":
    main()
