"""`brevgen send`."""

from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from brevgen.cli.options import Except, Only, Region, RoundName, WorkspaceDir, Yes
from brevgen.cli.send_asking import follow_up as ask_follow_up
from brevgen.cli.send_asking import means, sleep, tell_of_paper
from brevgen.cli.send_asking import test_connection as ask_connection
from brevgen.errors import ExitCode, Refused, WrongUse
from brevgen.language import tr, tr_many, untranslated

if TYPE_CHECKING:
    from brevgen.rounds.post import Post
    from brevgen.rounds.session import RoundSession
    from brevgen.settings.round import ChannelName


Words = Annotated[
    str, typer.Argument(metavar="WORDS", help="How, for “delivered”; why, for --again.")
]
Live = Annotated[
    bool, typer.Option("--live", help="Send for real; else it is only written to a folder.")
]
Recipients = Annotated[
    int, typer.Option(metavar="N", min=0, help="How many messages you expect to be sent.")
]
RedirectTo = Annotated[
    str, typer.Option(metavar="ADDRESS", help="A trial: all of it to this address instead.")
]
Limit = Annotated[int, typer.Option(metavar="N", min=0, help="Only the first N letters.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show all that would be sent, and do nothing.")
]
Settle = Annotated[
    tuple[str, str],
    typer.Option(
        metavar="WHO sent|resend|delivered",
        help="What you found out about a message; WHO may be its address, or all.",
    ),
]
Again = Annotated[
    str,
    typer.Option(metavar="WHO", help="Order a letter to be sent once more; WHO may be an address."),
]
ByChannel = Annotated[
    str,
    typer.Option(
        metavar="CHANNEL",
        help="Which way letters go: mail, outbox, svarut or svarut-folder; else the round's own.",
    ),
]
FollowUp = Annotated[
    bool, typer.Option("--follow-up", help="Ask SvarUt what has become of the letters.")
]
TestConnection = Annotated[
    bool, typer.Option("--test-connection", help="Do all but send: connect and log in.")
]


_SETTLED = {
    "sent": (
        untranslated("{who}: {count} message written down as sent."),
        untranslated("{who}: {count} messages written down as sent."),
    ),
    "resend": (
        untranslated("{who}: {count} message to be sent again."),
        untranslated("{who}: {count} messages to be sent again."),
    ),
    "delivered": (
        untranslated("{who}: {count} message written down as reached otherwise."),
        untranslated("{who}: {count} messages written down as reached otherwise."),
    ),
}
"""What was settled, by the answer."""


def send(
    round_name: RoundName = "",
    words: Words = "",
    only: Only = None,
    except_: Except = None,
    region: Region = "",
    live: Live = False,
    recipients: Recipients = 0,
    yes: Yes = False,
    redirect_to: RedirectTo = "",
    limit: Limit = 0,
    dry_run: DryRun = False,
    settle: Settle = ("", ""),
    again: Again = "",
    channel: ByChannel = "",
    follow_up: FollowUp = False,
    test_connection: TestConnection = False,
    workspace: WorkspaceDir = None,
) -> None:
    """Send approved letters, each once to each of its recipients.

    Without --live nothing leaves: what would leave is written to a folder, to be looked at.

    Example: brevgen send 2018 --live --recipients 420
    """
    from brevgen.cli.context import open_round, workspace_of

    way = _channel(channel)
    if test_connection and not round_name:
        ask_connection(workspace_of(workspace), way or "mail")
        return
    if not round_name:
        raise WrongUse(tr("Which round? Say its name: brevgen send ROUND."))
    if words and not (again or settle[1] == "delivered"):
        what = tr(
            "“{words}” is no option, and words only go with --again or “delivered”.", words=words
        )
        raise WrongUse(what)
    with open_round(workspace, round_name) as session:
        if way is not None:
            session.go_by(way)
        if test_connection:
            ask_connection(session.workspace, session.channel)
        elif follow_up:
            ask_follow_up(session)
        elif settle != ("", ""):
            _settle(session, *settle, words)
        elif again:
            _order_again(session, again, words)
        else:
            _send(
                session,
                _Chosen(channel, only or [], except_ or [], region, limit),
                live=live,
                recipients=recipients,
                yes=yes,
                redirect_to=redirect_to,
                dry_run=dry_run,
            )


