"""Help and usage of the commands, and Typer's complaints of what was typed, in either language.

The texts stand in English where Typer has them: docstrings, `help=` and `metavar=`. They are
translated when they are shown; `texts` tells the catalogue what there is.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from typer.core import TyperCommand, TyperGroup

from brevgen.language import quoted, tr, untranslated, values_in

_COMPLAINTS = (
    untranslated("Missing argument '{name}'."),
    untranslated("Missing command."),
    untranslated("Got unexpected extra argument(s) ({words})"),
    untranslated("No such option: {name} (Possible options: {names})"),
    untranslated("No such option: {name}"),
    untranslated("No such command {name}. Did you mean {names}?"),
    untranslated("No such command {name}."),
    untranslated("Option {name} requires an argument."),
    untranslated("Option {name} requires {count} arguments."),
    untranslated("Option {name} does not take a value."),
    untranslated(
        "Invalid value for {name}: Input should be a valid integer, unable to parse string as an"
        " integer"
    ),
    untranslated("Invalid value for {name}: Input should be greater than or equal to {least}"),
    untranslated("Invalid value for {name}: Value error, {value} is not one of {names}."),
)
"""What Typer complains of, in its own words."""

_EXAMPLE = "Example: "


def complaint(said: str) -> str:
    """A complaint of Typer's in the reader's language, or as it is where nobody has foreseen it."""
    for each in _COMPLAINTS:
        if (values := values_in(each, said)) is not None:
            if name := values.get("name"):  # an argument has one in either language
                values["name"] = tr(name)
            return tr(each, **{name: _quoted(value) for name, value in values.items()})
    return said.removeprefix("Invalid value: ")  # before what a command says itself


def _quoted(value: str) -> str:
    """What Typer names, an option or what was typed, between the reader's quotation marks."""
    bare = re.sub(r"'(--?[\w-]+)'", r"\1", value)
    return re.sub(r"'([^']+)'", lambda found: quoted(found[1]), bare)


def texts(command: Any, context: Any) -> Iterator[str]:
    """Every text that the help of a command shows, and of those below it, as the catalogue has it.

    Args:
        command: of Typer.
        context: that it is shown in.
    """
    yield from (each for each in _paragraphs(command.help) if not each.startswith(_EXAMPLE))
    for each in command.get_params(context):
        yield from filter(None, (each.help, each.metavar))
    for below in getattr(command, "commands", {}).values():
        yield from texts(below, type(context)(below, parent=context))


def _paragraphs(text: str | None) -> list[str]:
    return [" ".join(each.split()) for each in inspect.cleandoc(text or "").split("\n\n")]


def _said(paragraph: str) -> str:
    if paragraph.startswith(_EXAMPLE):
        return tr("Example: {command}", command=paragraph.removeprefix(_EXAMPLE))
    return tr(paragraph)


def _argument(parameter: Any) -> str:
    """An argument as the usage line shows it: `[ROUND]` where it may be left out."""
    name = tr(parameter.metavar)
    more = "…" if parameter.nargs == -1 and not name.endswith("…") else ""
    return f"{name}{more}" if parameter.required else f"[{name}{more}]"


def _option(parameter: Any) -> str:
    """An option as it is typed: `-h, --help`, or with what it takes, `--only WHO`."""
    value = f" {tr(parameter.metavar)}" if parameter.metavar else ""
    return ", ".join(sorted(parameter.opts, key=len)) + value


class _Said:
    """How help is shown; to be put before a class of Typer's."""

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        """The line that says how the command is typed."""
        parameters = self.get_params(ctx)
        pieces = [_argument(each) for each in parameters if each.param_type_name == "argument"]
        pieces.append(tr("[OPTIONS]"))
        if hasattr(self, "commands"):
            pieces.append(tr("COMMAND …"))
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=tr("Usage:") + " ")

    def format_help_text(self: Any, ctx: Any, formatter: Any) -> None:
        """What the command does, and an example."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("\n\n".join(map(_said, _paragraphs(self.help))))

    def format_options(self: Any, ctx: Any, formatter: Any) -> None:
        """Its arguments, options, and the commands below it."""
        shown = [each for each in self.get_params(ctx) if not each.hidden]
        parts = {
            tr("Arguments"): [
                (tr(each.metavar), tr(each.help))
                for each in shown
                if each.param_type_name == "argument"
            ],
            tr("Options"): [
                (_option(each), tr(each.help)) for each in shown if each.param_type_name == "option"
            ],
            tr("Commands"): [
                (name, _said(_paragraphs(below.help)[0]))
                for name, below in getattr(self, "commands", {}).items()
            ],
        }
        for title, lines in parts.items():
            if lines:
                with formatter.section(title):
                    formatter.write_dl(lines, col_max=min(30, formatter.width // 2))


class Command(_Said, TyperCommand):
    """A command that says its help in the reader's language."""


class Group(_Said, TyperGroup):
    """Commands below one name, with help in the reader's language."""
