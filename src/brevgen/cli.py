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
    from brevgen.batch import Batch, Planned
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

    from brevgen import batch, screen
    from brevgen.document.making import check_look
    from brevgen.facts.faults import Findings

    place = _workspace(workspace)
    findings = Findings()
    facts = batch.check(place, round_name, findings)
    check_look(place.templates, findings)
    if facts and not findings.faults:
        batch.check_series(place, facts, findings)
    figures = _control_figures(facts) if facts and not findings.faults else []
    if as_json:
        screen.show_json({"findings": [asdict(f) for f in findings.items], "figures": figures})
    else:
        screen.show_findings(findings.items)
        if facts and figures:
            _show_figures(facts, figures)
            screen.say(f"No faults. Next: brevgen preview {round_name} WHO")
    if findings.faults:
        raise SystemExit(ExitCode.FAULTY_INPUT)


def _control_figures(facts: RoundFacts) -> list[dict[str, Any]]:
    """Municipalities, refugees and minors by area, then all together."""
    figures: dict[str, dict[str, Any]] = {}
    for row, municipality in facts.asked():
        for area in (facts.area(municipality), "All"):
            each = figures.setdefault(
                area, {"area": area, "municipalities": 0, "refugees": 0, "minors": 0}
            )
            each["municipalities"] += 1
            each["refugees"] += row.asked
            each["minors"] += row.minors or 0
    return sorted(figures.values(), key=lambda each: (each["area"] == "All", each["area"]))


def _show_figures(facts: RoundFacts, figures: list[dict[str, Any]]) -> None:
    from brevgen import screen

    screen.show_table(
        {"Area": False, "Municipalities": True, "Refugees": True, "Minors": True},
        [list(each.values()) for each in figures],
        title=f"Round {facts.name}, letters of {facts.round.letter_date},"
        f" answers by {facts.round.last_day}",
    )


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
    from brevgen.document.files import write_whole
    from brevgen.previewing import preview_letter

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
    jobs: Annotated[
        int, typer.Option(metavar="N", min=0, help="Processes; 0 for one per processor.")
    ] = 0,
    workspace: WorkspaceDir = None,
) -> None:
    """Give references and make every letter that is not up to date.

    Example: `brevgen generate 2018`
    """
    from brevgen import batch, screen
    from brevgen.facts.selection import select

    place = _workspace(workspace)
    facts, templates, findings = batch.open_round(place, round_name)
    screen.show_findings(findings.warnings)
    chosen = select(facts, only or (), region)
    try:
        with screen.progress("Making letters") as progress:
            done = batch.generate(
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
        _report(place, facts, batch.stand(place, facts, templates))
        if isinstance(stopped, PartlyDone):
            raise
        raise PartlyDone(
            f"Interrupted; what was made is kept. Go on with: brevgen generate {round_name}"
        ) from None
    _report(place, facts, done.letters)
    _show_batch(place, round_name, done)
    if done.faults:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _report(place: Workspace, facts: RoundFacts, letters: Sequence[Planned]) -> None:
    from brevgen.report import write_report

    try:
        write_report(place.output(facts.name), facts, letters)
    except OSError as error:  # open in a spreadsheet program, or the disk is full
        raise PartlyDone(
            f"The report cannot be written ({error.strerror}), but the letters that were made are"
            " there. Close the report in other programs and run the command again."
        ) from error


def _show_batch(place: Workspace, name: str, done: Batch) -> None:
    from brevgen import screen
    from brevgen.facts.faults import Finding, Place

    faults = [
        Finding("fault", rule, "The letter was not made.", Place(f"letter {number}"))
        for number, rules in sorted(done.faults.items())
        for rule in rules
    ]
    screen.show_findings(faults)
    for file in done.removed:
        screen.say(f"Removed, no longer in the round: {file}")
    folder = place.shown(place.output(name))
    made = "1 letter" if len(done.made) == 1 else f"{len(done.made)} letters"
    screen.say(
        f"{made} made, {len(done.kept)} up to date"
        + (f", {len(done.faults)} failed" if done.faults else "")
        + f".\nDrafts: {folder}/drafts   Report: {folder}/report.html"
    )


@app.command()
def status(round_name: RoundName, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Show where every letter stands, and what needs a person.

    Example: `brevgen status 2018`
    """
    from brevgen import batch, screen

    place = _workspace(workspace)
    facts, templates, _ = batch.open_round(place, round_name)
    letters = batch.stand(place, facts, templates)
    if as_json:
        screen.show_json([_status_line(letter) for letter in letters])
        return
    columns = {"Number": False, "Municipality": False, "Asked": True, "Reference": False,
               "State": False, "Pages": True}  # fmt: skip
    lines = [_status_line(letter) for letter in letters]
    screen.show_table(columns, [list(line.values())[: len(columns)] for line in lines])
    for state, advice in batch.ADVICE.items():
        if count := sum(letter.state == state for letter in letters):
            screen.say(f"{count} {state}" + (f": {advice}" if advice else ""))


def _status_line(letter: Planned) -> dict[str, Any]:
    from brevgen.batch import ADVICE

    return {
        "number": letter.number,
        "municipality": letter.municipality.name,
        "asked": letter.row.asked,
        "reference": letter.letter.reference,
        "state": letter.state,
        "pages": letter.made.pages if letter.made else None,
        "advice": ADVICE[letter.state],
    }


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
