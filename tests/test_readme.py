"""The README names everything there is to name, and everything it points to is there."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import typer
from pydantic import BaseModel

from brevgen import batch, report
from brevgen.cli import app
from brevgen.document.docx import CHARACTER_STYLES, PARAGRAPH_STYLES
from brevgen.errors import ExitCode
from brevgen.facts import allocation_columns, contacts, municipalities
from brevgen.facts.round import Round
from brevgen.letter.letter import Letter
from brevgen.letter.markup import ELEMENTS, PARTS
from brevgen.letter.wording import FILTERS
from brevgen.workspace import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", README))
"""All that stands between single backticks."""
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS: Mapping[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def options(command: Any) -> set[str]:
    """The options of a command as they are typed."""
    return {"-h", "--help"} | {
        option for each in command.params for option in each.opts if option.startswith("-")
    }


def leaves(kind: Any, path: str = "") -> Iterator[str]:
    """The dotted names of all that can be stated in a model or dataclass."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield from leaves(field.annotation, f"{path}.{name}")
    elif dataclasses.is_dataclass(kind):
        for name, its_kind in get_type_hints(kind).items():
            yield from leaves(its_kind, f"{path}.{name}")
    elif get_origin(kind) is Mapping:
        yield from leaves(get_args(kind)[1], f"{path}.REGION")
    else:
        yield path.removeprefix(".")


def headers(*tables: Iterable[Any]) -> list[str]:
    return [
        name for table in tables for column in table for name in (column.name, *column.synonyms)
    ]


def report_columns() -> list[str]:
    return re.findall(r'"(brevgen_\w+)":', Path(report.__file__).read_text(encoding="utf-8"))


NAMES = {
    "settings in brevgen.toml": leaves(Settings),
    "keys of round.toml": leaves(Round),
    "facts of a letter": leaves(Letter),
    "filters": FILTERS,
    "columns of an allocation": headers(allocation_columns.COLUMNS),
    "columns of the register and the contacts": headers(municipalities.COLUMNS, contacts.COLUMNS),
    "columns of the report": report_columns(),
    "states of a letter": batch.ADVICE,
    "elements of a template": [f"<{element}>" for element in ELEMENTS],
    "parts of a letter": PARTS,
    "styles of paragraphs in Word": PARAGRAPH_STYLES.values(),
    "styles of characters in Word": CHARACTER_STYLES,
}


@pytest.mark.parametrize("kind", NAMES)
def test_the_readme_names_all(kind: str) -> None:
    names = list(NAMES[kind])
    assert names
    assert [name for name in names if name not in CODE] == []


def test_the_readme_names_every_command_and_option() -> None:
    for name, command in COMMANDS.items():
        assert any(code.startswith(f"brevgen {name} ") for code in CODE), name
        row = next(line for line in README.splitlines() if line.startswith(f"| `brevgen {name} "))
        everywhere = next(line for line in README.splitlines() if line.startswith("| all |"))
        for option in options(command):
            assert re.search(rf"`{option}\b", row + everywhere), f"{name} {option}"


def test_the_readme_types_only_commands_and_options_that_are_there() -> None:
    typed = [line for block in BLOCKS for line in block.splitlines()] + sorted(CODE)
    lines = [line for line in typed if re.match(r"(\$ )?brevgen [a-z]", line)]
    assert lines
    for line in lines:
        name = line.removeprefix("$ ").split()[1]
        assert name in COMMANDS, line
        assert set(re.findall(r" (--?[a-z-]+)", line)) <= options(COMMANDS[name]), line


def test_the_readme_tells_every_exit_code() -> None:
    for code in ExitCode:
        assert f"\n| {code.value} | " in README


def test_every_link_and_picture_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    for link in links:
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = ROOT / file if file else ROOT / "README.md"
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """What the headings of a page are linked to by, as GitHub makes it of them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_make_target_is_there_and_every_target_is_told() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    told = re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)
    assert set(told) == there


def test_every_address_is_made_up() -> None:
    addresses = re.findall(r"[\w.]+@[\w.]+\w", README)
    assert addresses
    assert [address for address in addresses if not address.endswith(".example")] == []


def test_check_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shutil.copy(ROOT / "brevgen.toml", tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("ledger*"))
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    done = subprocess.run(
        [sys.executable, "-c", "from brevgen.cli import main; main()", "check", "2018"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", "COLUMNS": "78"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    shown = next(block for block in BLOCKS if block.startswith("$ brevgen check 2018\n"))
    printed = (done.stderr + done.stdout).replace("\N{NO-BREAK SPACE}", " ")
    assert shown.splitlines()[1:] == [line.rstrip() for line in printed.splitlines()]
