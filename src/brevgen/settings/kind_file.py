"""`kind.toml` read, and held to itself: what it names must be there, and fit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from brevgen.findings import Findings, Place
from brevgen.known_files import KnownFiles
from brevgen.language import tr
from brevgen.settings.kind import (
    EARLIER,
    KIND_FILE,
    REQUEST,
    SAYABLE_OF_EARLIER,
    Kind,
    Kinds,
    earlier_facts,
)
from brevgen.settings.toml_file import read_settings


def read_kinds(
    folder: Path, findings: Findings, *, shown_as: str, shipped: Callable[[], Mapping[str, Path]]
) -> dict[str, Kind | None]:
    """Read every kind in a folder of templates, with every fault in `findings`.

    A folder without `kind.toml`, as earlier versions had none, is read by the shipped one of its
    name, or states the facts of a request.

    Args:
        folder: the folder with a folder for each kind.
        shown_as: its name in faults.
        shipped: tells the `kind.toml` of each kind that comes with brevgen, by its name.
    """
    names = (
        sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    )
    kinds: dict[str, Kind | None] = {}
    for name in names:
        path = folder / name / KIND_FILE
        if not path.exists():
            path = shipped().get(name) or shipped().get(REQUEST, path)
        read = partial(_read_kind, path, shown_as=f"{shown_as}/{name}/{KIND_FILE}")
        kinds[name] = _KNOWN.read(path, findings, read)
    for name, kind in kinds.items():
        if kind is not None:
            _check_followed(kind, kinds, findings, f"{shown_as}/{name}/{KIND_FILE}")
    return kinds


_KNOWN = KnownFiles[Kind](most=100)


def _read_kind(path: Path, findings: Findings, *, shown_as: str) -> Kind | None:
    """One `kind.toml`; None where it has faults."""
    kind = read_settings(Kind, path, findings, shown_as=shown_as)
    if kind is None:
        return None
    slips = list(_slips(kind))
    for key, what, remedy in slips:
        findings.fault(what, remedy, Place(shown_as, column=key))
    return None if slips else kind


def _slips(kind: Kind) -> Iterator[tuple[str, str, str]]:
    """Key, what is wrong and what to do for each thing in a kind that does not fit another."""
    if kind.audience != "allocation" and not kind.follows:
        yield (
            "audience",
            tr("The audience “{audience}” is told by another round.", audience=kind.audience),
            tr("Name in follows the kinds of rounds that it may be."),
        )
    for name, column in kind.columns.items():
        key = f"columns.{name}"
        relations = list(column.relations())
        if column.type != "count" and (
            column.sums_to or column.at_least or any(other for _, other in relations)
        ):
            yield (
                key,
                tr(
                    "Only a count can be held to other figures, not the type {type}.",
                    type=column.type,
                ),
                tr('Remove what the column is held to, or write type = "count".'),
            )
            continue
        for relation, other in relations:
            if other and other not in kind.counts and not other.startswith(EARLIER):
                yield (f"{key}.{relation}", *_unknown(other, list(kind.counts)))
            if other == name:
                yield (
                    f"{key}.{relation}",
                    tr("The column is held to itself."),
                    tr("Name another column."),
                )
        for relation, figure in (("sums_to", column.sums_to), ("at_least", column.least_figure)):
            if figure and figure not in kind.figures:
                yield (f"{key}.{relation}", *_unknown(figure, list(kind.figures)))
    if kind.rows_sum_to and kind.rows_sum_to not in kind.figures:
        yield ("rows_sum_to", *_unknown(kind.rows_sum_to, list(kind.figures)))
    for name in kind.must_say:
        if not name.startswith(EARLIER) and kind.facts.get(name) in (None, "yes_no"):
            sayable = [each for each, type_ in kind.facts.items() if type_ != "yes_no"]
            yield ("must_say", *_unknown(name, sayable))


def _check_followed(kind: Kind, kinds: Kinds, findings: Findings, file: str) -> None:
    """Note kinds that are followed and not there, and facts that the earlier letter has not."""
    for name in kind.follows:
        if name not in kinds:
            what, remedy = _unknown(name, list(kinds))
            findings.fault(what, remedy, Place(file, column="follows"))
    if any(kinds.get(name) is None for name in kind.follows):
        return  # what the earlier letter states is not known
    facts = earlier_facts(kind, kinds)
    counts = [f"{EARLIER}{name}" for name, type_ in facts.items() if type_ == "count"]
    for column_name, column in kind.columns.items():
        for relation, other in column.relations():
            if other.startswith(EARLIER) and other not in counts:
                place = Place(file, column=f"columns.{column_name}.{relation}")
                findings.fault(*_unknown(other, counts), place)
    sayable = [f"{EARLIER}{name}" for name, type_ in facts.items() if type_ != "yes_no"]
    if kind.has_earlier:
        sayable += [f"{EARLIER}{name}" for name in SAYABLE_OF_EARLIER]
    for name in kind.must_say:
        if name.startswith(EARLIER) and name not in sayable:
            findings.fault(*_unknown(name, sayable), Place(file, column="must_say"))


def _unknown(name: str, known: Sequence[str]) -> tuple[str, str]:
    """That something that is named is not there, and what there is."""
    return (
        tr("There is no “{name}” here.", name=name[:60]),
        tr("There are: {names}.", names=", ".join(known))
        if known
        else tr("There is none that could be named here."),
    )
