"""`brevgen check`."""

from brevgen.cli.options import AsJson, RoundName, WorkspaceDir
from brevgen.errors import ExitCode


def check(round_name: RoundName, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Read everything, list every fault, and show the control figures.

    Example: brevgen check 2018
    """
    from brevgen.cli import console, tables
    from brevgen.cli.context import open_round
    from brevgen.rounds import check as use_case

    with open_round(workspace, round_name) as session:
        checked = use_case.check(session)
    if as_json:
        told = {"findings": checked.findings, "figures": checked.figures}
        console.show_json(told | {"year_before": checked.year_before})
    else:
        console.show_findings(checked.findings)
        if not checked.has_faults:
            tables.show_figures(session.name, checked)
    if checked.has_faults:
        raise SystemExit(ExitCode.FAULTY_INPUT)
