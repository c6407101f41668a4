"""`brevgen desk`."""

from typing import Annotated

import typer

from brevgen.cli.options import WorkspaceDir


def desk(
    port: Annotated[int, typer.Option(help="The port; 0 for any that is free.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address, open nothing.")
    ] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Work with the rounds in the browser, on this machine.

    Example: brevgen desk
    """
    from brevgen.actor import process_actor
    from brevgen.cli import console
    from brevgen.cli.context import now, workspace_of
    from brevgen.desk.server import serve
    from brevgen.language import tr

    def tell(address: str) -> None:
        console.say(tr("The desk is open: {address}", address=address))
        console.note(tr("The address lets one browser in, once. End the desk with Ctrl-C."))
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    serve(workspace_of(workspace).root, now, process_actor(), port=port, tell=tell)
