"""The `round.toml` of a round that follows another: that one's, with the keys of its own kind."""

import re
from collections.abc import Iterator
from typing import Any

import tomlkit

from brevgen.language import tr, untranslated
from brevgen.rounds.next_settings import FILL_IN, mark, put, tell_whose
from brevgen.settings.kind import Kind

_KEPT = untranslated("look over: from {round}")
_FILL_IN_DAY = untranslated("fill in: {before} in {round}")
_HEAD = untranslated(
    "# Follows the round {round}. See to all that is marked and remove the marks:\n"
    "# “look over” was kept, “fill in” is empty. Remarks of that round begin with [{round}]."
)


def following_settings(text: str, kind: Kind, kind_name: str, name: str) -> str:
    """The settings of a round that follows another, as TOML.

    Where the two rounds differ by nature (date, deadline, references, the texts and figures that
    the kind asks for) the value is empty, so that `check` asks for it.

    Args:
        text: the `round.toml` of the round that is followed.
        kind: the kind of the new round.
        kind_name: what the kind is called in settings.
        name: the name of the round that is followed.
    """
    for table in _left_out(kind):  # what a remark above it says goes along
        text = re.sub(rf"^(?:#.*\n)+(?=\[{re.escape(table)}\])", "", text, flags=re.MULTILINE)
    document: Any = tomlkit.parse(text)
    tell_whose(document, name)
    put(document, ["kind"], kind_name)
    document.pop("follows", None)
    put(document, ["follows"], name)
    before = document["letter_date"]
    put(document, ["letter_date"], "", tr(_FILL_IN_DAY, before=before, round=name))
    deadline = document.pop("deadline", None)
    if kind.answer:
        put(document, ["deadline"], "", tr(_FILL_IN_DAY, before=deadline or "–", round=name))
    document.pop("sums", None)
    for key in ("first", "last"):
        before = document["references"][key]
        put(document, ["references", key], "", tr(_FILL_IN_DAY, before=before, round=name))
    _fill_table(document, ["national"], kind.figures, name)
    for form in ("nb", "nn"):
        _fill_table(document, ["background", form], kind.texts, name)
    if not kind.texts:
        document.pop("background", None)
    return f"{tr(_HEAD, round=name)}\n\n{document.as_string()}"


def _left_out(kind: Kind) -> Iterator[str]:
    """The tables of the round that is followed which a round of the kind does not have."""
    yield "sums"
    if not kind.figures:
        yield "national"
    if not kind.texts:
        yield from ("background.nb", "background.nn")


def _fill_table(document: Any, path: list[str], wanted: Any, name: str) -> None:
    """Keep what a kind asks for, leave out what it does not, and add the rest, empty."""
    *above, last = path
    table = document
    for key in above:
        table = table.setdefault(key, tomlkit.table(is_super_table=True))
    if not wanted:
        table.pop(last, None)
        return
    there = table.setdefault(last, tomlkit.table())
    for key in [key for key in there if key not in wanted]:
        del there[key]
    for key, called in wanted.items():
        if key in there:
            mark(document, [*path, key], tr(_KEPT, round=name))
        else:
            put(document, [*path, key], "", tr(FILL_IN, meaning=called))
