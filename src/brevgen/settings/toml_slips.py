"""What Word and habit do to a line of a TOML file, and how the line is meant."""

import re
from datetime import date

from brevgen.language import tr

MAX_LINE = 2_500
"""Characters of a line that are looked at: a key and the longest text."""

_VALUE = r"^\s*[\w.\"'-]+\s*=\s*"
_DAY_FIRST = re.compile(_VALUE + r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})\b")
_YEAR_FIRST = re.compile(_VALUE + r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})\b")
_IN_GROUPS = re.compile(_VALUE + r"([0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3})+)\s*(?:#|$)")
_WITH_ZERO = re.compile(_VALUE + r"(0+[0-9]+)\s*(?:#|$)")
_YES_OR_NO = re.compile(_VALUE + r"(true|false|yes|no|ja|nei)\b", re.IGNORECASE)
_WITHOUT_QUOTES = re.compile(_VALUE + r"([^\"'\[{#]+)(?:#|$)")
_IN_QUOTES = re.compile(r"\"[^\"]*\"|'[^']*'")
_OTHER_QUOTES = "“”„‟«»‘’‚"
_OTHER_BLANKS = "\u00a0\u2007\u2009\u202f\u3000\u200b\ufeff"


def remedy_for(line: str) -> str:
    """What to write in place of a line that is not valid TOML; empty where it is not known."""
    line = line[:MAX_LINE]
    if found := _DAY_FIRST.search(line):
        return _as_date(found[3], found[2], found[1])
    if found := _YEAR_FIRST.search(line):
        return _as_date(found[1], found[2], found[3])
    if found := _IN_GROUPS.search(line):
        return tr("Write the number without blanks: {number}.", number=_digits(found[1]))
    if found := _WITH_ZERO.search(line):
        return tr("Write the number without 0 in front: {number}.", number=int(found[1]))
    if found := _YES_OR_NO.search(line):
        meant = "true" if found[1].lower() in ("true", "yes", "ja") else "false"
        return tr("Write it in small letters: {value}.", value=meant)
    bare = _IN_QUOTES.sub("", line)
    if any(quote in bare for quote in _OTHER_QUOTES):
        return tr('Write straight quotes (") in place of curly ones.')
    if any(blank in bare for blank in _OTHER_BLANKS):
        return tr("There is a blank in the line that is no ordinary one; type the line anew.")
    found = _WITHOUT_QUOTES.search(line)
    if found and any(sign.isalpha() for sign in found[1]):
        return tr('Write a text in straight quotes: "{text}".', text=found[1].strip())
    return ""


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def _as_date(year: str, month: str, day: str) -> str:
    try:
        meant = date(int(year), int(month), int(day))
    except ValueError:
        return tr("There is no such day. Write it as year-month-day, such as 2017-11-06.")
    return tr("Write a date as year-month-day, without quotes: {date}.", date=meant)
