"""The template contract: what is checked in a template before any data is read.

Every fact a template states must be one that letters of its kind have; only the small set of
elements may be used; both written forms must be there, state the same facts in the same places and
have the same outline.

A template can only print facts, choose by facts, and go through the lists of a fact. It cannot
call, compute, include or count, so that a number in a letter always is a number that was checked,
and no template can fail to end.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes, sha256, sha256_of_file
from brevgen.findings import Findings, Place
from brevgen.language import tr, untranslated
from brevgen.letter.content import WrittenForm
from brevgen.letter.letter import Types, fact_types, in_form
from brevgen.letter.outline import Piece, outline_of
from brevgen.letter.printable import check_text
from brevgen.letter.statements import Breach, breaches_of_statements, breaches_of_the_frame, unsaid
from brevgen.letter.templates import (
    ENCODING,
    FORMS,
    LAYOUT,
    WORDS,
    Templates,
    kinds_in,
    read_templates,
)
from brevgen.letter.wording import FILTERS
from brevgen.settings.kind import KIND_FILE, Kind, Kinds

MAX_TEMPLATE = 64 * 1024
"""Bytes of a template: many times what two pages need; reading it takes longer than its length."""

_REMEDY = untranslated("The page “Templates” lists what a template may use.")
_TOO_DEEP = untranslated("The template is nested too deep.")


@dataclass(frozen=True)
class _Template:
    """A template that can be parsed: its file as shown in faults, its text and its tree."""

    file: str
    source: str
    tree: nodes.Template


def checked_templates(
    folder: Path, kinds: Kinds, findings: Findings, *, is_printed: bool = True, only: str = ""
) -> Templates | None:
    """A folder of templates, held to the contract; None where it cannot be read."""
    templates = read_templates(folder, findings, shown_as=folder.name)
    if templates is not None:
        check_templates(
            templates, kinds, findings, shown_as=folder.name, is_printed=is_printed, only=only
        )
    return templates


def check_templates(
    templates: Templates,
    kinds: Kinds,
    findings: Findings,
    *,
    shown_as: str,
    is_printed: bool = True,
    only: str = "",
) -> None:
    """Hold the layout, the fixed words and both forms of every kind to the contract.

    What this process has found nothing wrong with before is not gone through again.

    Args:
        kinds: the kinds, which tell what letters may state; one with faults is passed over.
        findings: gets a fault with file and line for each breach.
        shown_as: the folder's name in faults.
        is_printed: whether they are for letters on paper, which must have type for every word.
        only: the one kind that is meant; empty for all.
    """
    held = (templates, kinds)
    if (before := _digest(*held, is_printed, only)) in _SOUND:
        return
    found = Findings()
    _check_all(*held, found, shown_as=shown_as, is_printed=is_printed, only=only)
    if not found.items and before == _digest(*held, is_printed, only):
        _SOUND.add(before)  # and not saved anew meanwhile
    findings.take(found)


_SOUND: set[str] = set()
"""Digests of the templates in which nothing is wrong."""


def _digest(templates: Templates, kinds: Kinds, is_printed: bool, only: str) -> str:
    """Digest of all that decides whether templates hold to the contract."""
    there = kinds_in(templates.folder)
    files = [LAYOUT, *(f"{name}/{form}.html" for name in there for form in FORMS)]
    digests = [sha256_of_file(templates.folder / file) for file in files]
    basis = (there, digests, templates.words, sorted(kinds.items()), is_printed, only)
    return sha256(repr(basis).encode())


def _check_all(
    templates: Templates,
    kinds: Kinds,
    findings: Findings,
    *,
    shown_as: str,
    is_printed: bool,
    only: str,
) -> None:
    environment = _environment()
    facts = {
        name: fact_types(kind, kinds)
        for name in kinds_in(templates.folder)
        if (kind := kinds.get(name)) is not None
    }
    layout = _read(environment, templates.folder / LAYOUT, f"{shown_as}/{LAYOUT}", findings)
    check = partial(
        _check, environment, layout, templates.words, findings=findings, is_printed=is_printed
    )
    if layout is not None and facts:
        check(layout, _in_common(list(facts.values())))
    for name, word in templates.words.items() if is_printed else ():
        for form in FORMS:
            for what, remedy in check_text(in_form(word, form)):
                findings.fault(what, remedy, Place(f"{shown_as}/{WORDS}", column=f"{name}.{form}"))
    for name, types in facts.items():
        if only not in ("", name):
            continue
        files = [f"{name}/{form}.html" for form in FORMS]
        read = [
            _read(environment, templates.folder / file, f"{shown_as}/{file}", findings)
            for file in files
        ]
        there = [template for template in read if template is not None]
        outlines = [(template.file, check(template, types)) for template in there]
        for template in there if is_printed else ():
            _note_unsaid(template, kinds[name], findings)
        if len(outlines) == len(FORMS):
            _compare(outlines[0], outlines[1], findings)


def check_form(
    templates: Templates,
    kinds: Kinds,
    findings: Findings,
    *,
    kind: str,
    form: WrittenForm,
    shown_as: str,
    is_printed: bool = True,
) -> None:
    """Hold one written form of a kind, and the layout, to the contract without the other form.

    What passes can be filled; it may still not fit the other form, or leave something unsaid.

    Args:
        kinds: the kinds; nothing is noted of one with faults.
        findings: gets a fault with file and line for each breach.
        kind: the name of the kind.
        shown_as: the folder's name in faults.
        is_printed: whether it is for letters on paper.
    """
    known = kinds.get(kind)
    if known is None:
        return
    environment, file, types = _environment(), f"{kind}/{form}.html", fact_types(known, kinds)
    layout = _read(environment, templates.folder / LAYOUT, f"{shown_as}/{LAYOUT}", findings)
    template = _read(environment, templates.folder / file, f"{shown_as}/{file}", findings)
    for each in (layout, template):
        if each is not None:
            _check(
                environment,
                layout,
                templates.words,
                each,
                types,
                findings=findings,
                is_printed=is_printed,
            )


def _environment() -> Environment:
    """Reads templates; fills none."""
    environment = Environment(autoescape=True)
    environment.filters = dict.fromkeys(FILTERS, str)
    return environment


def _note_unsaid(template: _Template, kind: Kind | None, findings: Findings) -> None:
    """Note what a letter may not be without and its template never says."""
    try:
        missing = unsaid(template.tree, kind.must_say) if kind is not None else []
    except RecursionError:  # which has its fault already
        return
    if missing:
        findings.fault(
            tr("The letter never says {facts}.", facts=", ".join(missing)),
            tr("Say it, or take it out of must_say in {file}.", file=KIND_FILE),
            Place(template.file),
        )


def _in_common(facts: Sequence[Types]) -> dict[str, Any]:
    """The facts that letters of all kinds have; those of any where there is no kind."""
    first, *others = facts or [{}]
    return {
        name: _in_common([type_, *(each[name] for each in others)])
        if isinstance(type_, dict)
        else type_
        for name, type_ in first.items()
        if all(isinstance(each.get(name), dict) or each.get(name) == type_ for each in others)
    }


def _read(environment: Environment, path: Path, file: str, findings: Findings) -> _Template | None:
    """A template, or None and the reason in `findings`."""
    line = None
    try:
        if not path.exists():
            raise FileNotFoundError
        source = read_bytes(path, most=MAX_TEMPLATE).decode(ENCODING)
        source = source.replace("\r\n", "\n").replace("\r", "\n")
        return _Template(file, source, environment.parse(source))
    except FileNotFoundError:
        what = tr("The template is missing.")
        remedy = tr(
            "There must be {layout}, and nb.html and nn.html for each kind of letter.",
            layout=LAYOUT,
        )
    except UnreadableFile as reason:
        what, remedy = tr("The template cannot be read."), f"{reason.what} {reason.remedy}"
    except (OSError, UnicodeDecodeError):
        what, remedy = tr("The template cannot be read."), tr("Save it as UTF-8 text.")
    except TemplateSyntaxError as error:
        what, remedy = f"{error.message}", tr("Put the template right.")
        line = error.lineno
    except (RecursionError, ValueError) as error:
        what = tr("Jinja cannot read the template: {reason}.", reason=error)
        remedy = tr("Make it simpler.")
    findings.fault(what, remedy, Place(file, row=line))
    return None


def _check(
    environment: Environment,
    layout: _Template | None,
    words: Collection[str],
    template: _Template,
    facts: Types,
    *,
    findings: Findings,
    is_printed: bool,
) -> list[Piece]:
    """Check a template by itself and against its layout; its outline."""
    is_layout = template is layout
    outline, breaches = outline_of(
        environment, template.source, is_layout=is_layout, is_printed=is_printed
    )
    try:
        breaches += breaches_of_statements(template.tree, facts, words, is_layout=is_layout)
        breaches += breaches_of_the_frame(template.tree, layout.tree if layout else None)
    except RecursionError:
        breaches.append((1, tr(_TOO_DEEP)))
    for line, what in sorted(set(breaches or _failures(template.source))):
        findings.fault(what, tr(_REMEDY), Place(template.file, row=line))
    return outline


def _failures(source: str) -> Iterator[Breach]:
    """What Jinja only notes when it compiles a template, such as two blocks of one name."""
    for line, what in _noted_by_jinja(source):
        yield line, what or tr(_TOO_DEEP)


@lru_cache(maxsize=100)
def _noted_by_jinja(source: str) -> tuple[Breach, ...]:
    """The same; nothing is said of one that is nested too deep."""
    try:
        _environment().compile(source)
    except TemplateSyntaxError as error:
        return ((error.lineno, f"{error.message}"),)
    except (SyntaxError, RecursionError):
        return ((1, ""),)
    return ()


def _compare(
    first: tuple[str, list[Piece]], second: tuple[str, list[Piece]], findings: Findings
) -> None:
    """Note where the written forms do not state the same facts in the same outline."""
    (file, pieces), (other_file, other_pieces) = first, second
    for mine, other in zip(pieces, other_pieces, strict=False):
        if mine.what != other.what:
            findings.fault(
                tr(
                    "Here stands {mine}, but {other} in {file}, line {line}.",
                    mine=mine.what,
                    other=other.what,
                    file=other_file,
                    line=other.line,
                ),
                tr("Both written forms must have the same outline."),
                Place(file, row=mine.line),
            )
            return  # all that follows would differ too
        _note_unstated(mine.facts - other.facts, file, Place(other_file, row=other.line), findings)
        _note_unstated(other.facts - mine.facts, other_file, Place(file, row=mine.line), findings)
    counterparts = min(len(pieces), len(other_pieces))
    for extra, longer, shorter in (
        (pieces[counterparts:], file, other_file),
        (other_pieces[counterparts:], other_file, file),
    ):
        if extra:
            findings.fault(
                tr("{piece} has no counterpart in {file}.", piece=extra[0].what, file=shorter),
                tr("Both written forms must have the same outline."),
                Place(longer, row=extra[0].line),
            )


def _note_unstated(
    facts: Collection[str], stated_in: str, place: Place, findings: Findings
) -> None:
    if facts:
        findings.fault(
            tr(
                "{facts} is not stated here, but it is in {file}.",
                facts=", ".join(sorted(facts)),
                file=stated_in,
            ),
            tr("Both written forms must state the same facts in the same places."),
            place,
        )
