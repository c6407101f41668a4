"""What a spreadsheet makes of a text on its own account, in cells that are to be printed.

A case number 2017/12 becomes a date, a long number loses its last digits, a look-up of an empty
cell gives 0. In a column that only counts such a cell is no number; in one that is printed as it
stands nothing else would stop it.
"""

import re

from brevgen.language import tr, untranslated
from brevgen.tables.cells import Content, Formatted
from brevgen.tables.numbers import Reason, quoted

_TRUTHS = ("TRUE", "FALSE", "SANN", "USANN")
_MONTH = "(jan|feb|mars?|apr|mai|juni?|juli?|aug|sept?|okt|nov|des)"
_DAY = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?"
    r"|[0-9]{1,2}\.[0-9]{1,2}\.([0-9]{4}|[0-9]{2})( [0-9:.]+)?"
    rf"|[0-9]{{1,2}}[. -]+{_MONTH}\.?|{_MONTH}[. -]+[0-9]{{2,4}}",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?E[-+]?[0-9]+", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_CUT = re.compile(r"[0-9]{15}0+")
_EMPTY_WORDS = frozenset(
    {"0", "-", "--", "–", "—", "?", "null", "nil", "nan", "none", "n/a", "i/t"}
    | {"ukjent", "(tom)", "tom", "(blank)", "(blanks)"}
)


_WHAT = {
    "date": untranslated("{value} is a date, and would be printed so."),
    "time": untranslated("{value} is a time of day, and would be printed so."),
    "duration": untranslated("{value} is a duration, and would be printed so."),
    "truth value": untranslated("{value} is a truth value, and would be printed so."),
}
_WITH_DECIMALS = untranslated("{value} is a number with decimals, and would be printed so.")
_CUT_SHORT = untranslated("{value} is a number that Excel has cut short, and would be printed so.")
_TOO_MANY_DIGITS = untranslated(
    "{value} is a number of more digits than Excel keeps, and would be printed so."
)


def leaving(content: Content) -> Reason | None:
    """Why what stands in a cell cannot be meant as the text that is printed; None if it can."""
    if isinstance(content, Formatted):
        return _reason(content.shown, _WHAT[content.kind])
    if isinstance(content, float):
        if abs(content) >= 1e15:
            return _reason(f"{content:.15g}", _TOO_MANY_DIGITS)
        return _reason(str(content), _WITH_DECIMALS)
    if not isinstance(content, str):
        return None
    if content in _TRUTHS:
        return _reason(content, _WHAT["truth value"])
    if not _DIGIT.search(content):  # nearly every name
        return None
    if _DAY.fullmatch(content):
        return _reason(content, _WHAT["date"])
    if _SCIENTIFIC.fullmatch(content) or _CUT.fullmatch(content):
        return _reason(content, _CUT_SHORT)
    return None


def is_empty_word(content: Content) -> bool:
    """Whether a cell holds what programs and people write for nothing: 0, a dash, NULL."""
    return isinstance(content, str | int) and str(content).casefold() in _EMPTY_WORDS


def _reason(text: str, what: str) -> Reason:
    return Reason(
        tr(what, value=quoted(text)),
        tr("Format the cell as text and type anew what is meant, or empty it."),
    )
