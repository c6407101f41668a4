"""What lies in the output folders and shows that letters were made here before.

A ledger that knows nothing of them is not the one they were made with: going on would give their
numbers to other letters, and send them once more.
"""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE, read_bytes, write_whole
from brevgen.language import tr
from brevgen.ledger.records import LedgerMark
from brevgen.rounds.report import MAX_REPORT
from brevgen.workspace import Workspace

MARK = "ledger.json"


def references_on_disk(workspace: Workspace) -> dict[str, str]:
    """The references that reports in the output folders name, by what they stand in.

    A report that cannot be read names none: a person may have saved it in another form.
    """
    found: dict[str, str] = {}
    output = workspace.root / "output"
    for report in sorted(output.glob("*/report.csv")) if output.is_dir() else ():
        for line, row in enumerate(_rows(report), start=2):
            if reference := row.get("brevgen_referanse"):
                place = tr("{file}, line {line}", file=workspace.shown(report), line=line)
                found[place] = reference
    return found


def sealed_on_disk(workspace: Workspace) -> list[str]:
    """The final letters that lie in the output folders, as a person would type their paths."""
    output = workspace.root / "output"
    files = sorted(output.glob("*/letters/*.pdf")) if output.is_dir() else []
    return [workspace.shown(file) for file in files]


def missing_ledger(workspace: Workspace) -> str:
    """What to do where there is no ledger although letters were made here; empty if none were."""
    traces = [*sealed_on_disk(workspace), *references_on_disk(workspace)]
    if workspace.has_ledger or not traces:
        return ""
    return tr(
        "There is no ledger at {ledger}, but letters were made here before ({first}, {count} in"
        " all). Put the ledger or its backup back, or name its place in brevgen.toml. Only if those"
        " letters never left and are to be made anew: brevgen generate ROUND --new-ledger.",
        ledger=workspace.shown(workspace.ledger),
        first=traces[0],
        count=len(traces),
    )


def last_mark(workspace: Workspace) -> LedgerMark | None:
    """How far the ledger had come when it was last changed from here; None if that is not known."""
    try:
        told = json.loads(read_bytes(workspace.state / MARK, most=MEGABYTE))
        return LedgerMark(str(told["identity"]), int(told["sequence"]), str(told["hash"]))
    except (UnreadableFile, ValueError, KeyError, TypeError):
        return None


def remember_mark(workspace: Workspace, mark: LedgerMark) -> None:
    """Keep how far the ledger has come, so that an older copy put in its place is told."""
    write_whole(workspace.state / MARK, json.dumps(asdict(mark)).encode())


def _rows(report: Path) -> list[dict[str, str]]:
    try:
        text = read_bytes(report, most=MAX_REPORT).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    except (UnreadableFile, UnicodeDecodeError, csv.Error):
        return []
