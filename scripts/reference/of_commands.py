"""The page of commands, from Typer."""

import inspect
from collections.abc import Iterator
from typing import Any

import typer

from brevgen.cli.main import app
from scripts.reference.markdown import code, page, sentence, table


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its whole name."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            for below, its in command.commands.items():
                yield f"{name} {below}", its
        else:
            yield name, command


def value_of(parameter: Any) -> str:
    """What is typed behind an option: `WHO`, or the words to choose from; empty for a switch."""
    return "" if parameter.is_flag else str(parameter.metavar)


def argument(parameter: Any) -> str:
    """An argument as usage lines show it."""
    name = str(parameter.metavar or parameter.name.upper())
    more = "…" if parameter.nargs == -1 and not name.endswith("…") else ""
    return f"{name}{more}" if parameter.required else f"[{name}{more}]"


def command_section(name: str, command: Any) -> str:
    """A command, its arguments and options."""
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    told, _, example = inspect.cleandoc(command.help).partition("Example: ")
    rows = [(code(argument(each)), each.help or "") for each in arguments]
    for each in sorted(options, key=lambda option: option.opts[0]):
        value = value_of(each)
        typed = each.opts[0] + (f" {value}" if value else "")
        rows.append((code(typed), each.help or ""))
    rows.append((f"{code('-h')}, {code('--help')}", "Say all this, and end."))
    usage = " ".join(["brevgen", name, *map(argument, arguments), "[OPTIONS]"])
    return "\n\n".join(
        (
            f"## brevgen {name}",
            told.strip(),
            f"```text\n{usage}\n```",
            table(("argument or option", "meaning"), rows),
            f"Example: {code(' '.join(example.split()))}",
        )
    )


def commands_page() -> str:
    """docs/reference/commands.md."""
    found = dict(commands())
    whole = typer.main.get_command(app)
    general = [each for each in whole.params if each.name not in ("help",)]
    rows = [(code(each.opts[0]), getattr(each, "help", "") or "") for each in general]
    intro = (
        "Results go to stdout; faults, warnings and the progress bar (only in a terminal) to"
        " stderr. [Exit codes](exit-codes.md) say how it ended, and `--json` prints the same for"
        " programs, as [JSON](json.md) tells."
    )
    links = [
        (
            f"[brevgen {name}](#brevgen-{name.replace(' ', '-')})",
            sentence(inspect.cleandoc(its.help)),
        )
        for name, its in found.items()
    ]
    parts = [intro, table(("command", "what it does"), links)]
    if rows:
        parts.append(table(("option before any command", "meaning"), rows))
    return page("Commands", *parts, *(command_section(*each) for each in found.items()))
