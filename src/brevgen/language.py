"""The language a person is spoken to: English as it stands in the code, or bokmål from a catalogue.

Every sentence a person can meet goes through `tr`, whole, with what varies as named parameters.
JSON keys, logs, and what the ledger keeps are English, whoever reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Literal, TypeVar, get_args

from brevgen.errors import WrongUse

Language = Literal["en", "nb"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Text = TypeVar("Text", bound=str)

_LEAST_LETTERS = 6
"""How many letters of its own a message must have to be recognised by them."""

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_VALUES = {"count": r"\d+", "copy": r"\d+", "channel": r"\w+"}
"""What stands in place of some values; in place of any other, anything."""

_spoken: Language = "en"
_language: ContextVar[Language] = ContextVar("language")
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)


def tr(message: str, /, **values: object) -> str:
    """A message in the reader's language.

    Args:
        message: English, as it stands in the code, with `{name}` where a value goes.
        values: by name. A day stands as the reader writes it, a path as `path_as_told` does,
            anything else as `str` gives it; numbers are written by the caller.
    """
    said = _catalogue().get(message, message) if language() == "nb" else message
    if not values:
        return said
    return said.format(**{name: _as_read(value) for name, value in values.items()})


def _as_read(value: object) -> object:
    if isinstance(value, Path):
        return path_as_told(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return when(value)
    return value


def written(number: int) -> str:
    """A number of persons or letters as the reader writes it: `1 086` in bokmål."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if language() == "nb" else str(number)


def tr_many(one: str, many: str, count: int, /, **values: object) -> str:
    """A message that depends on a number, which stands as `{count}` in it.

    Args:
        one: what is said for 1.
        many: what is said for any other number; both are in the catalogue for themselves.
        values: as for `tr`.
    """
    return tr(one if count == 1 else many, count=count, **values)


def path_as_told(path: Path) -> str:
    """A path as it stands; where `telling_paths_in` says so, from that folder, and of what lies
    elsewhere only its name.
    """
    folder = _folder.get()
    if folder is None:
        return str(path)
    is_within = path.is_relative_to(folder) and path != folder
    return path.relative_to(folder).as_posix() if is_within else path.name


@contextmanager
def telling_paths_in(folder: Path) -> Iterator[None]:
    """Tell no path above a folder in a `with` statement, to readers who are not at the machine."""
    before = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(before)


def quoted(text: object) -> str:
    """A value between the reader's quotation marks."""
    return tr("“{text}”", text=text)


def tr_like(english: str, messages: Sequence[str] = ()) -> str:
    """What a library has said, or the ledger keeps, in English, in the reader's language.

    The message it was made of is known by its words; what stands in that as a value may be a
    message itself. The words of a person or a server stay as they are.

    Args:
        english: as it was said.
        messages: those it may have been made of, the most particular first; else it may be any that
            has some words of its own.
    """
    if language() != "nb":
        return english
    if (day := _day(english)) is not None:
        return when(day)
    if not any(map(str.isalpha, english)):
        return english
    said = _catalogue()
    if english in said:
        return said[english]
    for message in messages or _recognisable():
        if (found := values_in(message, english)) is not None:
            values = {name: tr_like(value) for name, value in found.items()}
            return said.get(message, message).format(**values)
    return english


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:  # there is no such day
        return None


def when(at: date | None) -> str:
    """A day or a moment as a person reads it, in the time of the machine; empty for none.

    `25.11.2026 19:45` in bokmål, `2026-11-25 19:45` in English. What is kept, and JSON, are UTC.
    """
    if at is None:
        return ""
    day = "%d.%m.%Y" if language() == "nb" else "%Y-%m-%d"
    return f"{at.astimezone():{day} %H:%M}" if isinstance(at, datetime) else f"{at:{day}}"


def untranslated(message: Text) -> Text:
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


@cache
def _recognisable() -> tuple[str, ...]:
    """The messages with values and enough words of their own, those with the most first."""
    letters = {message: sum(map(str.isalpha, "".join(_words(message)))) for message in _catalogue()}
    wordy = (each for each in letters if "{" in each and letters[each] >= _LEAST_LETTERS)
    return tuple(sorted(wordy, key=lambda each: -letters[each]))


@cache
def _words(message: str) -> tuple[str, ...]:
    """What a message says around its values."""
    return tuple(words for words, _, _, _ in Formatter().parse(message) if words)


def values_in(message: str, english: str) -> dict[str, str] | None:
    """A text taken apart into the values that a message was made with; None if it was not."""
    if not all(words in english for words in _words(message)):  # by far the most, and faster
        return None
    pattern, known = "", set[str]()
    for words, name, _, _ in Formatter().parse(message):
        pattern += re.escape(words)
        if name is not None:
            value = _VALUES.get(name, ".+?")
            pattern += f"(?P={name})" if name in known else f"(?P<{name}>{value})"
            known.add(name)
    found = re.fullmatch(pattern, english, re.DOTALL)
    return found.groupdict() if found else None
