"""Templates tried before they are saved: the workspace with them, and every fault of theirs."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from brevgen.findings import Finding, Findings
from brevgen.letter.contract import checked_templates
from brevgen.pool.letter_files import STYLESHEET, check_look
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.template_sheets import Sheet, Texts
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class TriedWorkspace(Workspace):
    """A workspace with other templates; all else of it is as it lies there.

    Args:
        tried: the folder with `letters` and `messages`.
    """

    tried: Path

    @property
    def templates(self) -> Path:
        """The letter templates that are tried."""
        return self.tried / "letters"

    @property
    def messages(self) -> Path:
        """The message templates that are tried."""
        return self.tried / "messages"


def with_texts(workspace: Workspace, texts: Texts, folder: Path) -> TriedWorkspace:
    """The workspace as it would be with some texts saved.

    Args:
        texts: by their paths below `templates`.
        folder: where to put them, with links to the other files; emptied before.
    """
    shutil.rmtree(folder, ignore_errors=True)
    own = workspace.templates.parent
    for path in own.rglob("*"):
        there = path.relative_to(own)
        if path.is_dir():
            (folder / there).mkdir(parents=True, exist_ok=True)
        elif there.as_posix() not in texts:
            (folder / there).parent.mkdir(parents=True, exist_ok=True)
            (folder / there).symlink_to(path.resolve())
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return TriedWorkspace(workspace.root, workspace.settings, folder)


# -- faults ----------------------------------------------------------------------------------------


def faults_with(
    workspace: Workspace, tried: Workspace, sheet: Sheet, *, is_glance: bool = False
) -> list[Finding]:
    """Every fault in the files of a sheet, and those that they would bring to other files.

    Args:
        workspace: as it is.
        tried: with the texts of the sheet.
        sheet: which files.
        is_glance: whether it is only to be seen at once, while somebody is typing: what it may
            bring to other kinds, or to the look of letters nobody has made, is left out.
    """
    found = _faults(tried, sheet, is_glance=is_glance)
    own = set(sheet.files)
    if any(each.place.file not in own for each in found):
        known = set(_faults(workspace, sheet, is_glance=is_glance))
        found = [each for each in found if each.place.file in own or each not in known]
    return found


def _faults(workspace: Workspace, sheet: Sheet, *, is_glance: bool) -> list[Finding]:
    findings = Findings(only_faults=True)
    kinds = kinds_of(workspace, findings)
    is_of_all = sheet.part == "kind" and not is_glance
    for folder, is_printed in ((workspace.templates, True), (workspace.messages, False)):
        if sheet.part == "kind" or (sheet.part != "style" and is_printed != sheet.is_of_messages):
            only = "" if is_of_all else sheet.kind
            checked_templates(folder, kinds, findings, is_printed=is_printed, only=only)
    if sheet.part == "style" and not is_glance:
        findings.items += _faults_of_look(workspace)
    return findings.faults


def all_faults(workspace: Workspace) -> list[Finding]:
    """Every fault of the templates, of all kinds, whatever rounds there are."""
    findings = Findings(only_faults=True)
    kinds = kinds_of(workspace, findings)
    for folder, is_printed in ((workspace.templates, True), (workspace.messages, False)):
        checked_templates(folder, kinds, findings, is_printed=is_printed)
    return findings.faults + _faults_of_look(workspace)


def _faults_of_look(workspace: Workspace) -> list[Finding]:
    looks = Findings(only_faults=True)
    check_look(workspace.templates, looks)
    return [_in_stylesheet(each) for each in looks.faults]


def _in_stylesheet(finding: Finding) -> Finding:
    """A fault of the look with the stylesheet's path."""
    if finding.place.file != STYLESHEET:
        return finding
    return replace(finding, place=replace(finding.place, file=f"letters/{STYLESHEET}"))
