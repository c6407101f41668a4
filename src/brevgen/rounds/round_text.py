"""The text of a `round.toml`, changed as a person would: only what is changed, all else kept."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Item

from brevgen.errors import Refused
from brevgen.files import sha256
from brevgen.findings import Finding
from brevgen.language import tr
from brevgen.rounds.next_settings import in_readers_words, mark_of, says, unmark

Key = tuple[str | int, ...]
"""Where a value stands: names of tables and keys, and positions in lists, from 0."""

REMOVED = object()
"""In place of a value: the key, the table or the row of a list is to go."""


@dataclass(frozen=True)
class Renamed:
    """In place of a table: it is to be called otherwise, and stays where it is.

    Args:
        to: what its own key is to be.
    """

    to: str


BOM = "\ufeff"


@dataclass(frozen=True)
class RoundText:
    """The text of a `round.toml`.

    Args:
        data: its bytes.
    """

    data: bytes

    @property
    def digest(self) -> str:
        """What it is known by: SHA-256 of the bytes, in hexadecimal."""
        return sha256(self.data)

    @property
    def text(self) -> str:
        """The text, without a byte order mark, its lines ended as they are in the file."""
        return self.data.decode("utf-8-sig", "replace")

    @property
    def lines(self) -> str:
        """The text with its lines ended by `\\n`."""
        return self.text.replace("\r\n", "\n")

    @property
    def keys(self) -> dict[str, Any] | None:
        """What it says, whatever faults that has; None where it is no TOML."""
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError):
            return None

    def with_text(self, text: str) -> "RoundText":
        """The file with another text, its lines ended as the file ends them."""
        now = text.replace("\r\n", "\n")
        if now == self.lines:
            return self
        begin = BOM if self.data.startswith(BOM.encode()) else ""
        if self.text.count("\r\n") * 2 > self.text.count("\n"):
            now = now.replace("\n", "\r\n")
        return RoundText(f"{begin}{now}".encode())

    def with_changes(self, changes: Mapping[Key, object], seen: Sequence[Key] = ()) -> "RoundText":
        """The file with other values; the same bytes where nothing is another.

        Args:
            changes: values by where they stand; tables are made where they are not there. A row is
                added to a list by the position after its last. `REMOVED` and `Renamed` stand in
                place of values.
            seen: whose marks, of a round that was begun from another, are to go.

        Raises:
            Refused: the file is put together in a way that only a person can change.
        """
        keys = self.keys
        if keys is None:
            raise _by_hand()
        wanted, changed = deepcopy(keys), []
        renames = {path: each.to for path, each in changes.items() if isinstance(each, Renamed)}
        changes = {path: each for path, each in changes.items() if path not in renames}
        # rows are taken away from the end, so that the positions of the others hold
        for path, value in sorted(changes.items(), key=lambda each: _order(each[0], each[1])):
            if _put(wanted, path, value):
                changed.append((path, value))
        for path, to in renames.items():
            _rename(wanted, path, to)
        if not changed and not seen and not renames:
            return self
        try:
            document = tomlkit.parse(self.lines)
            for path, value in changed:
                _put(document, path, value)
            for path in (*seen, *(path for path, _ in changed)):
                unmark(document, path)
            text = tomlkit.dumps(document)
            for path, to in renames.items():
                text = _with_headers(text, path, to)
        except (TOMLKitError, KeyError, IndexError, AttributeError, TypeError, ValueError):
            raise _by_hand() from None
        made = self.with_text(text)
        if made.keys != wanted:  # never written where it says anything else
            raise _by_hand()
        return made

    def marks(self) -> dict[Key, str]:
        """What a person is to look over or fill in, as was marked when the round was begun."""
        if self.keys is None:
            return {}
        try:
            document = tomlkit.parse(self.lines)
        except TOMLKitError:
            return {}
        return {path: mark for path, item in _items(document) if (mark := mark_of(item))}


def changed_keys(before: RoundText, now: RoundText) -> list[str]:
    """The keys that say something else, or are in one of two texts only."""
    old, new = (dict(_leaves(each.keys or {})) for each in (before, now))
    paths = [path for path in (*old, *new) if old.get(path, REMOVED) != new.get(path, REMOVED)]
    return list(dict.fromkeys(".".join(map(str, path)) for path in paths))


def unfinished(fault: Finding, text: RoundText) -> bool:
    """Whether a fault is no more than that nothing stands there yet."""
    keys = text.keys
    if keys is None or not fault.place.column:
        return False
    there = {".".join(map(str, path)): value for path, value in _values(keys)}
    return there.get(fault.place.column, "") == ""


def told_mark(mark: str, meaning: str, *, is_empty: bool) -> str:
    """What a person is to do about a value, in the reader's language.

    Args:
        mark: as it stands in the file; empty for none.
        meaning: what the key means, in English, which nobody needs to be told twice.
        is_empty: whether nothing stands there.
    """
    if not mark or (meaning and says(mark, meaning)):
        return tr("To be filled in") if is_empty else tr("To be looked over")
    said = in_readers_words(mark)
    return said[:1].upper() + said[1:]


def _by_hand() -> Refused:
    return Refused(
        tr("This cannot be changed in the form as the file is put together. Change its text.")
    )


def _order(path: Key, value: object) -> tuple[bool, tuple[Any, ...]]:
    turned = tuple(-part if isinstance(part, int) else 0 for part in path)
    return value is REMOVED, turned if value is REMOVED else ()


def _put(table: Any, path: Key, value: object) -> bool:
    """Put a value into tables, be they plain or tomlkit's; whether that says something else."""
    *above, last = path
    for depth, part in enumerate(above):
        if isinstance(part, int) or part in table:
            table = table[part]
        elif value is REMOVED:
            return False
        else:
            follow = path[depth + 1 :]
            table[part] = _empty(follow, is_toml=isinstance(table, Item | tomlkit.TOMLDocument))
            table = table[part]
    if value is REMOVED:
        there = isinstance(last, int) or last in table
        if there:
            del table[last]
        return there
    if isinstance(last, int):
        if last == len(table):
            table.append(value)
            return True
    elif last not in table:
        table[last] = value
        return True
    if type(table[last]) is type(value) and table[last] == value:
        return False
    table[last] = value
    return True


