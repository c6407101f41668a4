"""The front door: one command per thing a person does.

Only Typer is imported here; what a command needs it imports itself, so that help is instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from brevgen.errors import BrevgenError, ExitCode, PartlyDone, WrongUse

if TYPE_CHECKING:
    from brevgen.batch.plan import Planned
    from brevgen.facts.round_facts import RoundFacts
    from brevgen.workspace import Workspace

app = typer.Typer(
    name="brevgen",
    help="From an allocation of refugees to one checked, numbered letter per municipality.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

RoundName = Annotated[
    str, typer.Argument(metavar="ROUND", help="The round: a folder under data/rounds.")
]
WorkspaceDir = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace; else the one you are in."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="WHO", help="Only this municipality; may be repeated."),
]
Jobs = Annotated[
    int, typer.Option("--jobs", metavar="N", min=0, help="Processes; 0: one per processor.")
]
Region = Annotated[str, typer.Option("--region", help="Only this region (or county).")]


class Format(str, Enum):  # noqa: UP042  Typer shows the values of a str Enum
    """What a preview can be written as."""

    pdf = "pdf"
    docx = "docx"
    html = "html"
    text = "text"


def main() -> None:
    """Run the command; every error a user can cause becomes a message and an exit code."""
    try:
        app()
    except (BrevgenError, OSError) as error:
        _show_error(error)
        code = error.exit_code if isinstance(error, BrevgenError) else ExitCode.FAULTY_INPUT
        raise SystemExit(code) from None


def _show_error(error: BrevgenError | OSError) -> None:
    from brevgen import screen
    from brevgen.facts.faults import FaultyInput

    if isinstance(error, FaultyInput):
        screen.show_findings(error.findings)
        screen.complain("Nothing was made. Mend the faults and try again.")
    elif isinstance(error, OSError):
        screen.complain(f"{error.filename or 'A file'}: {error.strerror}.")
    else:
        screen.complain(str(error))


def _workspace(folder: Path | None) -> Workspace:
    from brevgen.workspace import find_workspace

    return find_workspace(folder or Path.cwd())


@app.command()
def check(round_name: RoundName, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Read everything, list every fault and warning, and show the control figures.

    Example: `brevgen check 2018`
    """
    from dataclasses import asdict

    from brevgen import screen, show
    from brevgen.batch import opening
    from brevgen.batch.making import check_look
    from brevgen.facts.faults import Findings

    place = _workspace(workspace)
    findings = Findings()
    facts = opening.check(place, round_name, findings)
    check_look(place.templates, findings)
    if facts and not findings.faults:
        opening.check_series(place, facts, findings)
    figures = show.control_figures(facts) if facts and not findings.faults else []
    if as_json:
        screen.show_json({"findings": [asdict(f) for f in findings.items], "figures": figures})
    else:
        screen.show_findings(findings.items)
        if facts and figures:
            show.show_figures(facts, figures)
            screen.say(f"No faults. Next: brevgen preview {round_name} WHO")
    if findings.faults:
        raise SystemExit(ExitCode.FAULTY_INPUT)