def _no_option(words: str) -> str:
    return tr("“{words}” is no option, and words only go with --again or “delivered”.", words=words)


def _channel(asked: str) -> "ChannelName | None":
    """The way that was asked for; None where none was."""
    from brevgen.settings.round import ChannelName

    for known in get_args(ChannelName):
        if asked == known:
            return cast("ChannelName", known)
    if asked:
        raise WrongUse(
            tr(
                "“{asked}” is no way for letters to go: --channel {channels}.",
                asked=asked,
                channels="|".join(get_args(ChannelName)),
            )
        )
    return None


class _Chosen:
    """Which letters were asked for on the command line.

    Args:
        channel: the way that was asked for; empty for the round's own.
        only: numbers or names; none for all.
        except_: numbers or names that are left out.
        region: region or county; empty for all.
        limit: no more than so many letters; 0 for all.
    """

    def __init__(
        self, channel: str, only: list[str], except_: list[str], region: str, limit: int
    ) -> None:
        self.channel, self.limit = channel, limit
        self.only, self.except_, self.region = only, except_, region

    def numbers(self, session: "RoundSession") -> set[str]:
        """The municipalities' numbers."""
        return session.choose(self.only, self.region, self.except_)

    def as_typed(self) -> str:
        """The same once more, to be typed, all but the limit."""
        from brevgen.characters import as_typed

        options = [("--only", who) for who in self.only]
        options += [("--except", who) for who in self.except_] + [("--region", self.region)]
        options += [("--channel", self.channel)]
        return "".join(f" {option} {as_typed(value)}" for option, value in options if value)


def _send(
    session: "RoundSession",
    chosen: _Chosen,
    *,
    live: bool,
    recipients: int,
    yes: bool,
    redirect_to: str,
    dry_run: bool,
) -> None:
    from brevgen.cli import console, tables_sending
    from brevgen.rounds.post import line_up_post

    if live and not (redirect_to or dry_run):
        _send_for_real(session, chosen, recipients, yes)
        return
    try:
        post = line_up_post(
            session,
            chosen.numbers(session),
            limit=chosen.limit,
            redirect_to=redirect_to,
            for_real=live and not redirect_to,
            named=bool(chosen.only),
        )
    except Refused as refusal:
        tables_sending.show_left_out(refusal)
        raise
    tables_sending.show_post(post, all_of_them=dry_run)
    if not post.to_send:
        console.say(tr("All of these have been sent."))
    elif dry_run:
        console.show_findings(post.warnings)
        if live:
            tell_of_paper(session, post)
        what = tables_sending.in_all(post)
        console.say(tr("{what} would be sent. Nothing was done.", what=what))
    elif live:
        _expects(post, recipients)
        if not _agrees(session, post, redirect_to, yes):
            raise Refused(tr("Nothing was sent."))
        _try_on(session, post, redirect_to)
    else:
        _write_to_outbox(session, post, redirect_to, chosen)


def _send_for_real(session: "RoundSession", chosen: _Chosen, recipients: int, yes: bool) -> None:
    from brevgen.cli import console, tables_sending
    from brevgen.rounds.send import send
    from brevgen.rounds.way_out import way_out

    def agree(post: "Post") -> bool:
        tables_sending.show_post(post, all_of_them=False)
        console.show_findings(post.warnings)
        _expects(post, recipients)
        return _agrees(session, post, "", yes)

    try:
        with console.progress(tr("Sending")) as progress:
            sent = send(
                session,
                chosen.numbers(session),
                channel=way_out(session, means()),
                agree=agree,
                limit=chosen.limit,
                named=bool(chosen.only),
                sleep=sleep,
                progress=progress,
            )
    except Refused as refusal:
        tables_sending.show_left_out(refusal)
        raise
    tables_sending.show_sent(session, sent, chosen.as_typed())
    if not sent.is_done:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _expects(post: "Post", recipients: int) -> None:
    from brevgen.cli import tables_sending

    if recipients != len(post.to_send):
        raise Refused(
            tr(
                "Nothing was sent: {what} are about to leave. If that is right, say so:"
                " --recipients {count}.",
                what=tables_sending.in_all(post),
                count=len(post.to_send),
            )
        )


