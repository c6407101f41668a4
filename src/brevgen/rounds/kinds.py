"""The kinds of letters a workspace has, with what comes with brevgen where its own files lack."""

from functools import cache
from pathlib import Path

from brevgen.findings import FaultyInput, Findings
from brevgen.rounds.starter import starter_files
from brevgen.settings.kind import KIND_FILE, Kinds
from brevgen.settings.kind_file import read_kinds
from brevgen.settings.round import ROUND_FILE
from brevgen.settings.round_file import kind_named
from brevgen.workspace import Workspace

_LETTERS = "templates/letters/"


def kinds_of(workspace: Workspace, findings: Findings) -> Kinds:
    """The kinds of a workspace by name, with every fault in `findings`."""
    folder = workspace.templates
    return read_kinds(folder, findings, shown_as=folder.name, shipped=shipped_kinds)


def good_kinds(workspace: Workspace) -> Kinds:
    """The kinds of a workspace without faults.

    Raises:
        FaultyInput: a `kind.toml` has faults; all of them.
    """
    findings = Findings()
    kinds = kinds_of(workspace, findings)
    if findings.faults:
        raise FaultyInput(findings.items)
    return kinds


def rounds_of(workspace: Workspace, kind: str = "") -> list[str]:
    """The rounds of a kind, or of any, the last first; those whose settings name none are not."""
    named = {
        name: kind_named(workspace.data / "rounds" / name / ROUND_FILE)
        for name in workspace.rounds()
    }
    return sorted((name for name, of in named.items() if of and kind in ("", of)), reverse=True)


@cache
def shipped_kinds() -> dict[str, Path]:
    """The `kind.toml` of each kind that comes with brevgen, by its name."""
    return {
        Path(name).parent.name: path
        for name, path in starter_files().items()
        if name.startswith(_LETTERS) and Path(name).name == KIND_FILE
    }
