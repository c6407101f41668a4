"""The README names everything there is to name, and everything it points to is there."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
import typer
from pydantic import BaseModel

from brevgen.cli.main import app
from brevgen.errors import ExitCode
from brevgen.facts import allocation_columns, contacts, municipalities
from brevgen.letter.letter import Letter
from brevgen.letter.markup import ELEMENTS, PARTS
from brevgen.letter.wording import FILTERS
from brevgen.marker import STATE_FOLDER
from brevgen.render.docx import CHARACTER_STYLES, PARAGRAPH_STYLES
from brevgen.rounds import addressees, letter_status, report
from brevgen.seal.test_key import FILE
from brevgen.settings.mail import SmtpSettings
from brevgen.settings.round import Round
from brevgen.settings.seal import SealSettings
from brevgen.settings.workspace import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
APPROVAL = (ROOT / "docs" / "approval.md").read_text(encoding="utf-8")
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
    elif get_origin(kind) in (Union, UnionType) and _models(kind):
        yield from leaves(_models(kind)[0], path)
    elif get_origin(kind) is Mapping:
        yield from leaves(get_args(kind)[1], f"{path}.REGION")
    else:
        yield path.removeprefix(".")


def _models(union: Any) -> list[type[BaseModel]]:
    """The models among the kinds of a union: `TokenSettings | None`."""
    return [k for k in get_args(union) if isinstance(k, type) and issubclass(k, BaseModel)]


def headers(*tables: Iterable[Any]) -> list[str]:
    return [
        name for table in tables for column in table for name in (column.name, *column.synonyms)
    ]


def report_columns() -> list[str]:
    return re.findall(r'"(brevgen_\w+)":', Path(report.__file__).read_text(encoding="utf-8"))


NAMES = {
    "settings in brevgen.toml": leaves(Settings),
    "keys of round.toml": leaves(Round),
    "defaults of the seal": [
        f'"{field.default}"'
        for name, field in SealSettings.model_fields.items()
        if name.endswith("_env")
    ],
    "the file of the TEST key": [f"{STATE_FOLDER}/{FILE}"],
    "facts of a letter": leaves(Letter),
    "filters": FILTERS,
    "columns of an allocation": headers(allocation_columns.COLUMNS),
    "columns of the register and the contacts": headers(municipalities.COLUMNS, contacts.COLUMNS),
    "columns of the report": report_columns(),
    "states of a letter": letter_status.ADVICE,
    "states of a recipient": addressees.ADVICE,
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


def test_settings_are_told_down_to_the_last_key() -> None:
    keys = set(leaves(Settings))
    assert {"approval.four_eyes", "seal.key", "seal.pkcs11.token", "seal.roots"} <= keys
    assert "offices.REGION.accounts" in set(leaves(Round))


def test_the_table_of_states_is_in_their_order() -> None:
    table = README.partition("| state | the letter |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z, ]+)` \|", table, re.MULTILINE) == list(letter_status.ADVICE)


def test_the_table_of_the_report_is_in_the_order_of_its_columns() -> None:
    cells = re.findall(r"^\| (`brevgen_[^|]+) \|", README, re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(cells)) == report_columns()


def test_the_settings_that_are_shown_are_understood() -> None:
    shown = re.findall(r"^ *```toml\n(.*?)^ *```$", README, re.MULTILINE | re.DOTALL)
    tables = [tomllib.loads(block) for block in shown]
    seals = [table["seal"] for table in tables if "seal" in table]
    servers = [table["mail"]["smtp"] for table in tables if "mail" in table]
    assert (len(seals), len(servers)) == (2, 1)
    assert all(SealSettings.model_validate(seal).has_key for seal in seals)
    assert [SmtpSettings.model_validate(server).host for server in servers]


def test_the_readme_names_every_command_and_option() -> None:
    for name, command in COMMANDS.items():
        assert any(code.startswith(f"brevgen {name} ") for code in CODE), name
        row = next(line for line in README.splitlines() if line.startswith(f"| `brevgen {name} "))
        everywhere = next(line for line in README.splitlines() if line.startswith("| all |"))
        for option in options(command):
            assert re.search(rf"`{option}\b", row + everywhere), f"{name} {option}"


def test_only_commands_and_options_that_are_there_are_typed() -> None:
    typed = [line for block in BLOCKS for line in block.splitlines()] + sorted(CODE)
    typed += re.findall(r"`([^`\n]+)`", APPROVAL)
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
    assert "docs/approval.md" in links
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
    there = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    told = re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)
    assert set(told) == there


def test_every_address_is_made_up() -> None:
    addresses = re.findall(r"[\w.]+@[\w.]+\w", README)
    assert addresses
    assert [address for address in addresses if not address.endswith(".example")] == []


def brevgen(place: Path, *words: str) -> list[str]:
    """The lines that a command prints in a workspace, problems first."""
    done = subprocess.run(
        [sys.executable, "-m", "brevgen", *words],
        cwd=place,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "78"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    printed = (done.stderr + done.stdout).replace("\N{NO-BREAK SPACE}", " ")
    return [line.rstrip() for line in printed.splitlines()]


def shown(command: str) -> list[str]:
    """The lines that the README shows under a command."""
    block: str = next(block for block in BLOCKS if block.startswith(f"$ {command}\n"))
    return block.splitlines()[1:]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The workspace as it comes, with nothing made yet."""
    shutil.copy(ROOT / "brevgen.toml", tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("ledger*"))
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    return tmp_path


def test_check_prints_what_the_readme_shows(workspace: Path) -> None:
    printed = brevgen(workspace, "check", "2018")
    told = shown("brevgen check 2018")
    # but for the day, and how many days ago that was
    assert [re.sub(r"\d", "0", line) for line in told] == [
        re.sub(r"\d", "0", line) for line in printed
    ]
    assert told[-11:] == printed[-11:]


def test_approve_and_verify_print_what_the_readme_shows(workspace: Path) -> None:
    letter = "output/2018/letters/0214-Ås-17-09235.pdf"
    brevgen(workspace, "generate", "2018", "--only", "Ås")
    approved = brevgen(workspace, "approve", "2018", "--only", "Ås", "--yes")
    verified = brevgen(workspace, "verify", letter)

    told = shown('brevgen approve 2018 --region Øst --as "Hege Aspelund"')
    assert approved[0] == told[0]
    assert next(line for line in approved if "In the name of" in line) in told
    assert approved[-2:] == ["1 letter approved, 1 sealed.", told[-1]]
    told = shown(f"brevgen verify {letter}")
    assert [line[:19] for line in verified[:-1]] == [line[:19] for line in told[:-1]]
    assert verified[-1] == told[-1]
