"""The two tables of a letter in Word: its head, and what it asks at a glance.

The head is a table rather than frames, which some programs lay upon each other. Where its cells lie
is decided here, as for the PDF in the stylesheet: the recipient must stay in the window of the
envelope.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

FACTS_STYLE = "Facts"
"""The table style of what is asked at a glance; without it the table has no lines."""
CAPTION = {"nb": "Det viktigste i brevet", "nn": "Det viktigaste i brevet"}
"""What a screen reader says before that table, by written form."""

_MM = 1440 / 25.4
"""A millimetre in twentieths of a point, in which Word measures."""
_HEAD_COLUMNS = (105, 51)
_HEAD_ROWS = (("exact", 31), ("atLeast", 41))
"""How high letterhead and addresses are: the recipient begins 46 mm from the top of the sheet."""
_FACT_COLUMNS = (36, 98)
_TABLE = (
    "<w:tbl {names}><w:tblPr>{style}<w:tblW w:w='{width}' w:type='dxa'/>"
    "<w:tblLayout w:type='fixed'/>{margins}<w:tblLook w:val='{look}' w:firstRow='0' w:lastRow='0'"
    " w:firstColumn='{headed}' w:lastColumn='0' w:noHBand='1' w:noVBand='1'/>{caption}</w:tblPr>"
    "<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
)
_NO_MARGINS = (
    "<w:tblCellMar><w:left w:w='0' w:type='dxa'/><w:right w:w='0' w:type='dxa'/></w:tblCellMar>"
)


def head(cells: Sequence[Sequence["BaseOxmlElement"]]) -> "BaseOxmlElement":
    """The head of a letter.

    Args:
        cells: the paragraphs of letterhead, mark, recipient and references.
    """
    table = _table(_HEAD_COLUMNS, margins=_NO_MARGINS)
    for number, (rule, height) in enumerate(_HEAD_ROWS):
        table.append(_row(_HEAD_COLUMNS, cells[number * 2 :][:2], rule=rule, height=height))
    return table


def facts(
    pairs: Iterable[tuple["BaseOxmlElement", "BaseOxmlElement"]], *, style: str, caption: str
) -> "BaseOxmlElement":
    """What is asked at a glance: a row for each label and its value, the label as its header.

    Args:
        pairs: the paragraphs of each label and its value.
        style: the id of the table's style; empty for none.
        caption: what a screen reader says before it.
    """
    table = _table(_FACT_COLUMNS, style=style, caption=caption)
    for label, value in pairs:
        table.append(_row(_FACT_COLUMNS, [[label], [value]]))
    return table


def _table(
    columns: Sequence[float], *, style: str = "", margins: str = "", caption: str = ""
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
    cells: Sequence[Sequence["BaseOxmlElement"]],
    *,
    rule: str = "",
    height: float = 0,
) -> "BaseOxmlElement":
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    size = f"<w:trHeight w:val='{round(height * _MM)}' w:hRule='{rule}'/>" if rule else ""
    row = parse_xml(
        f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{size}</w:trPr>"
        + "".join(
            f"<w:tc><w:tcPr><w:tcW w:w='{round(each * _MM)}' w:type='dxa'/></w:tcPr></w:tc>"
            for each in columns
        )
        + "</w:tr>"
    )
    for cell, paragraphs in zip(row.tc_lst, cells, strict=True):
        cell.extend(paragraphs)
        if not paragraphs:  # Word wants one in every cell
            cell.append(parse_xml(f"<w:p {nsdecls('w')}/>"))
    return row