def _rename(tables: Any, path: Key, to: str) -> None:
    *above, old = path
    for part in above:
        tables = tables[part]
    tables[to] = tables.pop(old)


def _with_headers(text: str, path: Key, to: str) -> str:
    """A text in which a table has another key in its header, and in those of the tables in it."""

    def renamed(header: re.Match[str]) -> str:
        try:
            names, inner = list[str](), tomllib.loads(header[1])
        except tomllib.TOMLDecodeError:  # a line of a list
            return header[0]
        while inner:
            ((name, inner),) = inner.items()
            names.append(name)
        if tuple(names[: len(path)]) != path:
            return header[0]
        names[len(path) - 1] = to
        keys = ".".join(tomlkit.key(each).as_string() for each in names)
        return f"[{keys}]{header[2]}"

    return re.sub(r"^(\[[^\[\]\n]+\])([^\n]*)$", renamed, text, flags=re.MULTILINE)


def _empty(follow: Key, *, is_toml: bool) -> Any:
    """A list or a table, for what follows in a path."""
    if isinstance(follow[0], int):
        return tomlkit.array() if is_toml else []
    return tomlkit.table(is_super_table=len(follow) > 1) if is_toml else {}


def _values(keys: object, path: Key = ()) -> Iterator[tuple[Key, object]]:
    """Everything there is in tables and lists, themselves too."""
    if path:
        yield path, keys
    if isinstance(keys, Mapping):
        for key, value in keys.items():
            yield from _values(value, (*path, key))
    elif isinstance(keys, Sequence) and not isinstance(keys, str):
        for position, value in enumerate(keys):
            yield from _values(value, (*path, position))


def _leaves(keys: object) -> Iterator[tuple[Key, object]]:
    return (each for each in _values(keys) if not isinstance(each[1], Mapping))


def _items(table: Any, path: Key = ()) -> Iterator[tuple[Key, Item]]:
    for key in table:
        item = table.item(key) if hasattr(table, "item") else table[key]
        if isinstance(item, Item):
            yield (*path, str(key)), item
        if isinstance(item, Mapping):
            yield from _items(item, (*path, str(key)))
