"""The front door: one command per thing a person does.

Only Typer is imported here; what a command needs it imports itself, so that help is instant.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brevgen.cli.options import AsJson, Jobs, Only, Region, RoundName, WorkspaceDir, Yes
from brevgen.cli.send import bounces, send
from brevgen.errors import BrevgenError, ExitCode, PartlyDone, WrongUse

if TYPE_CHECKING:
    from brevgen.pool.workers import Hire
    from brevgen.workspace import Workspace

app = typer.Typer(
    name="brevgen",
    help="From an allocation of refugees to one checked, numbered letter per municipality.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # Rich would double the time that help takes
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(str, Enum):  # noqa: UP042  Typer shows the values of a str Enum
    """What a preview can be written as."""

    pdf = "pdf"
    docx = "docx"
    html = "html"
    text = "text"
    eml = "eml"


def main() -> None:
    """Run the command; every error a user can cause becomes a message and an exit code."""
    try:
        app()
    except (BrevgenError, OSError) as error:
        _show_error(error)
        code = error.exit_code if isinstance(error, BrevgenError) else ExitCode.FAULTY_INPUT
        raise SystemExit(code) from None


def _show_error(error: BrevgenError | OSError) -> None:
    from brevgen.cli import console as screen
    from brevgen.findings import FaultyInput

    if isinstance(error, FaultyInput):
        screen.show_findings(error.findings)
        screen.complain("Nothing was made. Mend the faults and try again.")
    elif isinstance(error, OSError):
        screen.complain(f"{error.filename or 'A file'}: {error.strerror}.")
    else:
        screen.complain(str(error))


@app.command()
def check(round_name: RoundName, workspace: WorkspaceDir = None, as_json: AsJson = False) -> None:
    """Read everything, list every fault, and show the control figures.

    Example: brevgen check 2018
    """
    from dataclasses import asdict

    from brevgen.cli import console as screen
    from brevgen.cli import tables as show
    from brevgen.cli.prompts import workspace_of
    from brevgen.findings import Findings
    from brevgen.pool.letter_files import check_look
    from brevgen.rounds import opening

    place = workspace_of(workspace)
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
    """Show one letter as it would be now; changes nothing.

    Example: brevgen preview 2018 Ås --open
    """
    from brevgen.cli import console as screen
    from brevgen.cli.prompts import now, workspace_of
    from brevgen.files import write_whole
    from brevgen.rounds.preview import preview_letter

    place = workspace_of(workspace)
    letter, data, note = preview_letter(place, round_name, who, form.value, now())
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
    executor: Annotated[
        str, typer.Option(metavar="dask://HOST:PORT", help="A Dask cluster to make letters on.")
    ] = "",
    workspace: WorkspaceDir = None,
) -> None:
    """Give references and make every letter that is not up to date.

    Letters can be made by a Dask cluster; sealing them needs the key, so approve works here.

    Example: brevgen generate 2018
    """
    elsewhere = _hire(executor, jobs) if executor else None
    from brevgen.cli.prompts import account, now, processors, workspace_of
    from brevgen.pool.workers import Workers

    place = workspace_of(workspace)
    workers = Workers(
        place.templates, jobs or processors(), elsewhere=elsewhere, afterwards=["pandas"]
    )
    if not place.drafts(round_name).exists():
        workers.load_early()  # for there is everything to make, and the round to be read first
    from brevgen.cli import console as screen
    from brevgen.cli import tables as show
    from brevgen.facts.selection import select
    from brevgen.rounds import generate as drafts
    from brevgen.rounds import opening
    from brevgen.rounds import status as plan
    from brevgen.rounds.report import report_on

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
                workers=workers,
                clock=now,
                account=account(),
                progress=progress,
            )
    except (KeyboardInterrupt, PartlyDone) as stopped:
        report_on(place, facts, plan.stand(place, facts, templates))
        if isinstance(stopped, PartlyDone):
            raise
        raise PartlyDone(
            f"Interrupted; what was made is kept. Go on with: brevgen generate {round_name}"
        ) from None
    report_on(place, facts, done.letters)
    show.show_batch(place, round_name, done)
    if done.faults:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _hire(executor: str, jobs: int) -> Hire:
    """What hires those who make letters instead of processes of this machine."""
    from brevgen.pool.dask_cluster import Cluster

    if jobs:
        raise WrongUse(
            "--jobs counts processes of this machine, and --executor hands letters to others:"
            " leave one of them away."
        )
    return Cluster(executor).hire


@app.command()
def approve(
    round_name: RoundName,
    only: Only = None,
    region: Region = "",
    in_name_of: Annotated[
        str, typer.Option("--as", metavar="SIGNATORY", help="Only if all bear this name.")
    ] = "",
    yes: Yes = False,
    withdraw: Annotated[
        str | None, typer.Option(metavar="REASON", help="Take the approval back instead.")
    ] = None,
    jobs: Jobs = 0,
    workspace: WorkspaceDir = None,
) -> None:
    """Approve letters: show them, ask, record it, and seal them.

    Example: brevgen approve 2018 --region Øst --as "Hege Aspelund"
    """
    from brevgen.cli import console as screen
    from brevgen.cli import tables as show
    from brevgen.cli.prompts import account, ask, now, processors, workspace_of
    from brevgen.facts.selection import select
    from brevgen.ledger.ledger import Ledger
    from brevgen.ledger.lock import alone
    from brevgen.pool.letter_files import SealAccess
    from brevgen.pool.workers import Workers
    from brevgen.rounds import approve as approving
    from brevgen.rounds import opening
    from brevgen.rounds import status as plan
    from brevgen.rounds.approval_rules import Approver
    from brevgen.rounds.finals import restore_finals, seal_approved
    from brevgen.rounds.report import report_on
    from brevgen.seal.key import open_key

    place = workspace_of(workspace)
    facts, templates, findings = opening.open_round(place, round_name)
    chosen = select(facts, only or (), region)
    approver = Approver(account(), in_name_of, place.settings.approval.four_eyes)
    place.ledger.parent.mkdir(parents=True, exist_ok=True)
    with alone(place, round_name), Ledger(place.ledger, now, approver.account) as ledger:
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
            report_on(place, facts, plan.stand(place, facts, templates))
            screen.say(
                f"Approval taken back for {show.letters(len(taken))}."
                f" Make drafts again with: brevgen generate {round_name}"
            )
            return
        key = open_key(place.settings.seal, place.root, now())
        if key.notice:
            screen.note(key.notice)
        lineup = approving.line_up(place, facts, templates, ledger, only=chosen, approver=approver)
        access = SealAccess(place.settings.seal, place.root, now())
        workers = Workers(place.templates, jobs or processors(), access, afterwards=["pandas"])
        if lineup.letters:
            workers.load_early()  # while the person reads and answers
            show.show_lineup(facts, lineup, findings.warnings, approver.account)
            ledger.record_shown(round_name, lineup.entries)
            ask(
                f"Approve {show.letters(len(lineup.letters))}?",
                yes,
                otherwise="Nothing was approved.",
            )
            ledger.approve(round_name, lineup.entries)
        known = plan.Known.of(ledger, round_name)
        letters = list(plan.plan(place, facts, templates, known, only=chosen))
        waiting = [each for each in letters if each.state == "approved"]
        try:
            with screen.progress("Sealing letters") as progress:
                faults = seal_approved(
                    place,
                    round_name,
                    ledger,
                    waiting,
                    key=key,
                    workers=workers,
                    now=now(),
                    progress=progress,
                )
            restore_finals(place, round_name, ledger, letters)
        except (KeyboardInterrupt, PartlyDone) as stopped:
            report_on(place, facts, plan.stand(place, facts, templates))
            if isinstance(stopped, PartlyDone):
                raise
            raise PartlyDone(
                "Interrupted; what is approved stays so, what is sealed is kept."
                f" Go on with: brevgen approve {round_name}"
            ) from None
    everything = plan.stand(place, facts, templates)
    report_on(place, facts, everything)
    show.show_approved(place, round_name, len(lineup.letters), len(waiting), faults)
    if faults:
        raise SystemExit(ExitCode.PARTLY_DONE)


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="PDF files.")],
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Check the seal of PDF files, and which letters they are.

    Example: brevgen verify output/2018/letters/0214-Ås-17-09235.pdf
    """
    from pydantic import TypeAdapter

    from brevgen.cli import console as screen
    from brevgen.cli import tables as show
    from brevgen.cli.prompts import now
    from brevgen.rounds.verify import Verification
    from brevgen.rounds.verify import verify as verify_files

    answers = verify_files(files, _workspace_if_any(workspace), now)
    if as_json:
        screen.show_json(TypeAdapter(list[Verification]).dump_python(answers, mode="json"))
    else:
        for answer in answers:
            screen.show_pairs(str(answer.file), show.verification_lines(answer))
            screen.say(answer.conclusion)
    if not all(answer.holds for answer in answers):
        raise SystemExit(ExitCode.FAULTY_INPUT)


