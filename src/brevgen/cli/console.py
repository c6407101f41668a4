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
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TextIO

from brevgen.findings import Finding
from brevgen.language import tr

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.text import Text

_COMMAND = re.compile(r"(?<!\S)brevgen \w.*")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What would do something to the terminal or turn the text around it, and show nothing itself."""


NARROWEST, USUAL = 20, 80
"""Characters of a line, below which a width is no width, and what is taken then."""


@cache
def console(*, stderr: bool = False) -> "Console":
    """What tables and colours are drawn with, on stdout or stderr."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False)
    if made.width < NARROWEST:  # a terminal that does not know its width says 0
        made.width = USUAL
    return made


def visible(text: str) -> str:
    """A text from anywhere, with what is not seen written as `\\u001b`, which JSON reads too."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(visible(text), style=style)


def say(text: str) -> None:
    """Tell the user something on stdout."""
    print(visible(_fitted(text, sys.stdout)))


def note(text: str) -> None:
    """Tell the user something that is not the result, on stderr."""
    print(visible(_fitted(text, sys.stderr)), file=sys.stderr)


def complain(text: str) -> None:
    """Tell the user of a problem on stderr."""
    on = console(stderr=True)
    on.print(_text(_fitted(text, sys.stderr), "red"), soft_wrap=True)


def _fitted(text: str, stream: TextIO | None) -> str:
    """A text in lines that fit a terminal; a command stays on one, so that it is copied whole."""
    if stream is None or stream.closed or not stream.isatty():
        return text
    width = console(stderr=stream is sys.stderr).width
    lines: list[str] = []
    for line in text.split("\n"):
        command = _COMMAND.search(line)
        if len(line) <= width:
            lines.append(line)
        elif command and line[: command.start()].strip():
            lines += [*_at_blanks(line[: command.start()].rstrip(), width), command[0]]
        else:
            lines += [line] if command else _at_blanks(line, width)
    return "\n".join(lines)


def _at_blanks(line: str, width: int, indent: str = "  ") -> list[str]:
    """A line broken at blanks, never within a word or at a hard space; what is longer stays."""
    return wrap(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [line]


def show_json(data: Any) -> None:
    """Print dataclasses for programs: JSON, times as ISO 8601 in UTC."""
    from pydantic_core import to_json

    print(visible(to_json(data, indent=2).decode()))


def show_csv(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows of the same columns for spreadsheet programs, `;` between the cells."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0] if rows else (), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    print(text.getvalue(), end="")


def show_findings(findings: Sequence[Finding], on: "Console | None" = None) -> None:
    """A line for each fault and warning, on stderr if nothing else is said: where, what, remedy."""
    on = on or console(stderr=True)
    faults = [each for each in findings if each.severity == "fault"]
    warnings = [each for each in findings if each.severity == "warning"]
    where, remedy = tr("Where"), tr("What to do")
    for lines, title, colour, what in (
        (faults, tr("Faults: {count}", count=len(faults)), "red", tr("What is wrong")),
        (warnings, tr("Warnings: {count}", count=len(warnings)), "yellow", tr("What")),
    ):
        if lines:
            on.print(_text(title, f"bold {colour}"))
            cells = [
                [_text(text) for text in (str(each.place), each.what, each.remedy)]
                for each in lines
            ]
            _print_table({where: False, what: False, remedy: False}, cells, on)


def show_table(
    headers: Mapping[str, bool], rows: Sequence[Sequence[object]], *, title: str = ""
) -> None:
    """Print a table on stdout.

    Args:
        headers: column headers, and whether the column holds numbers.
    """
    if title:
        console().print(_text(_fitted(title, sys.stdout), "bold"), soft_wrap=True)
    _print_table(headers, [[_cell(value) for value in row] for row in rows], console())


def _print_table(
    headers: Mapping[str, bool], rows: "Sequence[Sequence[Text]]", on: "Console"
) -> None:
    """Print a table; or its cells one below the other, where it is too wide for the terminal."""
    from rich.table import Table

    widths = _widths([[_text(header) for header in headers], *rows], on.width)
    if widths is None:
        _print_stacked(list(headers), rows, on)
        return
    table = Table()
    for (header, is_number), width in zip(headers.items(), widths, strict=True):
        justify: JustifyMethod = "right" if is_number else "left"
        table.add_column(header, justify=justify, overflow="fold", width=width)
    for row in rows:
        table.add_row(*map(_wrapped, row, widths))
    on.print(table)


def _wrapped(cell: "Text", width: int) -> "Text":
    """A cell in lines of some width; Rich would break it at hard spaces too."""
    lines = str(cell).split("\n")
    return _text("\n".join(each for line in lines for each in _at_blanks(line, width, "")))


def _print_stacked(headers: Sequence[str], rows: "Sequence[Sequence[Text]]", on: "Console") -> None:
    """A paragraph for each row, in which each cell begins a line."""
    for row in rows:
        for header, cell in zip(headers, row, strict=True):
            if str(cell):
                # a longer word is left to the terminal to break, so that it is copied whole
                lines = _at_blanks(f"{header}: {cell}", on.width)
                on.print(_text("\n".join(lines)), soft_wrap=True)
        on.print()


def _widths(rows: "Sequence[Sequence[Text]]", most: int) -> list[int] | None:
    """How wide columns are to be so that no word is broken: an address, a number.

    Args:
        rows: the headers and the cells.
        most: how wide the terminal is.

    Returns:
        characters of each column; None where words would have to be broken.
    """
    from rich.cells import cell_len

    columns = list(zip(*rows, strict=True))
    whole = [max(map(cell_len, map(str, cells))) for cells in columns]
    least = [
        max(cell_len(word) for cell in cells for word in re.split(r"[ \n\t]+", str(cell)))
        for cells in columns
    ]
    left = most - (3 * len(columns) + 1) - sum(least)
    if left < 0:
        return None
    wanted = [one - other for one, other in zip(whole, least, strict=True)]
    widths = list(least)
    # who wants little gets all of it, and the others share what is left
    for behind, at in enumerate(sorted(range(len(columns)), key=wanted.__getitem__)):
        more = min(wanted[at], left // (len(columns) - behind))
        widths[at] += more
        left -= more
    return widths


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
    console().print(_text(_fitted(title, sys.stdout), "bold"), soft_wrap=True)
    width = max((len(label) for label, _ in pairs), default=0)
    for label, value in pairs:
        say(f"  {label:<{width}}  {value}")
