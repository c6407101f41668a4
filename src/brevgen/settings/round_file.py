"""`round.toml` read as its kind wants it: with exactly the figures and texts the kind declares."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, create_model, model_validator

from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.settings.kind import Kind, Kinds
from brevgen.settings.round import (
    BACKGROUND,
    DEADLINE,
    FOLLOWS,
    NATIONAL_FIGURES,
    SUMS,
    Deadline,
    InForms,
    KeysOfKind,
    Round,
)
from brevgen.settings.toml_file import note_key_faults, read_toml
from brevgen.settings.types import Count, SettingsTable, Text


def round_of(kind: Kind | None) -> type[Round]:
    """The model of a round of a kind; None for a kind that is not known, which may be any."""
    if kind is None:
        anything: Any = (Any, None)
        names = ("follows", "national", "sums", "background")
        return create_model("Round", __base__=Round, **dict.fromkeys(names, anything))
    figures = {name: str(called) for name, called in kind.figures.items()}
    sums = {name: str(each.called) for name, each in kind.counts.items() if each.sums_to}
    least = (each.least_figure for each in kind.counts.values())
    sums |= {name: figures[name] for name in (kind.rows_sum_to, *least) if name}
    texts = {name: str(called) for name, called in kind.texts.items()}
    return _round_model(
        tuple(figures.items()),
        tuple(sums.items()),
        tuple(texts.items()),
        answer=kind.answer,
        follows=bool(kind.follows),
    )


Described = tuple[tuple[str, str], ...]
"""Keys, each with what belongs there."""


@cache
def _round_model(
    figures: Described, sums: Described, texts: Described, *, answer: bool, follows: bool
) -> type[Round]:
    """What a kind asks for is required, and what it does not ask for is not known."""
    national = _table("NationalFigures", figures)
    background = _table("Background", texts)
    said = {name: str(field.description) for name, field in InForms.model_fields.items()}
    in_forms: dict[str, Any] = {
        name: (background, _needed(background, words)) for name, words in said.items()
    }
    forms = create_model("BackgroundInBothForms", __base__=InForms, **in_forms)
    keys: dict[str, Any] = {
        "national": (national, _needed(national, NATIONAL_FIGURES)),
        "background": (forms, _needed(forms, BACKGROUND, is_empty=not texts)),
        "sums": (
            _sums_table(sums) | None if sums else _NotOfThisKind,
            Field(None, description=SUMS),
        ),
        "deadline": (Deadline, Field(description=DEADLINE)) if answer else (_NotOfThisKind, None),
        "follows": (Text, Field(description=FOLLOWS)) if follows else (_NotOfThisKind, ""),
    }
    return create_model("Round", __base__=Round, **keys)


def _refuse(value: object) -> object:
    raise ValueError(tr("letters of this kind do not have it; remove it"))


_NotOfThisKind = Annotated[Any, BeforeValidator(_refuse)]


def _table(name: str, keys: Described) -> type[KeysOfKind]:
    """A table of figures, or of texts, with exactly these keys."""
    value: Any = Text if name == "Background" else Count
    fields: dict[str, Any] = {key: (value, Field(description=said)) for key, said in keys}
    return create_model(name, __base__=KeysOfKind, **fields)


def _needed(table: type[SettingsTable], description: str, *, is_empty: bool = False) -> Any:
    """A table that must be there, unless nothing need stand in it."""
    if is_empty or not table.model_fields:
        return Field(default_factory=table, description=description)
    return Field(description=description)


class _Sums(KeysOfKind):
    @model_validator(mode="after")
    def _not_empty(self) -> "_Sums":
        if all(value is None for _, value in self):
            raise ValueError(
                tr("[sums] has no sum: write a key of it and the number, or remove the table")
            )
        return self


def _sums_table(keys: Described) -> type[KeysOfKind]:
    fields: dict[str, Any] = {
        key: (Count | None, Field(None, description=said)) for key, said in keys
    }
    return create_model("Sums", __base__=_Sums, **fields)


def kind_named(path: Path) -> str:
    """What a `round.toml` says that its kind is, whatever faults it has; empty for nothing."""
    return _kind_in(read_toml(path, Findings(), shown_as="") or {})


def kind_of_round(path: Path, kinds: Kinds) -> Kind | None:
    """The kind that a `round.toml` names, whatever faults it has; None where it names none."""
    return kinds.get(kind_named(path))


def _kind_in(keys: Mapping[str, Any]) -> str:
    name = keys.get("kind")
    return name if isinstance(name, str) else ""


def read_round(path: Path, findings: Findings, *, shown_as: str, kinds: Kinds) -> Round | None:
    """Read `round.toml`; None where it has faults, with all of them in `findings`.

    Args:
        shown_as: its name in them.
        kinds: the kinds a round may be of; one whose own file has faults has told them already.
    """
    keys = read_toml(path, findings, shown_as=shown_as)
    if keys is None:
        return None
    kind = kinds.get(_kind_in(keys))
    try:
        round_ = round_of(kind).model_validate(keys)
    except ValidationError as error:
        note_key_faults(error, findings, shown_as, round_of(kind))
        return None
    if round_.kind not in kinds:
        findings.fault(
            tr("There are no templates for the kind “{kind}”.", kind=round_.kind),
            tr("There are: {kinds}.", kinds=", ".join(kinds)) if kinds else tr("There are none."),
            Place(shown_as, column="kind"),
        )
    return round_ if kind is not None else None
