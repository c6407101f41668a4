"""The command line: every command in a file of its own, and what becomes of its errors.

Only Typer is imported here; what a command needs it imports itself, so that help is instant.
"""

import atexit
import gc
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from brevgen.cli import (
    answer,
    answers,
    approve,
    archive,
    bounces,
    check,
    desk,
    generate,
    history,
    ledger,
    new,
    preview,
    send,
    status,
    upgrade,
    verify,
)
from brevgen.cli.help import Command, Group, complaint
from brevgen.cli.options import WorkspaceDir
from brevgen.errors import BrevgenError, ExitCode, WrongUse
from brevgen.language import known_language, language_of, speak, tr

_INTERRUPTED = 130
"""What Typer makes of Ctrl-C, as shells do."""

app = typer.Typer(
    name="brevgen",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,  # Rich would double the time that help takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        from brevgen import __version__

        typer.echo(f"brevgen {__version__}")
        raise typer.Exit


@app.callback()
def brevgen(
    context: typer.Context,
    workspace: WorkspaceDir = None,
    language: Annotated[
        str,
        typer.Option(
            "--language",
            metavar="nb|en",
            help="The language that is spoken, bokmål or English; before or after the command.",
        ),
    ] = "",
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """From an allocation of refugees to one checked, numbered letter per municipality."""
    if context.invoked_subcommand != "desk":  # which serves for months
        _collect_garbage_seldom()


def _collect_garbage_seldom() -> None:
    """Look for garbage as suits a command that ends soon.

    Most of what it holds are libraries. To look through them again and again while they are loaded,
    and once more at the end, takes up to a quarter of its time.
    """
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)


for _command in (
    new.new,
    check.check,
    preview.preview,
    generate.generate,
    approve.approve,
    send.send,
    bounces.bounces,
    status.status,
    answer.answer,
    answers.answers,
    history.history,
    archive.archive,
    desk.desk,
    verify.verify,
    upgrade.upgrade,
):
    app.command(cls=Command)(_command)
app.add_typer(ledger.app)


def main() -> None:
    """Run the command; every error a user can cause becomes a message and an exit code."""
    _say_what_can_be_said()
    words, asked = _language_apart(sys.argv[1:])
    try:
        speak(known_language(language_of(os.environ)))
        if asked is not None:
            speak(known_language(asked))
        _require_utf8_names()
        width = max(20, min(80, shutil.get_terminal_size().columns) - 2)
        code = app(words, prog_name="brevgen", standalone_mode=False, terminal_width=width)
        if code == _INTERRUPTED:
            typer.echo(tr("Broken off."), err=True)
        raise SystemExit(code)
    except (BrevgenError, OSError) as error:
        _show(error)
        code = error.exit_code if isinstance(error, BrevgenError) else ExitCode.FAULTY_INPUT
        raise SystemExit(code) from None
    except typer.Abort:
        typer.echo(tr("Broken off."), err=True)
        raise SystemExit(ExitCode.FAULTY_INPUT) from None
    except TyperException as error:
        _show_wrong_use(error)
        raise SystemExit(error.exit_code) from None


def _language_apart(words: Sequence[str]) -> tuple[list[str], str | None]:
    """What was typed without `--language`, which may stand anywhere, and the language it names."""
    rest, asked = list(words), None
    end = rest.index("--") if "--" in rest else len(rest)
    for at in reversed(range(end)):
        option, sign, value = rest[at].partition("=")
        if option == "--language":
            asked = value if sign else "".join(rest[at + 1 : at + 2])
            del rest[at : at + (1 if sign else 2)]
    return rest, asked


def _say_what_can_be_said() -> None:
    """Write characters that the terminal's encoding lacks as `\\u2013`; never fail for them."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _require_utf8_names() -> None:
    """Refuse where names of files would be written in another encoding than everywhere else."""
    encoding = sys.getfilesystemencoding()
    if encoding.lower() != "utf-8":
        raise WrongUse(
            tr(
                "Names of files are written in {encoding} here, so letters to Ås or Porsáŋgu would"
                " not be found or not be made. Set PYTHONUTF8=1, or a locale with UTF-8, such as"
                " LC_ALL=C.UTF-8.",
                encoding=encoding,
            )
        )


def _show(error: BrevgenError | OSError) -> None:
    from brevgen.cli import console
    from brevgen.files import os_reason
    from brevgen.findings import FaultyInput

    if isinstance(error, FaultyInput):
        console.show_findings(error.findings)
        console.complain(tr("Mend the faults and try again."))
    elif isinstance(error, BrevgenError):
        console.complain(str(error))
    elif error.filename is not None:
        console.complain(f"{error.filename}: {os_reason(error)}.")
    elif _is_somewhere():
        console.complain(f"{os_reason(error)}.")
    else:
        console.complain(tr("The folder you are in is gone. Go to another one: cd FOLDER"))


def _show_wrong_use(error: Any) -> None:
    """What Typer complains of: it was typed in a way that no command understands."""
    said, context = error.format_message(), getattr(error, "ctx", None)
    if context is not None and said != context.get_help():  # which it is where nothing was typed
        typer.echo(context.get_usage(), err=True)
        typer.echo(tr("Try “{command} -h” for help.", command=context.command_path), err=True)
        typer.echo(err=True)
    typer.echo(complaint(said), err=True)


def _is_somewhere() -> bool:
    """Whether the folder that the command was typed in is there still."""
    try:
        return bool(Path.cwd())
    except OSError:
        return False
