"""The language a person is spoken to: English as it stands in the code, or bokmål from a catalogue.

Every sentence a person can meet goes through `tr`, whole, with what varies as named parameters.
JSON keys, logs, and what the ledger keeps are English, whoever reads.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from brevgen.errors import WrongUse

Language = Literal["en", "nb"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_spoken: Language = "en"
_language: ContextVar[Language] = ContextVar("language")


def tr(message: str, /, **values: object) -> str:
    """A message in the reader's language.

    Args:
        message: English, as it stands in the code, with `{name}` where a value goes.
        values: by name. Each stands as `str` gives it; numbers and dates are written by the caller.
    """
    said = _catalogue().get(message, message) if language() == "nb" else message
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


def untranslated(message: str) -> str:
    """The same text: marks what a table holds at import and `tr` is given later."""
    return message


def language() -> Language:
    """The language that is spoken now."""
    return _language.get(_spoken)


def speak(language: Language) -> None:
    """Speak a language from here on in this process, wherever none is chosen by `speaking`."""
    global _spoken
    _spoken = language


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language in a `with` statement, in this thread or task: for a file of one language,
    whoever makes it, or for one of many readers.
    """
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def language_of(environment: Mapping[str, str]) -> str:
    """The language that an environment asks for: by BREVGEN_LANGUAGE, or by its locale.

    Returns:
        what BREVGEN_LANGUAGE says, known or not; else bokmål for a Norwegian locale, and English
        for any other.
    """
    if asked := environment.get("BREVGEN_LANGUAGE"):
        return asked
    # the first that is set holds, as in every program (POSIX, Environment Variables, 8.2)
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    return "nb" if re.split("[_.@-]", locale.lower())[0] in ("nb", "nn", "no") else "en"


def known_language(asked: str) -> Language:
    """A language by its code; another one is refused.

    Raises:
        WrongUse: brevgen does not speak it.
    """
    for known in LANGUAGES:
        if asked == known:
            return known
    raise WrongUse(
        tr(
            "“{asked}” is no language that brevgen speaks. Say nb or en, by --language or"
            " BREVGEN_LANGUAGE.",
            asked=asked,
        )
    )


@cache
def _catalogue() -> Mapping[str, str]:
    """The bokmål of every message."""
    from babel.messages.pofile import read_po  # takes long to load

    with (Path(__file__).parent / "catalogues" / "nb.po").open("rb") as file:
        catalogue = read_po(file)
    return {str(each.id): str(each.string) for each in catalogue if each.id and each.string}
