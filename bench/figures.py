"""What the measurements say: rows with their aims, as a table and as JSON."""

import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.running import Measured, cores

LIBRARIES = ("weasyprint", "jinja2", "python-docx", "pyhanko", "pikepdf", "openpyxl", "typer")
SLACK = 1.05
"""How many times as long as the version before something may take."""


@dataclass(frozen=True)
class Row:
    """Something measured, and beside it the same of the version before.

    Args:
        what: what was done.
        ours: each run of it, by this tree.
        before: each run of it, by the version before; empty where it is not compared.
        each: among how many letters or files the time is shared.
        most: the most milliseconds for each of them; none for no such aim.
        as_fast: whether it is to be as fast as before.
    """

    what: str
    ours: Sequence[Measured]
    before: Sequence[Measured] = ()
    each: int = 1
    most: float | None = None
    as_fast: bool = False

    @property
    def seconds(self) -> float:
        """The median of our runs."""
        return median(run.seconds for run in self.ours)

    @property
    def seconds_before(self) -> float | None:
        """The median of the runs of the version before; None if there are none."""
        return median(run.seconds for run in self.before) if self.before else None

    @property
    def memory_mb(self) -> float:
        """The largest peak of our runs."""
        return max(run.memory_mb for run in self.ours)

    @property
    def ms_each(self) -> float:
        """Milliseconds for each letter or file."""
        return self.seconds / self.each * 1000

    @property
    def times_before(self) -> float | None:
        """How many times as long as before it takes."""
        return self.seconds / self.seconds_before if self.seconds_before else None

    @property
    def aim(self) -> str:
        """What is to be reached, and whether it is; empty for nothing."""
        if self.most is not None:
            return f"at most {self.most:g} ms each: {_met(self.ms_each <= self.most)}"
        if self.as_fast and self.times_before:
            return f"at most {SLACK - 1:.0%} slower: {_met(self.times_before <= SLACK)}"
        return ""

    def as_json(self) -> dict[str, Any]:
        """The row for programs."""
        return {
            "what": self.what,
            "seconds": rounded(self.seconds),
            "seconds_before": rounded(self.seconds_before),
            "each": self.each,
            "ms_each": rounded(self.ms_each),
            "memory_mb": rounded(self.memory_mb),
            "runs": [rounded(run.seconds) for run in self.ours],
            "runs_before": [rounded(run.seconds) for run in self.before],
            "aim": self.aim,
        }


def _met(met: bool) -> str:
    return "met" if met else "NOT MET"


def rounded(number: float | None) -> float | None:
    """A number as it is written down."""
    return None if number is None else round(number, 3)


def table(rows: Sequence[Row], before: str) -> str:
    """The rows for people.

    Args:
        rows: what was measured.
        before: what the version before is called.
    """
    wide = max(len(row.what) for row in rows)
    head = f"{'':{wide}}  seconds  ms each  peak MB {before[:12]:>13}  times  aim"
    lines = [head, "-" * len(head)]
    for row in rows:
        line = f"{row.what:{wide}} {row.seconds:8.2f} {row.ms_each:8.1f} {row.memory_mb:8.0f}"
        old, times = row.seconds_before, row.times_before
        line += f" {old:13.2f} {times:6.2f}" if old and times else f"{'':21}"
        lines.append(f"{line}  {row.aim}".rstrip())
    return "\n".join(lines)


def circumstances() -> Mapping[str, Any]:
    """What the figures hold for: day, machine and versions."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _line_of("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": cores(),
        "memory": _line_of("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "libraries": {library: version(library) for library in LIBRARIES},
    }


def _line_of(file: str, label: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    return next((x.partition(":")[2].strip() for x in lines if x.startswith(label)), "")
