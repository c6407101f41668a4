"""What the XML parts of a workbook say: its sheets, the texts they share, and the styles.

Each reader takes in one part as a stream and keeps only what a table needs. The names of elements
and attributes are those of ISO/IEC 29500-1 (Office Open XML), chapter 18.
"""

import posixpath
import re
from dataclasses import dataclass

from brevgen.errors import UnreadableFile
from brevgen.tables.cells import MAX_CELLS, MAX_CHARACTERS, MAX_TEXT, Unusable, cleaned

Attributes = dict[str, str]

TRUE = ("1", "true")

MAX_SHEETS = 1_000
"""Sheets of a workbook; each is begun to see what is on it, though many may be the same part."""
_MAX_FORMAT, _MAX_NAME = 255, 100
"""Characters of a number format, and of a sheet's name; Excel has at most 255 and 31."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


class PartReader:
    """Takes in a part as a stream: elements by their local names, and the text in cells."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._taking = False
        self._phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name in ("t", "v"):
            self._taking = not self._phonetic
        elif name == "rPh":  # how a word is read aloud, in Japanese
            self._phonetic = True

    def end(self, name: str) -> None:
        """An element ends."""
        if name in ("t", "v"):
            self._taking = False
        elif name == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        """A piece of text; taken in as far as is needed to know that it is too long."""
        if self._taking and self._length <= MAX_TEXT:
            self._pieces.append(text)
            self._length += len(text)

    def _taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text


class Relations(PartReader):
    """The parts that a part refers to."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self._targets: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Note a relation: its id, its type without the namespace, and where it leads."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self._folder, attributes["Target"]))
            kind = attributes["Type"].rpartition("/")[2]
            self._targets.append((attributes["Id"], kind, target.lstrip("/")))

    def of_type(self, kind: str) -> dict[str, str]:
        """Id to path, for the parts of one type."""
        return {key: path for key, its_kind, path in self._targets if its_kind == kind}


@dataclass(frozen=True)
class ListedSheet:
    """A sheet as the workbook lists it; relation is the id of its part."""

    name: str
    relation: str
    hidden: bool


class Outline(PartReader):
    """The workbook itself: its sheets, and two settings that change what cells mean.

    `from_1904` is whether days are counted from 1904 (old Macs) and not from 1900; `to_calculate`
    whether a program left it to Excel to calculate the formulas.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[ListedSheet] = []
        self.from_1904 = False
        self.to_calculate = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Note a sheet or a setting."""
        if name == "sheet" and "name" in attributes:
            relation = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append(ListedSheet(attributes["name"][:_MAX_NAME], relation, hidden))
            if len(self.sheets) > MAX_SHEETS:
                raise UnreadableFile(
                    f"The workbook has more than {MAX_SHEETS} sheets.",
                    "Copy the sheet that is needed to a new workbook.",
                )
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in TRUE
        elif name == "calcPr":
            self.to_calculate = attributes.get("fullCalcOnLoad") in TRUE


class SharedTexts(PartReader):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str | Unusable] = []
        self._characters = 0

    def end(self, name: str) -> None:
        """Keep a text that is complete."""
        super().end(name)
        if name == "si":
            # Cleaned once, however many cells refer to it.
            text = cleaned(unescaped(self._taken()))
            self._characters += len(text) if isinstance(text, str) else 0
            if len(self.texts) >= MAX_CELLS or self._characters > MAX_CHARACTERS:
                raise UnreadableFile(
                    "The workbook holds too many different texts.",
                    "Copy the sheet that is needed to a new workbook.",
                )
            self.texts.append(text)


class Styles(PartReader):
    """Which styles show a number as a date or a time."""

    def __init__(self) -> None:
        super().__init__()
        self.dates: set[int] = set()
        self._formats = set(_BUILT_IN_DATES)
        self._style: int | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        """Note a number format, or a style that uses one."""
        if name == "numFmt":
            code = _NOT_FORMAT.sub("", attributes.get("formatCode", "")[:_MAX_FORMAT])
            if re.search("[dmyhs]", code, re.IGNORECASE):
                self._formats.add(int(attributes["numFmtId"]))
        elif name == "cellXfs":
            self._style = 0
        elif name == "xf" and self._style is not None:
            if int(attributes.get("numFmtId", "0")) in self._formats:
                self.dates.add(self._style)
            self._style += 1

    def end(self, name: str) -> None:
        """Leave the list of styles that cells use."""
        if name == "cellXfs":
            self._style = None


def unescaped(text: str) -> str:
    """A text with the characters that XML cannot hold, which a workbook writes as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
