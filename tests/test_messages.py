"""Whatever a person meets is said through the catalogue, and not as it stands in the code."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import brevgen
from brevgen.errors import BrevgenError
from brevgen.facts import municipalities
from brevgen.ledger import told

SOURCE = Path(brevgen.__file__).parent

NOT_YET: set[str] = set()
"""Rooms whose messages are not all said through the catalogue yet."""

SPEAKING = {"tr", "tr_many", "untranslated"}

HEARD = {"fault", "warn", "say", "note", "complain", "agrees", "types", "tell", "show_table",
         "show_pairs", "progress", "echo", "Finding", "UnreadableFile"}  # fmt: skip
"""What is called with texts that a person meets, besides the errors."""

TYPED = {"brevgen", "cd"}
"""Words that begin what is typed, which is the same in every language."""

CODES = {"fault", "warning", *told.ACTS, *(each.name for each in municipalities.COLUMNS)}


def errors() -> set[str]:
    """The names of all errors that a person can meet."""
    for module in pkgutil.walk_packages(brevgen.__path__, "brevgen."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)

    def below(kind: type[BaseException]) -> Iterator[str]:
        yield kind.__name__
        for each in kind.__subclasses__():
            yield from below(each)

    return set(below(BrevgenError))


def name_of(call: ast.Call) -> str:
    """What is called, without what it belongs to."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def is_typed(text: str) -> bool:
    """Whether a text is a command, or the beginning of one."""
    return text.split()[:1] != [] and text.split()[0] in TYPED


def untold(node: ast.expr) -> Iterator[str]:
    """The texts in an argument that nobody translates."""
    match node:
        case ast.Constant(value=str(text)):
            if any(map(str.isalpha, text)) and text not in CODES and not is_typed(text):
                yield text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]) if is_typed(text):
            return
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from untold(part)
        case ast.FormattedValue(value=value):
            yield from untold(value)
        case ast.BinOp(left=left, right=right):
            yield from untold(left)
            yield from untold(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from untold(body)
            yield from untold(orelse)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from untold(part)
        case ast.Call(func=ast.Attribute(value=text, attr="format" | "join" | "replace" | "strip")):
            yield from untold(text)


def untold_in(source: str, heard: set[str]) -> list[str]:
    """Every text in a file that a person meets and nobody translates."""
    return [
        text
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and name_of(call) in heard
        for argument in (*call.args, *(each.value for each in call.keywords))
        for text in untold(argument)
    ]


def spoken_in_parts(source: str) -> list[str]:
    """Messages within an f-string, where those who gather the messages do not see them."""
    return [
        ast.unparse(call)
        for text in ast.walk(ast.parse(source))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and name_of(call) in SPEAKING
        and isinstance(call.args[0], ast.Constant)
    ]


def files() -> list[Path]:
    """The files of the rooms that are done."""
    found = sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py"))
    return [path for path in found if path.parts[0] not in NOT_YET]


def test_every_text_that_a_person_meets_is_said_through_the_catalogue() -> None:
    heard = HEARD | errors()
    found = {str(path): untold_in((SOURCE / path).read_text("utf-8"), heard) for path in files()}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_every_message_is_seen_by_those_who_gather_them() -> None:
    found = {str(path): spoken_in_parts((SOURCE / path).read_text("utf-8")) for path in files()}
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('raise WrongUse(f"{path} is gone.")', [" is gone."]),
        ('console.say(tr("Done.") + " Go on.")', [" Go on."]),
        ('findings.fault("No date" if late else what, remedy)', ["No date"]),
        ('findings.warn(what=tr("No date"), remedy="Write one.")', ["Write one."]),
        ('console.say(", ".join(names) or "nobody")', ["nobody"]),
        ('raise WrongUse(tr("{path} is gone.", path="here"))', []),
        ('console.say(f"  brevgen check {name}")', []),
        ('console.say(f"{told}.")', []),
        ('log.info("no person reads it")', []),
    ],
)
def test_a_text_that_nobody_translates_is_found(source: str, texts: list[str]) -> None:
    assert untold_in(source, HEARD | {"WrongUse"}) == texts
