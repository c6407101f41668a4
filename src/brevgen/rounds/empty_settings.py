"""The `round.toml` of a round that is begun from nothing: every key, to be filled in."""

from typing import Any

import tomlkit

from brevgen.language import tr, untranslated
from brevgen.rounds.next_settings import FILL_IN, mark, put
from brevgen.settings.kind import Kind
from brevgen.settings.round import NATIONAL, Round
from brevgen.settings.types import SettingsTable

_SEE_TO = untranslated("look over: {meaning}")
_HEAD = untranslated("# Fill in all that is marked, and remove the marks.")

TITLES = {"nb": ["Ordfører", "Kommunedirektør"], "nn": ["Ordførar", "Kommunedirektør"]}
"""Of the mayor and, since 2020, of the chief executive (kommuneloven § 13-1)."""


def empty_settings(kind: Kind, kind_name: str) -> str:
    """The settings of a round of a kind, as TOML, with what belongs there behind each key.

    Args:
        kind: of its letters, which follow no other round's.
        kind_name: what the kind is called in settings.
    """
    document: Any = tomlkit.document()
    document["kind"] = kind_name
    wanted = ["settlement_year", "letter_date", *(["deadline"] if kind.answer else [])]
    for key in wanted:
        put(document, [key], "", _meaning(Round, key))
    document["neutral_written_form"] = "nb"
    mark(document, ["neutral_written_form"], _meaning(Round, "neutral_written_form", _SEE_TO))
    _table(document, "distribution", TITLES)
    for form in TITLES:
        mark(document, ["distribution", form], _meaning(Round, "distribution", _SEE_TO))
    if kind.figures:
        figures = {key: str(called) for key, called in kind.figures.items()}
        _fill_in(document, ["national"], figures)
    for key in ("answers", "references"):
        model = Round.model_fields[key].annotation
        assert isinstance(model, type), "it is a table"
        _fill_in(document, [key], _required(model))
    if kind.texts:
        document["background"] = tomlkit.table(is_super_table=True)
        for form in ("nb", "nn"):
            texts = {key: str(called) for key, called in kind.texts.items()}
            _fill_in(document, ["background", form], texts)
    document["offices"] = tomlkit.table(is_super_table=True)
    office = {
        "name": tr("the office, such as IMDi Region Øst"),
        "signatory": tr("name of the one who signs; empty where not known: title and office sign"),
    }
    _fill_in(document, ["offices", NATIONAL], office)
    title = tomlkit.inline_table()
    title.update({"nb": "", "nn": ""})
    put(document, ["offices", NATIONAL, "title"], title)
    meaning = tr("the signatory's title, nb and nn")
    mark(document, ["offices", NATIONAL, "title"], tr(FILL_IN, meaning=meaning))
    return f"{tr(_HEAD)}\n\n{document.as_string()}"


def _meaning(model: type[SettingsTable], key: str, how: str = FILL_IN) -> str:
    return tr(how, meaning=tr(str(model.model_fields[key].description)))


def _required(model: type[SettingsTable]) -> dict[str, str]:
    """The keys that a table must have, with what belongs there."""
    return {
        key: tr(str(info.description))
        for key, info in model.model_fields.items()
        if info.is_required()
    }


def _table(document: Any, key: str, values: dict[str, Any]) -> None:
    document.add(tomlkit.nl())
    document[key] = tomlkit.table()
    for name, value in values.items():
        document[key][name] = value


def _fill_in(document: Any, path: list[str], wanted: dict[str, str]) -> None:
    """A table with an empty value for each key, and behind it what belongs there."""
    *above, last = path
    table = document
    for key in above:
        table = table[key]
    table[last] = tomlkit.table()
    for key, meaning in wanted.items():
        put(document, [*path, key], "", tr(FILL_IN, meaning=meaning))
    table[last].add(tomlkit.nl())
