"""The command line: every command in a file of its own, and what becomes of its errors.

Only Typer is imported here; what a command needs it imports itself, so that help is instant.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from brevgen.cli import (
    approve,
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
from brevgen.cli.options import WorkspaceDir
from brevgen.errors import BrevgenError, ExitCode, WrongUse

app = typer.Typer(
    name="brevgen",
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
    workspace: WorkspaceDir = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """From an allocation of refugees to one checked, numbered letter per municipality."""


app.command()(new.new)
app.command()(check.check)
app.command()(preview.preview)
app.command()(generate.generate)
app.command()(approve.approve)
app.command()(send.send)
app.command()(bounces.bounces)
app.command()(status.status)
app.command()(history.history)
app.command()(desk.desk)
app.command()(verify.verify)
app.command()(upgrade.upgrade)
app.add_typer(ledger.app)


def main() -> None:
    """Run the command; every error a user can cause becomes a message and an exit code."""
    _say_what_can_be_said()
    try:
        _require_utf8_names()
        app(prog_name="brevgen")
    except (BrevgenError, OSError) as error:
        _show(error)
        code = error.exit_code if isinstance(error, BrevgenError) else ExitCode.FAULTY_INPUT
        raise SystemExit(code) from None


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
            f"Names of files are written in {encoding} here, so letters to Ås or Porsáŋgu would not"
            " be found or not be made. Set PYTHONUTF8=1, or a locale with UTF-8, such as"
            " LC_ALL=C.UTF-8."
        )


def _show(error: BrevgenError | OSError) -> None:
    from brevgen.cli import console
    from brevgen.findings import FaultyInput

    if isinstance(error, FaultyInput):
        console.show_findings(error.findings)
        console.complain("Mend the faults and try again.")
    elif isinstance(error, BrevgenError):
        console.complain(str(error))
    elif error.filename is None:
        here = "" if _is_somewhere() else " The folder you are in is gone."
        console.complain(f"{error.strerror or error}.{here}")
    else:
        console.complain(f"{error.filename}: {error.strerror}.")


def _is_somewhere() -> bool:
    """Whether the folder that the command was typed in is there still."""
    try:
        return bool(Path.cwd())
    except OSError:
        return False
