"""What lies in the output folders and shows that letters were made here before.

A ledger that knows nothing of them is not the one they were made with: going on would give their
numbers to other letters, and send them once more.
"""

import csv
import io
from pathlib import Path

from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE, read_bytes
from brevgen.workspace import Workspace

MAX_REPORT = 5 * MEGABYTE


def references_on_disk(workspace: Workspace) -> dict[str, str]:
    """References that reports in the output folders name, each with the round whose report it is.

    A report that cannot be read names none: a person may have saved it in another form.
    """
    found: dict[str, str] = {}
    output = workspace.root / "output"
    for report in sorted(output.glob("*/report.csv")) if output.is_dir() else ():
        for row in _rows(report):
            if reference := row.get("brevgen_referanse"):
                found[reference] = report.parent.name
    return found


def sealed_on_disk(workspace: Workspace) -> list[Path]:
    """The final letters that lie in the output folders."""
    output = workspace.root / "output"
    return sorted(output.glob("*/letters/*.pdf")) if output.is_dir() else []


def _rows(report: Path) -> list[dict[str, str]]:
    try:
        text = read_bytes(report, most=MAX_REPORT).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    except (UnreadableFile, UnicodeDecodeError, csv.Error):
        return []
