"""The language a person is spoken to: English as it stands in the code, or bokmål from a catalogue.

Every sentence a person can meet goes through `tr`, whole, with what varies as named parameters.
JSON keys, logs, and what the ledger keeps are English, whoever reads.
"""

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["en", "nb"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_language: ContextVar[Language] = ContextVar("language", default="en")


def tr(message: str, /, **values: object) -> str:
    """A message in the reader's language.

    Args:
        message: English, as it stands in the code, with `{name}` where a value goes.
        values: by name. Each stands as `str` gives it; numbers and dates are written by the caller.
    """
    said = _catalogue().get(message, message) if _language.get() == "nb" else message
    return said.format(**values) if values else said


def tr_many(one: str, many: str, count: int, /, **values: object) -> str:
    """A message that depends on a number, which stands as `{count}` in it.

    Args:
        one: what is said for 1.
        many: what is said for any other number; both are in the catalogue for themselves.
        count: the number.
        values: as for `tr`.
    """
    return tr(one if count == 1 else many, count=count, **values)


def quoted(text: object) -> str:
    """A value between the reader's quotation marks."""
    return tr("“{text}”", text=text)


def untranslated(message: str) -> str:
    """The same text: marks what a table holds at import and `tr` is given later."""
    return message


def tr_like(
    said: str, messages: Iterable[str], *, within: Callable[[str], str] = lambda value: value
) -> str:
    """What a library has said, or the ledger keeps, in English, as the reader's language has it.

    Args:
        said: one of the messages with its values put in; anything else stays as it is.
        messages: English, as for `tr`, each marked by `untranslated`.
        within: does the same for a value in it.
    """
    if language() == "en":
        return said
    for message in messages:
        if found := _pattern(message).fullmatch(said):
            return tr(message, **{name: within(text) for name, text in found.groupdict().items()})
    return said


def language() -> Language:
    """The language that is spoken now."""
    return _language.get()


def speak(language: Language) -> None:
    """Speak a language from here on, in this thread or task."""
    _language.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language in a `with` statement: for a file of one language, whoever makes it."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


@cache
def _pattern(message: str) -> re.Pattern[str]:
    """What a message can become, with a group for each value."""
    parts = string.Formatter().parse(message)
    pieces = (re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, *_ in parts)
    return re.compile("".join(pieces), re.DOTALL)


@cache
def _catalogue() -> Mapping[str, str]:
    """The bokmål of every message."""
    from babel.messages.pofile import read_po  # takes long to load

    with (Path(__file__).parent / "catalogues" / "nb.po").open("rb") as file:
        catalogue = read_po(file)
    return {str(each.id): str(each.string) for each in catalogue if each.id and each.string}
