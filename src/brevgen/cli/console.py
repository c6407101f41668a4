"""What a person sees in the terminal: tables of findings and letters, figures, progress.

Results go to stdout, progress and problems to stderr.
"""

import csv
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from brevgen.findings import Finding

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.text import Text

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What would do something to the terminal or turn the text around it, and show nothing itself."""


@cache
def console(*, stderr: bool = False) -> "Console":
    """What tables and colours are drawn with, on stdout or stderr."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def visible(text: str) -> str:
    """A text from anywhere, with what is not seen written as `\\u001b`, which JSON reads too."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(visible(text), style=style)


def say(text: str) -> None:
    """Tell the user something on stdout."""
    print(visible(text))


def note(text: str) -> None:
    """Tell the user something that is not the result, on stderr."""
    print(visible(text), file=sys.stderr)


def complain(text: str) -> None:
    """Tell the user of a problem on stderr."""
    console(stderr=True).print(_text(text, "red"), soft_wrap=True)


def show_json(data: Any) -> None:
    """Print dataclasses for programs: JSON, times as ISO 8601 in UTC."""
    from pydantic_core import to_json

    text = to_json(data, indent=2).decode()
    say(text)


def show_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows of the same columns for spreadsheet programs, `;` between the cells."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0] if rows else (), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    print(text.getvalue(), end="")


def show_findings(findings: Sequence[Finding], on: "Console | None" = None) -> None:
    """A line for each fault and warning, on stderr if nothing else is said: where, what, remedy."""
    from rich.table import Table

    on = on or console(stderr=True)
    for severity, title, colour in (("fault", "Faults", "red"), ("warning", "Warnings", "yellow")):
        lines = [finding for finding in findings if finding.severity == severity]
        if not lines:
            continue
        # not as the table's own title, which would be broken to the table's width
        on.print(_text(f"{title}: {len(lines)}", f"bold {colour}"))
        table = Table()
        table.add_column("Where", overflow="fold", ratio=3)
        table.add_column(
            "What is wrong" if severity == "fault" else "What", overflow="fold", ratio=4
        )
        table.add_column("What to do", overflow="fold", ratio=4)
        for finding in lines:
            table.add_row(*map(_text, (str(finding.place), finding.what, finding.remedy)))
        on.print(table)


def show_table(
    headers: Mapping[str, bool], rows: Sequence[Sequence[object]], *, title: str = ""
) -> None:
    """Print a table on stdout.

    Args:
        headers: column headers, and whether the column holds numbers.
        rows: its cells.
        title: printed above.
    """
    from rich.table import Table

    if title:
        console().print(_text(title, "bold"))
    table = Table()
    cells = [[_cell(value) for value in row] for row in rows]
    widths = _widths([[_text(header) for header in headers], *cells], console().width)
    for (header, is_number), width in zip(headers.items(), widths, strict=True):
        justify: JustifyMethod = "right" if is_number else "left"
        table.add_column(header, justify=justify, overflow="fold", width=width)
    for row_of_cells in cells:
        table.add_row(*row_of_cells)
    console().print(table)


def _widths(rows: "Sequence[Sequence[Text]]", most: int) -> list[int | None]:
    """How wide columns are to be so that no word is broken: an address, a number.

    Args:
        rows: the headers and the cells.
        most: how wide the terminal is.

    Returns:
        characters of each column; None where all fit as they are, or where words must be broken.
    """
    from rich.cells import cell_len

    columns = list(zip(*rows, strict=True))
    whole = [max(map(cell_len, map(str, cells))) for cells in columns]
    least = [
        max(cell_len(word) for cell in cells for word in str(cell).split() or [""])
        for cells in columns
    ]
    left = most - (3 * len(columns) + 1) - sum(least)
    wanted = [one - other for one, other in zip(whole, least, strict=True)]
    if left < 0 or sum(wanted) <= left:
        return [None] * len(columns)
    return [
        smallest + left * more // sum(wanted) for smallest, more in zip(least, wanted, strict=True)
    ]


def _cell(value: object) -> "Text":
    if value is None:
        return _text("")
    if isinstance(value, int):
        from brevgen.letter.wording import spaced

        return _text(spaced(value))
    return _text(str(value))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, if that is a terminal; yields what to call with done and total.

    It is drawn from the first call on: before that a person may be reading and answering.
    """
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    err = console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )
    task = bar.add_task(what, total=None)

    def show(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        bar.stop()


def show_pairs(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Print labels and values on stdout, one pair a line."""
    console().print(_text(title, "bold"), soft_wrap=True)
    width = max((len(label) for label, _ in pairs), default=0)
    for label, value in pairs:
        say(f"  {label:<{width}}  {value}")
