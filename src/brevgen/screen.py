"""What a person sees in the terminal: tables of findings and letters, figures, progress.

Results go to stdout, progress and problems to stderr.
"""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from brevgen.facts.faults import Finding

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What would do something to the terminal or turn the text around it, and show nothing itself."""

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def harmless(text: str) -> str:
    """A text from anywhere, with what is not seen written as `\\u001b`, which JSON reads too."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _text(text: str, style: str = "") -> Text:
    return Text(harmless(text), style=style)


def say(text: str) -> None:
    """Tell the user something on stdout."""
    out.print(_text(text), soft_wrap=True)


def note(text: str) -> None:
    """Tell the user something that is not the result, on stderr."""
    err.print(_text(text), soft_wrap=True)


def complain(text: str) -> None:
    """Tell the user of a problem on stderr."""
    err.print(_text(text, "red"), soft_wrap=True)


def show_json(data: Any) -> None:
    """Print data for programs."""
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write(harmless(text) + "\n")


def show_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows of the same columns for spreadsheet programs, `;` between the cells."""
    writer = csv.DictWriter(sys.stdout, rows[0] if rows else (), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)


def show_findings(findings: Sequence[Finding], console: Console = err) -> None:
    """A line for each fault and warning: where, what, and what to do."""
    for severity, title, colour in (("fault", "Faults", "red"), ("warning", "Warnings", "yellow")):
        lines = [finding for finding in findings if finding.severity == severity]
        if not lines:
            continue
        # not as the table's own title, which would be broken to the table's width
        console.print(Text(f"{title}: {len(lines)}", style=f"bold {colour}"))
        table = Table()
        table.add_column("Where", overflow="fold", ratio=3)
        table.add_column(
            "What is wrong" if severity == "fault" else "What", overflow="fold", ratio=4
        )
        table.add_column("What to do", overflow="fold", ratio=4)
        for finding in lines:
            table.add_row(*map(_text, (str(finding.place), finding.what, finding.remedy)))
        console.print(table)


def show_table(
    headers: Mapping[str, bool], rows: Sequence[Sequence[object]], *, title: str = ""
) -> None:
    """Print a table on stdout.

    Args:
        headers: column headers, and whether the column holds numbers.
        rows: its cells.
        title: printed above.
    """
    if title:
        out.print(_text(title, "bold"))
    table = Table()
    for header, is_number in headers.items():
        table.add_column(header, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    out.print(table)


def _cell(value: object) -> Text:
    if value is None:
        return Text()
    return _text(spaced(value) if isinstance(value, int) else str(value))


def spaced(number: int) -> str:
    """A number with its thousands set off: `36 985`."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, if that is a terminal; yields what to call with done and total."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    ) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show_pairs(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Print labels and values on stdout, one pair a line."""
    out.print(_text(title, "bold"), soft_wrap=True)
    width = max((len(label) for label, _ in pairs), default=0)
    for label, value in pairs:
        out.print(_text(f"  {label:<{width}}  {value}"), soft_wrap=True)