@app.command()
def preview(
    round_name: RoundName,
    who: Annotated[str, typer.Argument(metavar="WHO", help="Municipality number or name.")],
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.pdf,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; - for stdout.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it when it is written.")] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Show one letter as it would be now; gives no reference and changes nothing.

    Example: `brevgen preview 2018 Ås --open`
    """
    from brevgen import screen
    from brevgen.batch.preview import preview_letter
    from brevgen.document.files import write_whole

    place = _workspace(workspace)
    letter, data, note = preview_letter(place, round_name, who, form.value)
    if note:
        screen.note(note)
    if output == Path("-") or (output is None and form is Format.text and not show):
        typer.echo(data, nl=False)
        return
    ending = {"text": "txt"}.get(form.value, form.value)
    path = output or place.output(round_name) / "previews" / f"{letter.stem}.{ending}"
    try:
        write_whole(path, data)
    except OSError as error:
        raise WrongUse(f"{path} cannot be written ({error.strerror}).") from error
    screen.say(place.shown(path.resolve()))
    if show:
        typer.launch(str(path))


@app.command()
def generate(
    round_name: RoundName,
    only: Only = None,
    region: Region = "",
    jobs: Jobs = 0,
    workspace: WorkspaceDir = None,
) -> None:
    """Give references and make every letter that is not up to date.

    Example: `brevgen generate 2018`
    """
    from brevgen import screen, show
    from brevgen.batch import drafts, opening, plan
    from brevgen.facts.selection import select

    place = _workspace(workspace)
    facts, templates, findings = opening.open_round(place, round_name)
    screen.show_findings(findings.warnings)
    chosen = select(facts, only or (), region)
    try:
        with screen.progress("Making letters") as progress:
            done = drafts.generate(
                place,
                facts,
                templates,
                only=chosen,
                jobs=jobs or _processors(),
                clock=_now,
                account=_account(),
                progress=progress,
            )
    except (KeyboardInterrupt, PartlyDone) as stopped:
        _report(place, facts, plan.stand(place, facts, templates))
        if isinstance(stopped, PartlyDone):
            raise
        raise PartlyDone(
            f"Interrupted; what was made is kept. Go on with: brevgen generate {round_name}"
        ) from None
    _report(place, facts, done.letters)
    show.show_batch(place, round_name, done)
    if done.faults:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _report(place: Workspace, facts: RoundFacts, letters: Sequence[Planned]) -> None:
    from brevgen.batch.report import write_report

    try:
        write_report(place.output(facts.name), facts, letters)
    except OSError as error:  # open in a spreadsheet program, or the disk is full
        raise PartlyDone(
            f"The report cannot be written ({error.strerror}), but the letters that were made are"
            " there. Close the report in other programs and run the command again."
        ) from error


@app.command()
def approve(
    round_name: RoundName,
    only: Only = None,
    region: Region = "",
    in_name_of: Annotated[
        str, typer.Option("--as", metavar="SIGNATORY", help="Only if all bear this name.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    withdraw: Annotated[
        str | None, typer.Option(metavar="REASON", help="Take the approval back instead.")
    ] = None,
    jobs: Jobs = 0,
    workspace: WorkspaceDir = None,
) -> None:
    """Show what is to be approved, ask, record it, and make and seal the final letters.

    Example: `brevgen approve 2018 --region Øst --as "Hege Aspelund"`
    """
    from brevgen import screen, show
    from brevgen.approval.keys import open_key
    from brevgen.approval.rules import Approver
    from brevgen.batch import approving, opening, plan
    from brevgen.batch.finals import restore_finals, seal_approved
    from brevgen.facts.selection import select
    from brevgen.ledger.ledger import Ledger

    place = _workspace(workspace)
    facts, templates, findings = opening.open_round(place, round_name)
    chosen = select(facts, only or (), region)
    approver = Approver(_account(), in_name_of, place.settings.approval.four_eyes)
    place.ledger.parent.mkdir(parents=True, exist_ok=True)
    with approving.alone(place, round_name), Ledger(place.ledger, _now, approver.account) as ledger:
        if withdraw is not None:
            taken = approving.withdraw(
                place,
                facts,
                templates,
                ledger,
                only=chosen,
                reason=withdraw,
                account=approver.account,
            )
            _report(place, facts, plan.stand(place, facts, templates))
            screen.say(
                f"Approval taken back for {show.letters(len(taken))}."
                f" Make drafts again with: brevgen generate {round_name}"
            )
            return
        key = open_key(place.settings.seal, place.root, _now())
        if key.notice:
            screen.note(key.notice)
        lineup = approving.line_up(place, facts, templates, ledger, only=chosen, approver=approver)
        if lineup.letters:
            show.show_lineup(facts, lineup, findings.warnings, approver.account)
            ledger.record_shown(round_name, lineup.entries)
            _ask(f"Approve {show.letters(len(lineup.letters))}?", yes)
            ledger.approve(round_name, lineup.entries)
        known = plan.Known.of(ledger, round_name)
        letters = [e for e in plan.plan(place, facts, templates, known) if e.number in chosen]
        waiting = [each for each in letters if each.state == "approved"]
        try:
            with screen.progress("Sealing letters") as progress:
                faults = seal_approved(
                    place,
                    round_name,
                    ledger,
                    waiting,
                    key=key,
                    jobs=jobs or _processors(),
                    now=_now(),
                    progress=progress,
                )
            restore_finals(place, round_name, ledger, letters)
        except (KeyboardInterrupt, PartlyDone) as stopped:
            _report(place, facts, plan.stand(place, facts, templates))
            if isinstance(stopped, PartlyDone):
                raise
            raise PartlyDone(
                "Interrupted; what is approved stays so, what is sealed is kept."
                f" Go on with: brevgen approve {round_name}"
            ) from None
    _report(place, facts, plan.stand(place, facts, templates))
    show.show_approved(place, round_name, len(lineup.letters), len(waiting), faults)
    if faults:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _ask(question: str, yes: bool) -> None:
    """Go on only if a person says so."""
    import sys

    from brevgen.errors import Refused

    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("Nobody is there to be asked. Run it in a terminal, or say --yes.")
    if not typer.confirm(question):
        raise Refused("Nothing was approved.")


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="PDF files.")],
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Check the seal of PDF files, and which letters they are.

    Example: `brevgen verify output/2018/letters/0214-Ås-17-09235.pdf`
    """
    from brevgen import screen
    from brevgen.batch.verifying import verify_file

    place = _workspace_if_any(workspace)
    answers = [verify_file(file, place) for file in files]
    if as_json:
        screen.show_json([answer.as_json() for answer in answers])
    else:
        for answer in answers:
            screen.show_pairs(str(answer.file), answer.lines())
            screen.say(answer.verdict)
    if not all(answer.holds for answer in answers):
        raise SystemExit(ExitCode.FAULTY_INPUT)


def _workspace_if_any(folder: Path | None) -> Workspace | None:
    """The workspace, if there is one: a seal can be checked without."""
    from brevgen.errors import WrongUse

    try:
        return _workspace(folder)
    except WrongUse:
        if folder is not None:
            raise
        return None


@app.command()
def status(round_name: RoundName, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Show where every letter stands, and what needs a person.

    Example: `brevgen status 2018`
    """
    from brevgen import screen, show
    from brevgen.batch import opening, plan
    from brevgen.ledger.reading import LedgerReader

    place = _workspace(workspace)
    facts, templates, _ = opening.open_round(place, round_name)
    lines = []
    with LedgerReader(place.ledger) as ledger:
        for letter in plan.plan(place, facts, templates, plan.Known.of(ledger, round_name)):
            lapsed = []
            if letter.has_lapsed:
                now = plan.as_approved(letter.letter, templates).as_json()
                lapsed = show.why_lapsed(letter, now, ledger)
            lines.append(show.status_line(letter, lapsed))
    if as_json:
        screen.show_json(lines)
    else:
        show.show_status(lines)


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _account() -> str:
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # in a container a user may have a number and no name
        return f"user {os.getuid()}"


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
