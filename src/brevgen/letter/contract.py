"""The template contract: what is checked in a template before any data is read.

Every fact a template states must exist in `Letter`; only the small set of elements may be used;
both written forms must be there, state the same facts in the same places and have the same outline.

A template can only print facts, choose by facts, and go through the lists of a fact. It cannot
call, compute, include or count, so that a number in a letter always is a number that was checked,
and no template can fail to end.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from brevgen.errors import UnreadableFile
from brevgen.files import read_bytes
from brevgen.findings import Findings, Place
from brevgen.letter.letter import in_form
from brevgen.letter.outline import Piece, outline_of
from brevgen.letter.printable import check_text
from brevgen.letter.statements import Breach, breaches_of_statements, breaches_of_the_frame
from brevgen.letter.templates import ENCODING, FORMS, LAYOUT, WORDS, Templates
from brevgen.letter.wording import FILTERS

MAX_TEMPLATE = 64 * 1024
"""Bytes of a template: many times what two pages need; reading it takes longer than its length."""

_REMEDY = "The README lists what a template may use."
_TOO_DEEP = "The template is nested too deep."


@dataclass(frozen=True)
class _Template:
    """A template that can be parsed: its file as shown in faults, its text and its tree."""

    file: str
    source: str
    tree: nodes.Template


def check_templates(
    templates: Templates,
    kind: str,
    findings: Findings,
    *,
    shown_as: str,
    is_printed: bool = True,
) -> None:
    """Hold the layout and both forms of a kind to the contract.

    Args:
        templates: the folder of templates.
        kind: which letter.
        findings: gets a fault with file and line for each breach.
        shown_as: the folder's name in faults.
        is_printed: whether they are for letters on paper, which must have type for every word.
    """
    environment = Environment(autoescape=True)
    environment.filters = dict.fromkeys(FILTERS, str)
    names = (LAYOUT, *(f"{kind}/{form}.html" for form in FORMS))
    layout, *forms = (
        _read(environment, templates.folder / name, f"{shown_as}/{name}", findings)
        for name in names
    )
    check = partial(
        _check, environment, layout, templates.words, findings=findings, is_printed=is_printed
    )
    if layout is not None:
        check(layout)
    outlines = [(form.file, check(form)) for form in forms if form is not None]
    for name, word in templates.words.items() if is_printed else ():
        for form in FORMS:
            for what, remedy in check_text(in_form(word, form)):
                findings.fault(what, remedy, Place(f"{shown_as}/{WORDS}", column=f"{name}.{form}"))
    if len(outlines) == len(FORMS):
        _compare(outlines[0], outlines[1], findings)


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
        what = "The template is missing."
        remedy = f"There must be {LAYOUT}, and nb.html and nn.html for each kind of letter."
    except UnreadableFile as reason:
        what, remedy = "The template cannot be read.", f"{reason.what} {reason.remedy}"
    except (OSError, UnicodeDecodeError):
        what, remedy = "The template cannot be read.", "Save it as UTF-8 text."
    except TemplateSyntaxError as error:
        what, remedy, line = f"{error.message}", "Put the template right.", error.lineno
    except (RecursionError, ValueError) as error:
        what, remedy = f"Jinja cannot read the template: {error}.", "Make it simpler."
    findings.fault(what, remedy, Place(file, row=line))
    return None


def _check(
    environment: Environment,
    layout: _Template | None,
    words: Collection[str],
    template: _Template,
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
        breaches += breaches_of_statements(template.tree, words, is_layout=is_layout)
        breaches += breaches_of_the_frame(template.tree, layout.tree if layout else None)
    except RecursionError:
        breaches.append((1, _TOO_DEEP))
    for line, what in sorted(set(breaches or _failures(environment, template.source))):
        findings.fault(what, _REMEDY, Place(template.file, row=line))
    return outline


def _failures(environment: Environment, source: str) -> Iterator[Breach]:
    """What Jinja only notes when it compiles a template, such as two blocks of one name."""
    try:
        environment.compile(source)
    except TemplateSyntaxError as error:
        yield error.lineno, f"{error.message}"
    except (SyntaxError, RecursionError):
        yield 1, _TOO_DEEP


def _compare(
    first: tuple[str, list[Piece]], second: tuple[str, list[Piece]], findings: Findings
) -> None:
    """Note where the written forms do not state the same facts in the same outline."""
    (file, pieces), (other_file, other_pieces) = first, second
    for mine, other in zip(pieces, other_pieces, strict=False):
        if mine.what != other.what:
            findings.fault(
                f"Here stands {mine.what}, but {other.what} in {other_file}, line {other.line}.",
                "Both written forms must have the same outline.",
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
                f"{extra[0].what} has no counterpart in {shorter}.",
                "Both written forms must have the same outline.",
                Place(longer, row=extra[0].line),
            )


def _note_unstated(
    facts: Collection[str], stated_in: str, place: Place, findings: Findings
) -> None:
    if facts:
        findings.fault(
            f"{', '.join(sorted(facts))} is not stated here, but it is in {stated_in}.",
            "Both written forms must state the same facts in the same places.",
            place,
        )
