"""Which file of a round's folder is its allocation."""

from collections.abc import Sequence
from pathlib import Path

from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.tables.file_kinds import OTHER_SPREADSHEETS, READ_KINDS
from brevgen.tables.numbers import quoted


def find_allocation(folder: Path, findings: Findings) -> Path | None:
    """The one file in a round's folder whose name begins with `allocation`, in any letters.

    None where there is no such file or more than one, with a fault that names what lies there.
    """
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    kinds_ = (*READ_KINDS, *OTHER_SPREADSHEETS)
    files = [p for p in there if p.exists() and (p.is_file() or p.suffix.lower() in kinds_)]
    called = [path for path in files if path.name.casefold().startswith("allocation")]
    others = [
        path
        for path in files
        if path.suffix.lower() in kinds_ and not path.name.startswith(("~", "."))
    ]
    place = Place(folder.name)
    if len(called) == 1:
        return called[0]
    if called:
        findings.fault(
            tr("There are {count} allocations: {names}.", count=len(called), names=_names(called)),
            tr("Keep the one that counts, and move the others out of the folder."),
            place,
        )
    elif others:
        findings.fault(
            tr("There is no allocation, but there is {names}.", names=_names(others)),
            tr("If it is the allocation, save it as allocation.xlsx."),
            place,
        )
    else:
        findings.fault(
            tr("There is no allocation."),
            tr("Put the spreadsheet there as allocation.xlsx or allocation.csv."),
            place,
        )
    return None


def _names(files: Sequence[Path]) -> str:
    return ", ".join(quoted(path.name) for path in files)
