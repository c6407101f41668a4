"""`brevgen generate`."""

from typing import Annotated

import typer

from brevgen.cli.options import Except, Jobs, NewLedger, Only, Region, RoundName, WorkspaceDir
from brevgen.errors import ExitCode, WrongUse
from brevgen.language import tr


def generate(
    round_name: RoundName,
    only: Only = None,
    except_: Except = None,
    region: Region = "",
    jobs: Jobs = 0,
    executor: Annotated[
        str, typer.Option(metavar="dask://HOST:PORT", help="A Dask cluster to make letters on.")
    ] = "",
    new_ledger: NewLedger = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Give references and make every letter that is not up to date.

    Letters can be made by a Dask cluster; sealing them needs the key, so approve works here.

    Example: brevgen generate 2018
    """
    if executor and jobs:
        raise WrongUse(
            tr(
                "--jobs counts processes of this machine, and --executor hands letters to others:"
                " use one or the other."
            )
        )
    from brevgen.cli.context import open_round, processors, workspace_of
    from brevgen.pool.workers import Workers

    place = workspace_of(workspace)
    elsewhere = None
    if executor:
        from brevgen.pool.dask_cluster import Cluster

        elsewhere = Cluster(executor).connect
    workers = Workers(place.templates, jobs or processors(), elsewhere=elsewhere)
    if not place.drafts(round_name).exists():
        workers.load_early()  # for there is everything to make, and the round to be read first
    from brevgen.cli import console, tables
    from brevgen.rounds import generate as use_case

    with open_round(workspace, round_name, new_ledger=new_ledger) as session:
        session.findings.stop_on_faults()
        console.show_findings(session.findings.warnings)
        chosen = session.choose(only or (), region, except_ or ())
        with console.progress(tr("Making letters")) as progress:
            done = use_case.generate(session, chosen, workers=workers, progress=progress)
    tables.show_generated(session.workspace, session.name, done)
    if done.faults:
        raise SystemExit(ExitCode.PARTLY_DONE)
