"""What no letter can print, and what has no shape: one table for cells, settings and templates."""

import re
import shlex

UNPRINTABLE = (
    "\x00-\x1f\x7f-\x9f"  # controls, line breaks among them
    "\u2028-\u202e\u2066-\u2069"  # more line breaks, and what turns the direction of writing
    "\ufdd0-\ufdef\ufff0-\uffff"  # the mark of a letter that was lost, and what is no character
    "\U000e0000-\U0010ffff"  # tags that nobody sees, and what each program shows in its own way
)
"""The characters no letter can hold, as the inside of a regular expression's brackets."""

TRACES = ("None", "{{", "}}", "{%")
"""What programs leave in a text in place of a value; nobody means them."""

SHAPELESS = (
    "\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
"""Characters without any shape, which come along from web pages and mails; nobody means them."""


_SHAPELESS = re.compile(f"[{SHAPELESS}]")


def without_shapeless(text: str) -> str:
    """The text without the characters that have no shape."""
    return _SHAPELESS.sub("", text)


_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}\ud800-\udfff]+")


def cleaned(text: str, most: int = 2_000) -> str:
    """Words from outside, such as a mail server's, as they are kept: one line of plain characters.

    What cannot be printed or turns the direction of writing becomes a blank.
    """
    return without_shapeless(_UNPRINTABLE.sub(" ", text[: 2 * most])).strip()[:most]


def as_typed(value: str | int) -> str:
    """A value as it is typed in a shell; `shlex` alone would set æ, ø and å in quotes."""
    return str(value) if re.fullmatch(r"[\w.@-]+", str(value)) else shlex.quote(str(value))
