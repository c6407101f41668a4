"""The pages tell what is there, and everything they point to is there."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from babel.messages.pofile import read_po

from brevgen.cli.main import app
from brevgen.facts import allocation_columns, contacts
from brevgen.findings import Findings
from brevgen.language import speaking, tr
from brevgen.ledger.records import State
from brevgen.letter.markup import ELEMENTS
from brevgen.render.word_writing import CHARACTER_STYLES, PARAGRAPH_STYLES
from brevgen.rounds.letter_status import LetterState
from brevgen.settings.mail import SmtpSettings
from brevgen.settings.seal import SealSettings
from scripts.reference.__main__ import PAGES
from scripts.reference.of_commands import commands
from scripts.reference.of_kinds import request

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
AT_THE_TOP = sorted(ROOT.glob("*.md"))
EVERYWHERE = [*AT_THE_TOP, *sorted(DOCS.rglob("*.md"))]


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def shelf(page: Path) -> str:
    return str(page.relative_to(ROOT))


def in_code(page: str) -> set[str]:
    """All that stands between single backticks."""
    return set(re.findall(r"`([^`\n]+)`", page))


def typed(page: str) -> Iterator[str]:
    """The lines that begin with a command of brevgen's, in blocks and between backticks."""
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    for line in [*lines, *in_code(page)]:
        if re.match(r"(\$ )?brevgen [a-z]", line):
            yield re.sub(r"\s# .*", "", line.removeprefix("$ "))


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_program_says(name: str) -> None:
    assert text(DOCS / "reference" / f"{name}.md") == PAGES[name]()


def test_the_readme_is_short() -> None:
    assert len(text(ROOT / "README.md").splitlines()) <= 150


def options(command: Any) -> set[str]:
    return {"-h", "--help"} | {
        option for each in command.params for option in each.opts if option.startswith("-")
    }


@pytest.mark.parametrize("page", EVERYWHERE, ids=shelf)
def test_only_commands_and_options_that_are_there_are_typed(page: Path) -> None:
    known = dict(commands())
    for line in typed(text(page)):
        words = line.split()
        pair = " ".join(words[1:3])
        name = pair if pair in known else words[1]
        assert name in known, line
        assert set(re.findall(r" (--?[a-z][a-z-]*)", line)) <= options(known[name]), line


def test_every_command_is_told_of_besides_the_reference() -> None:
    told = "\n".join(text(page) for page in EVERYWHERE if page.parent.name != "reference")
    assert [name for name, _ in commands() if f"brevgen {name}" not in told] == []


@pytest.mark.parametrize("page", EVERYWHERE, ids=shelf)
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", text(page)) + re.findall(r'src="([^"]+)"', text(page))
    for link in links:
        file, _, anchor = link.partition("#")
        if link.startswith("https://"):
            continue
        target = (page.parent / file).resolve() if file else page
        assert target.is_file(), link
        # those of the site are looked at by `make docs`
        assert not anchor or target.is_relative_to(DOCS) or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """What the headings of a page are linked to by, as code hosts make it of them."""
    headings = re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_on_a_shelf() -> None:
    nav = text(ROOT / "mkdocs.yml").partition("\nnav:")[2]
    shelved = re.findall(r"([\w/-]+\.md)$", nav, re.MULTILINE)
    assert sorted(shelved) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))


def test_every_address_is_made_up() -> None:
    # a table on a screen breaks long ones in two
    lines = [line for page in EVERYWHERE for line in text(page).splitlines() if line[:1] != "│"]
    found = re.findall(r"[\w.-]+@[\w.-]+\w", "\n".join(lines))
    assert len(found) > 3
    assert [address for address in found if not address.endswith(".example")] == []


