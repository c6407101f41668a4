"""The numbers archives give: `2017/9235` for a case, `2` or `2017/9235-2` for an entry in it."""

import re

_CASE = re.compile(r"((?:19|20)?[0-9]{2})[/-]([0-9]{1,9})")
_ENTRY = re.compile(r"(?:(?P<case>.*[0-9])-)?(?P<number>[0-9]{1,6})")
_ANY = re.compile(r"(?=.*[0-9])\w[\w ./:()-]*")
_BOTH = re.compile(r"((?:(?:19|20)?[0-9]{2})/[0-9]{1,9})-([0-9]{1,6})")


def is_number(text: str) -> bool:
    """Whether an archive may write a number so: it has a digit, and is no formula and no HTML."""
    return _ANY.fullmatch(text) is not None


def case_in_year(case: str) -> tuple[int, int] | None:
    """Year and number in it (*saksår*, *sakssekvensnummer*); None where it is written otherwise.

    A year of two digits is one of this century.
    """
    found = _CASE.fullmatch(case)
    if found is None:
        return None
    year = int(found[1])
    return year if year > 99 else 2000 + year, int(found[2])


def entry_in_case(number: str) -> int | None:
    """The number of an entry in its case (*journalpostnummer*); None where it is no number."""
    found = _ENTRY.fullmatch(number)
    return int(found["number"]) if found is not None else None


def taken_apart(case: str, entry: str) -> tuple[str, str]:
    """Case and entry where both were written in one, `2017/9235-2`; else as they are."""
    found = _BOTH.fullmatch(case)
    if found is not None and entry in ("", case, found[2]):
        return found[1], found[2]
    return case, entry
