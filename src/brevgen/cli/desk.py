"""`brevgen desk`."""

from typing import Annotated

import typer

from brevgen.cli.options import WorkspaceDir


def desk(
    port: Annotated[
        int, typer.Option(help="The port of a desk for you alone; 0 for any that is free.")
    ] = 0,
    local: Annotated[
        bool,
        typer.Option(
            "--local", help="For you alone on this machine, whatever [desk] in brevgen.toml says."
        ),
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address, open nothing.")
    ] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Work with the rounds in the browser: alone on this machine, or several people as [desk] says.

    Example: brevgen desk
    """
    import sys
    from importlib import import_module

    from brevgen.actor import process_actor
    from brevgen.cli import console
    from brevgen.cli.context import now, workspace_of
    from brevgen.errors import WrongUse
    from brevgen.language import tr

    for module in ("starlette", "uvicorn", "python_multipart", "authlib", "httpx2"):
        try:
            import_module(module)
        except ModuleNotFoundError as missing:
            raise WrongUse(
                tr(
                    "The desk is not installed, for {module} is not there: install it with"
                    " pipx install 'brevgen[desk]'.",
                    module=module,
                )
            ) from missing
    from brevgen.desk.server import serve_many, serve_one

    place = workspace_of(workspace)

    def tell(address: str) -> None:
        console.say(tr("The desk is open: {address}", address=address))
        console.note(tr("End the desk with Ctrl-C."))
        sys.stdout.flush()  # in the journal of a service too it stands there at once

    def tell_one(address: str) -> None:
        tell(address)
        console.note(tr("The address lets one browser in, once."))
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    if place.settings.desk is None or local:
        serve_one(place.root, now, process_actor(), port=port, tell=tell_one)
    else:
        serve_many(place.root, now, place.settings.desk, tell=tell)
