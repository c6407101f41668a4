"""The tables of a letter in Word: its head, what it asks at a glance, and its foot.

The head is a table rather than frames, which some programs lay upon each other. Where its cells lie
is decided here, as for the PDF in the stylesheet: the recipient must stay in the window of the
envelope.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from brevgen.render.word_fonts import width

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

    Cell = Sequence[BaseOxmlElement]
    """The paragraphs of a cell."""

FACTS_STYLE = "Facts"
"""The table style of what is asked at a glance; without it the table has no lines."""
CAPTION = {"nb": "Det viktigste i brevet", "nn": "Det viktigaste i brevet"}
"""What a screen reader says before that table, by written form."""

BEFORE_FACTS, WITHIN_FACTS, AFTER_FACTS = 3, 1.8, 3.4
"""Millimetres around that table and at its edges, which a table in Word cannot have by itself."""

_MM = 1440 / 25.4
"""A millimetre in twentieths of a point, in which Word measures."""
_WIDTH = 160
_HEAD_COLUMNS = (105, 55)
_HEAD_ROWS = (("exact", 31), ("atLeast", 26))
"""How high letterhead and addresses are: the recipient begins 46 mm from the top of the sheet."""
_FACT_COLUMNS = (37, 91)
_FOOT_SIZE = 8.5
_NUMBER_COLUMN = 20
_BETWEEN = 6
"""Most millimetres between two ways to reach the agency."""
_TABLE = (
    "<w:tbl {names}><w:tblPr>{style}<w:tblW w:w='{width}' w:type='dxa'/>"
    "<w:tblLayout w:type='fixed'/>{margins}<w:tblLook w:val='{look}' w:firstRow='0' w:lastRow='0'"
    " w:firstColumn='{headed}' w:lastColumn='0' w:noHBand='1' w:noVBand='1'/>{caption}</w:tblPr>"
    "<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
)
_NO_MARGINS = (
    "<w:tblCellMar><w:left w:w='0' w:type='dxa'/><w:right w:w='0' w:type='dxa'/></w:tblCellMar>"
)


def head(cells: "Sequence[Cell]") -> "BaseOxmlElement":
    """The head of a letter, from the cells of letterhead, mark, recipient and references."""
    table = _table(_HEAD_COLUMNS, margins=_NO_MARGINS)
    for number, (rule, height) in enumerate(_HEAD_ROWS):
        table.append(_row(_HEAD_COLUMNS, cells[number * 2 :][:2], rule=rule, height=height))
    return table


def facts(rows: "Iterable[Sequence[Cell]]", *, style: str, caption: str) -> "BaseOxmlElement":
    """What is asked at a glance: a row for each label and its value, the label as its header.

    Args:
        rows: the cells of each label and its value.
        style: the id of the table's style; empty for none.
        caption: what a screen reader says before it.
    """
    table = _table(_FACT_COLUMNS, style=style, caption=caption)
    table.extend([_row(_FACT_COLUMNS, cells) for cells in rows])
    return table


def foot(cells: "Sequence[Cell]", number: "BaseOxmlElement") -> "BaseOxmlElement":
    """Where the agency is reached, and the number of the page.

    Args:
        cells: a cell for each way.
        number: the paragraph with the number of the page.
    """
    # a table must know how wide its columns are; a sign more than that, or a word would be broken
    wanted = [
        max(width(_text(line), _FOOT_SIZE) for line in cell) + width("n", _FOOT_SIZE)
        for cell in cells
    ]
    room = (_WIDTH - sum(wanted)) / len(cells)
    columns = [each + min(room, _BETWEEN) for each in wanted]
    columns[-1] += _WIDTH - sum(columns)
    columns += [_NUMBER_COLUMN]  # in the margin, as on the later pages
    table = _table(columns, margins=_NO_MARGINS)
    table.append(_row(columns, [*cells, [number]], align="<w:vAlign w:val='bottom'/>"))
    return table


def _text(paragraph: "BaseOxmlElement") -> str:
    from docx.oxml.ns import qn

    return "".join(text.text or "" for text in paragraph.iter(qn("w:t")))


def _table(
    columns: Sequence[float],
    *,
    style: str = "",
    margins: str = "",
    caption: str = "",
) -> "BaseOxmlElement":
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    return parse_xml(
        _TABLE.format(
            names=nsdecls("w"),
            style=f"<w:tblStyle w:val='{style}'/>" if style else "",
            width=round(sum(columns) * _MM),
            margins=margins,
            look="0680" if caption else "0600",
            headed=int(bool(caption)),
            caption=f"<w:tblCaption w:val='{caption}'/>" if caption else "",
            grid="".join(f"<w:gridCol w:w='{round(each * _MM)}'/>" for each in columns),
        )
    )


def _row(
    columns: Sequence[float],
    cells: "Sequence[Cell]",
    *,
    rule: str = "",
    height: float = 0,
    align: str = "",
) -> "BaseOxmlElement":
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    size = f"<w:trHeight w:val='{round(height * _MM)}' w:hRule='{rule}'/>" if rule else ""
    row = parse_xml(
        f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{size}</w:trPr>"
        + "".join(
            f"<w:tc><w:tcPr><w:tcW w:w='{round(each * _MM)}' w:type='dxa'/>{align}</w:tcPr></w:tc>"
            for each in columns
        )
        + "</w:tr>"
    )
    for cell, paragraphs in zip(row.tc_lst, cells, strict=True):
        cell.extend(paragraphs)
        if not paragraphs:  # Word wants one in every cell
            cell.append(parse_xml(f"<w:p {nsdecls('w')}/>"))
    return row