def _agrees(session: "RoundSession", post: "Post", redirect_to: str, yes: bool) -> bool:
    from brevgen.cli import tables_sending
    from brevgen.cli.context import types

    what = tables_sending.in_all(post)
    question = (
        tr("{what} to {address}. Type the round’s name to send", what=what, address=redirect_to)
        if redirect_to
        else tr("{what} to the true recipients. Type the round’s name to send", what=what)
    )
    return types(session.name, question, yes)


def _try_on(session: "RoundSession", post: "Post", redirect_to: str) -> None:
    """Send all of it to one reader of our own, as a trial."""
    from brevgen.cli import console, tables_sending
    from brevgen.rounds.rehearse import rehearse
    from brevgen.rounds.way_out import way_out

    channel = way_out(session, means(), redirect_to)
    with console.progress(tr("Sending")) as progress:
        done = rehearse(session, post, channel=channel, redirect_to=redirect_to, progress=progress)
    tables_sending.show_kept_back(done.kept_back)
    console.say(
        tr_many(
            "{count} message sent to {address} as a trial. None counts as sent.",
            "{count} messages sent to {address} as a trial. None counts as sent.",
            done.handed_over,
            address=redirect_to,
        )
    )
    if done.kept_back:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _write_to_outbox(
    session: "RoundSession", post: "Post", redirect_to: str, chosen: _Chosen
) -> None:
    from brevgen.cli import console, tables_sending
    from brevgen.rounds.rehearse import rehearse, trial_folder

    with console.progress(tr("Writing")) as progress:
        done = rehearse(session, post, redirect_to=redirect_to, progress=progress)
    tables_sending.show_kept_back(done.kept_back)
    place, few = session.workspace, post.first(3)
    console.say(
        tr_many(
            "{count} message written to {folder}. None has left or counts as sent.",
            "{count} messages written to {folder}. None has left or counts as sent.",
            done.handed_over,
            folder=place.shown(trial_folder(session)),
        )
    )
    if session.channel == "mail":
        _say_next(session, few, redirect_to, chosen)
    if done.kept_back:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _say_next(session: "RoundSession", few: "Post", redirect_to: str, chosen: _Chosen) -> None:
    """How to go on after the messages were written to the outbox folder: a trial with a few."""
    from brevgen.characters import as_typed
    from brevgen.cli import console

    address = redirect_to or tr("YOUR-ADDRESS")
    command = (
        f"brevgen send {as_typed(session.name)}{chosen.as_typed()} --live --redirect-to {address}"
        f" --limit {few.letters} --recipients {len(few.to_send)}"
    )
    console.say(tr("Next: look at some, then {command}", command=command))


def _settle(session: "RoundSession", who: str, answer: str, words: str) -> None:
    from brevgen.cli import console
    from brevgen.rounds.settle import ANSWERS, settle

    for meant in ANSWERS:
        if meant == answer:
            done = settle(session, who, meant, words)
            console.say(tr_many(*_SETTLED[meant], done.messages, who=done.who))
            return
    raise WrongUse(
        tr(
            "“{answer}” is no answer: --settle WHO {answers}.",
            answer=answer,
            answers="|".join(ANSWERS),
        )
    )


def _order_again(session: "RoundSession", who: str, why: str) -> None:
    from brevgen.characters import as_typed
    from brevgen.cli import console
    from brevgen.rounds.send_again import order_again

    ordered = order_again(session, who, why)
    only = "".join(f" --only {number}" for number in ordered.numbers)
    name, count = as_typed(session.name), ordered.messages
    console.say(
        tr_many(
            "{count} message to be sent once more. Send it with: {command}",
            "{count} messages to be sent once more. Send them with: {command}",
            count,
            command=f"brevgen send {name}{only} --live --recipients {count}",
        )
    )
