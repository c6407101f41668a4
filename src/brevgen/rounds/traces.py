"""What lies in the output folders and shows that letters were made here before.

A ledger that knows nothing of them is not the one they were made with: going on would give their
numbers to other letters, and send them once more.
"""

import csv
import io
import json
import re
from dataclasses import asdict
from pathlib import Path

from brevgen.errors import LedgerOutdated, UnreadableFile
from brevgen.files import MEGABYTE, read_bytes, write_whole
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.ledger.records import LedgerMark
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.report import MAX_REPORT
from brevgen.settings.round_file import read_round
from brevgen.settings.series import DEFAULT_PATTERN
from brevgen.workspace import Workspace

MARK = "ledger.json"
_MOST_EVENTS = 2**63


def references_on_disk(workspace: Workspace) -> dict[str, str]:
    """The references that reports in the output folders name, by what they stand in.

    A report that cannot be read names none: a person may have saved it in another form.
    """
    found: dict[str, str] = {}
    output = workspace.root / "output"
    for report in sorted(output.glob("*/report.csv")) if output.is_dir() else ():
        file = workspace.shown(report)
        for line, row in enumerate(_rows(report), start=2):
            if reference := row.get("brevgen_referanse"):
                place = tr("{file}, line {line}", file=file, line=line)
                found[place] = reference
    return found


def letters_on_disk(workspace: Workspace) -> dict[str, dict[str, str]]:
    """The references that letters bear which lie in the output folders, or that reports tell of.

    Returns:
        by round, municipality number to reference; what lies there as a letter comes before what
        a report says of it.
    """
    found: dict[str, dict[str, str]] = {}
    output = workspace.root / "output"
    for folder in sorted(output.iterdir()) if output.is_dir() else ():
        own = {
            number: reference
            for row in _rows(folder / "report.csv")
            if (number := row.get("kommunenummer")) and (reference := row.get("brevgen_referanse"))
        }
        pattern = _pattern(workspace, folder.name)
        for file in (*sorted(folder.glob("drafts/*.pdf")), *sorted(folder.glob("letters/*.pdf"))):
            if borne := _reference_in(file.stem, pattern):
                own[file.name[:4]] = borne
        if own:
            found[folder.name] = own
    return found


def patterns(workspace: Workspace) -> frozenset[str]:
    """How the rounds of a workspace write references."""
    return frozenset(
        (DEFAULT_PATTERN, *(_pattern(workspace, round_name) for round_name in workspace.rounds()))
    )


def _pattern(workspace: Workspace, round_name: str) -> str:
    """How the references of a round are written; as most are where its settings do not say."""
    settings = read_round(
        workspace.data / "rounds" / round_name / "round.toml",
        Findings(),
        shown_as="round.toml",
        kinds=kinds_of(workspace, Findings()),
    )
    return settings.series.pattern if settings is not None else DEFAULT_PATTERN


def _reference_in(stem: str, pattern: str) -> str:
    """The reference in a file's name, `0214-Ås-17-09235`; empty where there is none.

    Names of files have `-` for whatever is neither letter nor digit.
    """
    parts = re.findall(r"[#*]|[^\W_]|(?:[^\w#*]|_)+", pattern)
    kinds = {"#": "([0-9])", "*": "([0-9]+)"}
    wanted = (kinds.get(each, f"({each})" if each.isalnum() else "(-)") for each in parts)
    match = re.fullmatch("[0-9]{4}-.*?-" + "".join(wanted), stem)
    if match is None:
        return ""
    pairs = zip(parts, match.groups(), strict=True)
    return "".join(part if read == "-" else read for part, read in pairs)


def sealed_on_disk(workspace: Workspace) -> list[str]:
    """The final letters that lie in the output folders, as a person would type their paths."""
    output = workspace.root / "output"
    files = sorted(output.glob("*/letters/*.pdf")) if output.is_dir() else []
    return [workspace.shown(file) for file in files]


def missing_ledger(workspace: Workspace) -> str:
    """What to do where there is no ledger although letters were made here; empty if none were."""
    if workspace.has_ledger:
        return ""
    traces = [*sealed_on_disk(workspace), *references_on_disk(workspace)]
    if not traces:
        return ""
    return tr(
        "There is no ledger at {ledger}, but letters were made here before ({first}, {count} in"
        " all). Put the ledger or its backup back, or name its place in brevgen.toml. Only if those"
        " letters never left and are to be made anew: brevgen generate ROUND --new-ledger.",
        ledger=workspace.shown(workspace.ledger),
        first=traces[0],
        count=len(traces),
    )


def check_ledger(workspace: Workspace) -> None:
    """Refuse to go on with a ledger that does not know the letters that lie here.

    Raises:
        LedgerOutdated: it does not.
        LedgerError: it cannot be read.
    """
    # First the files and then the ledger: it knows of all that others have made meanwhile.
    references, mark = references_on_disk(workspace), last_mark(workspace)
    if missing := missing_ledger(workspace):
        raise LedgerOutdated(missing)
    if workspace.has_ledger:
        from brevgen.ledger.reader import LedgerReader  # takes long to load

        with LedgerReader(workspace.ledger) as ledger:
            ledger.check_not_outdated(references, mark)


def last_mark(workspace: Workspace) -> LedgerMark | None:
    """How far the ledger had come when it was last changed from here; None if that is not known."""
    try:
        told = json.loads(read_bytes(workspace.state / MARK, most=MEGABYTE))
        return mark_told(told["identity"], told["sequence"], told["hash"])
    except (UnreadableFile, ValueError, KeyError, TypeError, RecursionError):
        return None


def mark_told(identity: object, sequence: object, hash_: object) -> LedgerMark:
    """How far a ledger had come, as a file tells it.

    Raises:
        ValueError: no ledger can have come so far.
    """
    if not isinstance(sequence, int) or not 0 <= sequence < _MOST_EVENTS:
        raise ValueError(f"{sequence} is no number of an event")
    return LedgerMark(str(identity), sequence, str(hash_))


def remember_mark(workspace: Workspace, mark: LedgerMark) -> None:
    """Keep how far the ledger has come, so that an older copy put in its place is told."""
    write_whole(workspace.state / MARK, json.dumps(asdict(mark)).encode())


def _rows(report: Path) -> list[dict[str, str]]:
    try:
        text = read_bytes(report, most=MAX_REPORT).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    except (UnreadableFile, UnicodeDecodeError, csv.Error):
        return []
