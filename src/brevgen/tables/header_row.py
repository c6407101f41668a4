"""Which row is the header, and which column is which, however the headers are spelt."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile

from brevgen.language import tr
from brevgen.tables.cells import Content, Formatted, GridRow, Unusable, column_letters
from brevgen.tables.limits import LAST_HEADER_ROW

_IGNORED = re.compile(r"[\s_.:\-‐‑–]+")


@dataclass(frozen=True)
class Wanted:
    """The columns to look for.

    Args:
        names: folded spelling to proper name, synonyms included.
        required: the proper names without which a row is no header.
    """

    names: Mapping[str, str]
    required: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """A row read as a header; columns are counted from 1.

    Args:
        row: number of the row, counted from 1.
        written: column to header as written, on one line.
        known: column to proper name, for the headers that are known.
        missing: the required columns that are not there.
        unusable: column to what stands there in place of a header that can be read.
    """

    row: int
    written: Mapping[int, str]
    known: Mapping[int, str]
    missing: tuple[str, ...]
    unusable: Mapping[int, Unusable]

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return bool(self.known) and not self.missing

    @property
    def likeness(self) -> tuple[bool, int, int]:
        """How much the row looks like the header; the greater the better."""
        return self.complete, -len(self.missing), len(self.known)

    def doubled(self) -> dict[str, list[int]]:
        """Proper name to columns, for the names that more than one column has."""
        columns: dict[str, list[int]] = {}
        for column, name in self.known.items():
            columns.setdefault(name, []).append(column)
        return {name: found for name, found in columns.items() if len(found) > 1}


OF_YEAR = ("{0}{1}", "{0}for{1}", "{0}i{1}", "{1}{0}")
"""How a year stands in a header, once both are folded: `EM 2027`, `EM for 2027`."""


def folded(header: str) -> str:
    """A header without case, blanks, underscores, hyphens, dots and colons."""
    return _IGNORED.sub("", unicodedata.normalize("NFC", header)).casefold()


def find_header(rows: Iterable[GridRow], wanted: Wanted) -> Header | None:
    """The first row with all required columns, else the row most like a header; None if no rows.

    A header that is hidden counts only where no row that can be seen will do.
    """
    best: Header | None = None
    for row in takewhile(lambda row: row.number <= LAST_HEADER_ROW, rows):
        header = _as_header(row, wanted)
        if header.complete and not row.hidden:
            return header
        if best is None or header.likeness > best.likeness:
            best = header
    return best


def extra_names(header: Header, columns: Iterable[int]) -> dict[int, str]:
    """A name for each column nobody asked for, no two the same.

    Args:
        header: the header, which may not name them all, or name two the same.
        columns: the columns that hold something; those with a header are named in any case.
    """
    unknown = {*header.written, *columns} - set(header.known)
    names: dict[int, str] = {}
    taken = set(header.known.values())
    for column in sorted(unknown):
        letter = tr("column {letters}", letters=column_letters(column))
        name = header.written.get(column, letter)
        while name in taken:
            name = f"{name} ({letter})"
        names[column] = name
        taken.add(name)
    return names


def _as_header(row: GridRow, wanted: Wanted) -> Header:
    written = {column: _text(content) for column, content in row.cells.items()}
    known = {
        column: wanted.names[folded(text)]
        for column, text in written.items()
        if folded(text) in wanted.names
    }
    found = set(known.values())
    return Header(
        row=row.number,
        written={column: text for column, text in written.items() if text},
        known=known,
        missing=tuple(name for name in wanted.required if name not in found),
        unusable={
            column: content
            for column, content in row.cells.items()
            if isinstance(content, Unusable)
        },
    )


def _text(content: Content) -> str:
    text = content.shown if isinstance(content, Formatted | Unusable) else str(content)
    return " ".join(text.split())