def test_every_make_target_is_there_and_every_target_is_told() -> None:
    there = set(re.findall(r"^([a-z-]+):.*## ", text(ROOT / "Makefile"), re.MULTILINE))
    testing = text(DOCS / "developer" / "testing.md")
    told = set(re.findall(r"^\| `make ([a-z-]+)` ", testing, re.MULTILINE))
    assert told == there
    pages = "\n".join(map(text, EVERYWHERE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", pages, re.MULTILINE)) <= there


def test_the_settings_that_are_shown_are_understood() -> None:
    shown = [
        tomllib.loads(block)
        for page in EVERYWHERE
        for block in re.findall(r"^ *```toml\n(.*?)^ *```$", text(page), re.MULTILINE | re.DOTALL)
    ]
    seals = [table["seal"] for table in shown if "seal" in table]
    servers = [table["mail"]["smtp"] for table in shown if "smtp" in table.get("mail", {})]
    assert (len(seals), len(servers)) == (2, 1)
    assert all(SealSettings.model_validate(seal).has_key for seal in seals)
    assert [SmtpSettings.model_validate(server).host for server in servers]


def first_cells(page: Path) -> list[str]:
    """What stands between backticks in the first cell of each row of a page's tables."""
    return re.findall(r"^\| `([^`|]+)` \|", text(page), re.MULTILINE)


def test_caseworkers_are_told_of_every_state_in_their_order() -> None:
    told = first_cells(DOCS / "saksbehandler" / "oppfolging.md")
    assert told == [*get_args(LetterState), *get_args(State)]


@pytest.mark.parametrize(
    ("page", "names"),
    [
        (
            "saksbehandler/regnearket.md",
            [each.name for each in allocation_columns.columns_of(request(), Findings())],
        ),
        ("saksbehandler/regnearket.md", [each.name for each in contacts.COLUMNS]),
        ("developer/templates.md", [f"<{element}>" for element in ELEMENTS]),
        ("developer/templates.md", PARAGRAPH_STYLES.values()),
        ("developer/templates.md", CHARACTER_STYLES),
    ],
)
def test_a_page_names_all_there_is(page: str, names: Iterable[str]) -> None:
    told = in_code(text(DOCS / page))
    assert [name for name in names if name not in told] == []


def test_the_command_line_itself_is_told() -> None:
    """Of options before any command too."""
    told = text(DOCS / "reference" / "commands.md")
    whole = typer.main.get_command(app)
    assert [each.opts[0] for each in whole.params if f"`{each.opts[0]}" not in told] == []


def test_every_message_that_is_explained_is_said_in_bokmaal() -> None:
    with (ROOT / "src" / "brevgen" / "catalogues" / "nb.po").open("rb") as file:
        said = [str(each.string) for each in read_po(file) if each.id]
    page = text(DOCS / "saksbehandler" / "feil-og-rad.md")
    cells = re.findall(r"^\| ([^`|]+?) \|", page, re.MULTILINE)
    explained = [cell for cell in cells if cell not in ("meldingen sier", "---")]
    assert len(explained) > 18
    patterns = {cell: ".*".join(map(re.escape, cell.split("…"))) for cell in explained}
    assert [
        cell for cell in explained if not any(re.search(patterns[cell], each) for each in said)
    ] == []


def test_caseworkers_are_told_what_each_state_is_called_on_their_screen() -> None:
    page = text(DOCS / "saksbehandler" / "oppfolging.md")
    told = re.findall(r"^\| `([^`|]+)` \| ([^|]+) \|", page, re.MULTILINE)
    with speaking("nb"):
        assert told == [(state, tr(state)) for state, _ in told]


def test_developers_are_told_of_files_that_are_there() -> None:
    pages = [*(DOCS / "developer").rglob("*.md"), DOCS / "reliability.md", DOCS / "known-issues.md"]
    named = {
        path
        for page in pages
        for path in re.findall(r"`((?:\w+/)+\w+\.py)`", text(page))
        if not path.startswith("tests/")
    }
    assert len(named) > 20
    package = ROOT / "src" / "brevgen"
    there = {each for each in named if (package / each).exists() or (ROOT / each).exists()}
    assert named - there == set()
