"""Faults and warnings: where something is wrong, what is wrong, and what to do about it.

Readers and checks never stop at the first fault. They put what they find into a `Findings` and go
on, so that a caseworker can mend a whole spreadsheet in one go.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

from brevgen.errors import BrevgenError
from brevgen.language import tr

Severity = Literal["fault", "warning"]

MOST_FINDINGS = 5_000
"""More than anybody mends in one go; a broken file could have millions, and fill the memory."""
MOST_SIGNS, MOST_SIGNS_OF_A_PLACE = 1_000, 120
"""How long a message and each part of a place may be, whatever is quoted there."""


@dataclass(frozen=True)
class Place:
    """Where in the user's files: as the spreadsheet shows it, so row 1 is the first row.

    Args:
        file: path as the user would type it, or the file's name.
        sheet: name of the sheet; empty for text files.
        row: row number in a spreadsheet, line number in a text file, counted from 1.
        column: the column's header as written, or its letter, or a key of a settings file.
    """

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file, self.sheet]
        if self.row is not None:
            is_text = self.file.endswith((".toml", ".html", ".css"))
            parts.append(
                tr("line {row}", row=self.row) if is_text else tr("row {row}", row=self.row)
            )
        parts.append(self.column)
        return ", ".join(shortened(part, MOST_SIGNS_OF_A_PLACE) for part in parts if part)


NOWHERE = Place()


@dataclass(frozen=True)
class Finding:
    """One fault or warning: what is wrong, where, and what to do."""

    severity: Severity
    what: str
    remedy: str
    place: Place = NOWHERE

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place != NOWHERE else ""
        return f"{where}{self.what} {self.remedy}".strip()


@dataclass
class Findings:
    """A growing list of everything found wrong, in the order it was found.

    Args:
        items: what was found.
        only_faults: whether nobody will look at the warnings, so that none need be found.
    """

    items: list[Finding] = field(default_factory=list)
    only_faults: bool = False

    def fault(self, what: str, remedy: str, place: Place = NOWHERE) -> None:
        """Note something that must be mended before any letter is made."""
        self._add(Finding("fault", shortened(what), shortened(remedy), place))

    def warn(self, what: str, remedy: str, place: Place = NOWHERE) -> None:
        """Note something a person should look at, but that stops nothing."""
        if not self.only_faults:
            self._add(Finding("warning", shortened(what), shortened(remedy), place))

    def take(self, others: "Findings") -> None:
        """Note what was found elsewhere, too."""
        for each in others.items:
            if each.severity == "fault" or not self.only_faults:
                self._add(each)

    def _add(self, finding: Finding) -> None:
        """Keep a finding; after too many only one more, a fault, so that nothing is made."""
        if len(self.items) < MOST_FINDINGS:
            self.items.append(finding)
        elif len(self.items) == MOST_FINDINGS:
            what = tr(
                "There are more than {most} faults and warnings; the rest is left out.",
                most=MOST_FINDINGS,
            )
            self.items.append(Finding("fault", what, tr("Mend these, then check again.")))

    @property
    def faults(self) -> list[Finding]:
        """Only what must be mended."""
        return [item for item in self.items if item.severity == "fault"]

    @property
    def warnings(self) -> list[Finding]:
        """Only what should be looked at."""
        return [item for item in self.items if item.severity == "warning"]

    def stop_on_faults(self) -> None:
        """Raise `FaultyInput` if there is any fault."""
        if self.faults:
            raise FaultyInput(self.items)


def shortened(text: str, most: int = MOST_SIGNS) -> str:
    """A text with its middle left out where it is too long to be read."""
    if len(text) <= most:
        return text
    return f"{text[: most // 2]} … {text[-most // 3 :]}"


class FaultyInput(BrevgenError):
    """The input has faults; `findings` holds every one of them, and the warnings."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        faults = [item for item in self.findings if item.severity == "fault"]
        super().__init__("\n".join(map(str, faults)))

    @classmethod
    def of(cls, what: str, remedy: str, place: Place = NOWHERE) -> Self:
        """The error of one fault."""
        return cls([Finding("fault", what, remedy, place)])

    def __reduce__(self) -> tuple[type["FaultyInput"], tuple[list[Finding]]]:
        # so that a process that makes letters can hand it to its parent
        return type(self), (self.findings,)
