"""`brevgen send`."""

from typing import TYPE_CHECKING, Annotated

import typer

from brevgen.cli.options import Except, Only, Region, WorkspaceDir, Yes
from brevgen.errors import ExitCode, Refused, WrongUse

if TYPE_CHECKING:
    from brevgen.channels.mail.smtp import SmtpChannel
    from brevgen.rounds.post import Post
    from brevgen.rounds.session import RoundSession
    from brevgen.workspace import Workspace


def send(
    round_name: Annotated[
        str, typer.Argument(metavar="ROUND", help="The round: a folder under data/rounds.")
    ] = "",
    only: Only = None,
    except_: Except = None,
    region: Region = "",
    live: Annotated[
        bool, typer.Option("--live", help="Send real mail; else it goes to the outbox folder.")
    ] = False,
    recipients: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many messages you expect to be sent.")
    ] = 0,
    yes: Yes = False,
    redirect_to: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A trial: all of it to this address instead.")
    ] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="Only the first N letters.")] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show all that would be sent, and do nothing.")
    ] = False,
    settle: Annotated[
        tuple[str, str],
        typer.Option(
            metavar="WHO sent|resend",
            help="What you found out about an uncertain message; WHO may be its address.",
        ),
    ] = ("", ""),
    test_connection: Annotated[
        bool, typer.Option("--test-connection", help="Do all but send: connect and log in.")
    ] = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Send approved letters, each once to each of its recipients.

    Without --live nothing leaves: the messages are written to the outbox folder, to be looked at.

    Example: brevgen send 2018 --live --recipients 420
    """
    from brevgen.cli import console, tables_sending
    from brevgen.cli.context import as_typed, open_round, workspace_of
    from brevgen.rounds.post import mail_settings
    from brevgen.rounds.send import line_up_post

    place = workspace_of(workspace)
    mail_settings(place)
    if test_connection:
        with _mail_server(place) as channel:
            console.say(channel.test_connection())
        return
    if not round_name:
        raise WrongUse("Which round? Say its name: brevgen send ROUND.")
    with open_round(workspace, round_name) as session:
        if settle != ("", ""):
            _settle(session, *settle)
            return
        chosen = session.choose(only or (), region, except_ or ())
        named = bool(only)
        if live and not (redirect_to or dry_run):
            _send_for_real(
                session, chosen, limit=limit, named=named, recipients=recipients, yes=yes
            )
            return
        try:
            post = line_up_post(
                session, chosen, limit=limit, redirect_to=redirect_to,
                for_real=live and not redirect_to, named=named,
            )  # fmt: skip
        except Refused as refusal:
            tables_sending.show_left_out(refusal)
            raise
        tables_sending.show_post(post, all_of_them=dry_run)
        if not post.to_send:
            console.say("All of these have been sent.")
        elif dry_run:
            console.say(f"{tables_sending.in_all(post)} would be sent. Nothing was done.")
        elif live:
            _expects(post, recipients)
            _agrees(session, post, redirect_to, yes)
            _rehearse(session, post, redirect_to, "")
        else:
            options = [("--only", who) for who in only or ()]
            options += [("--except", who) for who in except_ or ()] + [("--region", region)]
            typed = "".join(f" {option} {as_typed(value)}" for option, value in options if value)
            _rehearse(session, post, "", typed)


def _send_for_real(
    session: "RoundSession",
    chosen: set[str],
    *,
    limit: int,
    named: bool,
    recipients: int,
    yes: bool,
) -> None:
    from brevgen.cli import console, tables_sending
    from brevgen.rounds.send import send

    def agree(post: "Post") -> bool:
        tables_sending.show_post(post, all_of_them=False)
        _expects(post, recipients)
        return _agrees(session, post, "the true recipients", yes)

    try:
        with console.progress("Sending") as progress:
            sent = send(
                session,
                chosen,
                channel=_mail_server(session.workspace),
                agree=agree,
                limit=limit,
                named=named,
                sleep=_sleep,
                progress=progress,
            )
    except Refused as refusal:
        tables_sending.show_left_out(refusal)
        raise
    tables_sending.show_sent(session.name, sent)
    if not sent.is_done:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _expects(post: "Post", recipients: int) -> None:
    from brevgen.cli import tables_sending

    if recipients != len(post.to_send):
        raise Refused(
            f"Nothing was sent: {tables_sending.in_all(post)} are about to leave."
            f" If that is right, say so: --recipients {len(post.to_send)}."
        )


def _agrees(session: "RoundSession", post: "Post", whom: str, yes: bool) -> bool:
    from brevgen.cli import tables_sending
    from brevgen.cli.context import types

    question = f"{tables_sending.in_all(post)} to {whom}. Type the round’s name to send"
    if not types(session.name, question, yes):
        raise Refused("Nothing was sent.")
    return True


def _rehearse(session: "RoundSession", post: "Post", redirect_to: str, options: str) -> None:
    from brevgen.cli import console, tables_sending
    from brevgen.cli.context import as_typed
    from brevgen.rounds.send import rehearse

    channel = _mail_server(session.workspace) if redirect_to else None
    with console.progress("Sending") as progress:
        done = rehearse(session, post, channel=channel, redirect_to=redirect_to, progress=progress)
    tables_sending.show_kept_back(done.kept_back)
    written = tables_sending.messages(done.handed_over)
    if redirect_to:
        console.say(f"{written} sent to {redirect_to} as a trial. None counts as sent.")
    else:
        place = session.workspace
        few = post.first(3)
        console.say(
            f"{written} written to {place.shown(place.output(session.name) / 'outbox')}."
            " None has left or counts as sent.\n"
            f"Next: look at some, then brevgen send {as_typed(session.name)}{options} --live"
            f" --redirect-to YOUR-ADDRESS --limit {few.letters} --recipients {len(few.to_send)}"
        )
    if done.kept_back:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _settle(session: "RoundSession", who: str, answer: str) -> None:
    from brevgen.cli import console, tables_sending
    from brevgen.rounds.settle import ANSWERS, settle

    if answer not in ANSWERS:
        raise WrongUse(f"“{answer}” is neither sent nor resend: --settle WHO sent|resend.")
    done = settle(session, who, "sent" if answer == "sent" else "resend")
    what = "written down as sent" if answer == "sent" else "to be sent again"
    console.say(f"{done.label}: {tables_sending.messages(done.messages)} {what}.")


def _mail_server(place: "Workspace") -> "SmtpChannel":
    import os
    import time

    from brevgen.rounds.mail_server import mail_server

    return mail_server(place, os.environ, clock=time.monotonic, sleep=_sleep)


def _sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)