def _workspace_if_any(folder: Path | None) -> Workspace | None:
    """The workspace, if there is one: a seal can be checked without."""
    from brevgen.cli.prompts import workspace_of

    try:
        return workspace_of(folder)
    except WrongUse:
        if folder is not None:
            raise
        return None


@app.command()
def status(
    round_name: RoundName,
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a line per letter and recipient as CSV.")
    ] = False,
) -> None:
    """Show where every letter stands, and what needs a person.

    Example: brevgen status 2018
    """
    from brevgen.cli import console as screen
    from brevgen.cli import tables as show
    from brevgen.cli.prompts import workspace_of
    from brevgen.ledger.reader import LedgerReader
    from brevgen.rounds import opening
    from brevgen.rounds import status as plan

    place = workspace_of(workspace)
    facts, templates, _ = opening.open_round(place, round_name, only_faults=True)
    lines = []
    with LedgerReader(place.ledger) as ledger:
        known = plan.Known.of(ledger, round_name)
        for letter in plan.plan(place, facts, templates, known):
            lapsed = []
            if letter.has_lapsed:
                text = plan.as_approved(letter.letter, templates).as_json()
                lapsed = show.why_lapsed(letter, text, ledger)
            lines.append(show.status_line(letter, lapsed))
    if as_csv:
        screen.show_csv(show.recipient_lines(lines))
    elif as_json:
        screen.show_json(lines)
    else:
        show.show_status(lines)
        show.show_unasked(facts, known)


app.command()(send)
app.command()(bounces)
