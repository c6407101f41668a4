"""Number formats of a workbook that show another number than the cell holds.

`0%` shows 6500% for 65, `0,` shows 0, `0"0"` shows 650, and `;;;` nothing. What a person has read
in the sheet would then be another number than the letter's. Source of the codes: ISO/IEC 29500-1,
18.8.31.
"""

import re

_LITERAL = re.compile(r'"([^"]*)"?|\\(.)|\*(.)|_.')
"""Quoted text, one character as it stands, one that fills the cell; and a blank's width."""
_IN_BRACKETS = re.compile(r"\[([^\]]*)\]")
_CONDITION = re.compile(r"[<>=]")
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
"""A comma behind the last digit, by which thousands are left out."""


def shows_another(code: str) -> bool:
    """Whether a format shows a number above zero as another one, or not at all."""
    sections = _sections(code)
    is_conditional = any(
        _CONDITION.match(found) for each in sections for found in _IN_BRACKETS.findall(each)
    )
    return any(map(_misleads, sections if is_conditional else sections[:1]))


def _sections(code: str) -> list[str]:
    """The parts for numbers above, below and equal to zero, and for text."""
    sections, start, at = [], 0, 0
    while at < len(code):
        if found := _LITERAL.match(code, at):
            at = found.end()
            continue
        if code[at] == ";":
            sections.append(code[start:at])
            start = at + 1
        at += 1
    return [*sections, code[start:]]


def _misleads(section: str) -> bool:
    literals = "".join("".join(filter(None, found)) for found in _LITERAL.findall(section))
    codes = _IN_BRACKETS.sub("", _LITERAL.sub("", section))
    if re.search("[0-9]", literals) or re.search("[1-9%]", codes) or _SCALED.search(codes):
        return True
    return not re.search("[0#?@]|general", codes, re.IGNORECASE)
