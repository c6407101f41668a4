"""What the measurements say: rows, ratios and aims, as a table and as JSON."""

import json
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.running import HOW_MEMORY_IS_MEASURED, Measured, cores

LIBRARIES = ("weasyprint", "pydyf", "jinja2", "python-docx", "pyhanko", "pandas", "pikepdf",
             "page-validation", "sqlalchemy", "typer", "docxtpl", "typst")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One way of making the letters, measured.

    Args:
        name: what was done.
        letters: how many letters.
        seconds: from start to end, start-up included.
        cpu_seconds: processor time of all processes.
        memory_mb: the peak of all processes together.
        leaves_out: what the other rows do and this one does not.
        baseline: the name of the row it is compared with; empty for none.
        short: its name in the chart; empty where it is not drawn.
    """

    name: str
    letters: int
    seconds: float
    cpu_seconds: float
    memory_mb: float
    leaves_out: str = ""
    baseline: str = ""
    short: str = ""

    @classmethod
    def of(cls, name: str, letters: int, measured: Measured, **more: str) -> "Row":
        """A row of what was measured."""
        return cls(
            name, letters, measured.seconds, measured.cpu_seconds, measured.memory_mb, **more
        )

    @property
    def per_letter(self) -> float:
        """Milliseconds per letter."""
        return self.seconds / self.letters * 1000


@dataclass(frozen=True)
class Aim:
    """Something to be reached: in words, what was measured, and whether that is enough."""

    aim: str
    measured: str
    met: bool


def named(rows: Sequence[Row], name: str) -> Row | None:
    """The row of a name, if it was measured."""
    return next((row for row in rows if row.name == name), None)


def ratio(rows: Sequence[Row], row: Row) -> float | None:
    """How many times faster per letter a row is than its baseline; None where it has none."""
    baseline = named(rows, row.baseline)
    return baseline.per_letter / row.per_letter if baseline is not None else None


def table(rows: Sequence[Row]) -> str:
    """The rows for people."""
    wide = max(len(row.name) for row in rows)
    head = f"{'':{wide}}  letters  seconds  ms/letter  peak MB  times as fast  leaves out"
    lines = [head, "-" * len(head)]
    for row in rows:
        times = ratio(rows, row)
        lines.append(
            f"{row.name:{wide}}{row.letters:9}{row.seconds:9.2f}{row.per_letter:11.1f}"
            f"{row.memory_mb:9.0f}{f'{times:.2f}' if times else '':>15}  {row.leaves_out}".rstrip()
        )
    return "\n".join(lines)


def shown(aims: Sequence[Aim]) -> str:
    """The aims for people."""
    return "\n".join(f"{'met    ' if a.met else 'NOT MET'}  {a.aim}: {a.measured}" for a in aims)


def circumstances(command: str) -> dict[str, Any]:
    """What the figures hold for: machine, versions, command and day."""
    versions = {}
    for library in LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": command,
        "machine": {
            "processor": _line_of("/proc/cpuinfo", "model name") or platform.machine(),
            "cores": cores(),
            "memory": _line_of("/proc/meminfo", "MemTotal"),
            "system": platform.platform(),
        },
        "python": sys.version.split()[0],
        "versions": versions,
        "memory": HOW_MEMORY_IS_MEASURED,
    }


def _line_of(file: str, label: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    return next((x.partition(":")[2].strip() for x in lines if x.startswith(label)), "")


def rows_as_json(rows: Sequence[Row]) -> list[Mapping[str, Any]]:
    """The rows for programs."""
    out = []
    for row in rows:
        fields = {key: value for key, value in asdict(row).items() if key != "short"}
        times = ratio(rows, row)
        for key in ("seconds", "cpu_seconds", "memory_mb"):
            fields[key] = round(fields[key], 2)
        fields["ms_per_letter"] = round(row.per_letter, 2)
        fields["times_as_fast"] = round(times, 2) if times else None
        out.append(fields)
    return out


def write(path: Path, results: Mapping[str, Any]) -> None:
    """Write results as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
