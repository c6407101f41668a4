"""What the measurements say: rows with their aims, for programs and as a table.

Aims are of processor time, for how long something takes on a busy machine says little of it.
"""

import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.running import Measured

LIBRARIES = ("weasyprint", "jinja2", "python-docx", "pyhanko", "pikepdf", "openpyxl", "typer")
SLACK = 1.05
"""How many times the processor time of the version before something may take."""
COLUMNS = ("seconds", "ms_each", "cpu", "cpu_before", "cpu_times", "memory_mb")


@dataclass
class Row:
    """Something measured, and beside it the same of the version before.

    Args:
        what: what was done.
        each: among how many letters or files the time is shared.
        most: the most milliseconds of processor time for each of them; none for no such aim.
        as_fast: whether it is to be as fast as before.
        ours: each run of it, by this tree.
        before: each run of it, by the version before; empty where it is not compared.
    """

    what: str
    each: int = 1
    most: float | None = None
    as_fast: bool = False
    ours: list[Measured] = field(default_factory=list)
    before: list[Measured] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Medians and every run; None for what is not known, and the aim with whether it is met."""
        row: dict[str, Any] = {"what": self.what, "each": self.each}
        for when, runs in (("", self.ours), ("_before", self.before)):
            for name in ("seconds", "cpu"):
                taken = [getattr(run, name) for run in runs]
                row[f"{name}{when}"] = round(median(taken), 3) if taken else None
            row[f"runs{when}"] = [round(run.seconds, 3) for run in runs]
        row["ms_each"] = round(row["seconds"] / self.each * 1000, 1)
        row["memory_mb"] = max(run.memory_mb for run in self.ours)
        row["cpu_times"] = row["cpu"] / row["cpu_before"] if self.before else None
        row["aim"] = ""
        if self.most is not None:
            met = "met" if row["cpu"] / self.each * 1000 <= self.most else "NOT MET"
            row["aim"] = f"at most {self.most:g} ms each: {met}"
        elif self.as_fast and self.before:
            met = "met" if row["cpu_times"] <= SLACK else "NOT MET"
            row["aim"] = f"at most {SLACK - 1:.0%} slower: {met}"
        return row


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The figures of rows for people."""
    wide = max(len(row["what"]) for row in rows)
    lines = [" " * wide + "".join(f"{name:>11}" for name in COLUMNS) + "  aim"]
    for row in rows:
        cells = ("" if row[name] is None else f"{row[name]:.2f}" for name in COLUMNS)
        line = f"{row['what']:{wide}}" + "".join(f"{cell:>11}" for cell in cells)
        lines.append(f"{line}  {row['aim']}".rstrip())
    return "\n".join(lines)


def circumstances() -> dict[str, Any]:
    """What the figures hold for: day, machine and versions."""
    model = re.search("model name\\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "libraries": {library: version(library) for library in LIBRARIES},
    }
