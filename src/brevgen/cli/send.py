"""The commands that send letters, and take in what comes back; imports as little as `cli`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brevgen.cli.options import AsJson, Only, Region, WorkspaceDir, Yes
from brevgen.errors import ExitCode, PartlyDone, Refused, WrongUse

if TYPE_CHECKING:
    from brevgen.channels.mail.smtp import SmtpChannel
    from brevgen.facts.round_facts import RoundFacts
    from brevgen.rounds.send import Post, Writer
    from brevgen.rounds.status import Planned
    from brevgen.settings.mail import MailSettings
    from brevgen.workspace import Workspace


def send(
    round_name: Annotated[
        str, typer.Argument(metavar="ROUND", help="The round: a folder under data/rounds.")
    ] = "",
    only: Only = None,
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
    from brevgen.cli import console as screen
    from brevgen.cli.prompts import workspace_of
    from brevgen.rounds.send import mail_settings

    place = workspace_of(workspace)
    settings = mail_settings(place)
    if test_connection:
        with _smtp(place, settings) as channel:
            screen.say(channel.test_connection())
        return
    if not round_name:
        raise WrongUse("Which round? Say its name: brevgen send ROUND.")
    if settle != ("", ""):
        _settle(place, round_name, *settle)
        return
    _send(
        place,
        settings,
        round_name,
        only=only or [],
        region=region,
        live=live,
        recipients=recipients,
        yes=yes,
        redirect_to=redirect_to,
        limit=limit,
        dry_run=dry_run,
    )


def _send(
    place: Workspace,
    settings: MailSettings,
    round_name: str,
    *,
    only: list[str],
    region: str,
    live: bool,
    recipients: int,
    yes: bool,
    redirect_to: str,
    limit: int,
    dry_run: bool,
) -> None:
    from brevgen.channels.channel import ChannelUnusable
    from brevgen.cli import console as screen
    from brevgen.cli import tables_sending as show_sending
    from brevgen.cli.prompts import account, ask_for, now
    from brevgen.facts.selection import select
    from brevgen.ledger.ledger import Ledger
    from brevgen.ledger.lock import alone
    from brevgen.rounds import opening
    from brevgen.rounds import send as sending
    from brevgen.rounds import status as plan
    from brevgen.rounds.report import report_on

    facts, templates, _ = opening.open_round(place, round_name, only_faults=True)
    chosen = select(facts, only, region)
    for_real = live and not redirect_to
    place.ledger.parent.mkdir(parents=True, exist_ok=True)
    with alone(place, round_name), Ledger(place.ledger, now, account()) as ledger:
        if for_real and not dry_run:
            ledger.take_cut_off_for_uncertain(round_name)
        known = plan.Known.of(ledger, round_name)
        letters = list(plan.plan(place, facts, templates, known))
        post = sending.post_of(letters, only=chosen, limit=limit, for_real=for_real)
        sending.check_addresses(post.to_send, settings, redirect_to)
        show_sending.show_post(post, all_of_them=dry_run)
        _stop_if_nothing(post, letters, chosen, named=bool(only))
        if dry_run:
            screen.say(f"{show_sending.in_all(post)} would be sent. Nothing was done.")
            return
        writer = sending.Writer(
            place, facts, sending.message_templates(place), settings, now, redirect_to
        )
        channel = _smtp(place, settings) if live else None
        if channel:
            if recipients != len(post.to_send):
                raise Refused(
                    f"Nothing was sent: {show_sending.in_all(post)} are about to leave."
                    f" If that is right, say so: --recipients {len(post.to_send)}."
                )
            whom = redirect_to or "the true recipients"
            ask_for(
                round_name,
                f"{show_sending.in_all(post)} to {whom}. Type the round’s name to send",
                yes,
                otherwise="Nothing was sent.",
            )
        if channel is None or redirect_to:
            _rehearse(place, facts, writer, post, channel, _chosen(only, region, limit))
            ledger.note(round_name, "", "rehearsed", _rehearsed(post, redirect_to, live=live))
            return
        try:
            with channel, screen.progress("Sending") as progress:
                sent = sending.send_all(
                    ledger, post.to_send, writer, channel, sleep=_sleep, progress=progress
                )
        except KeyboardInterrupt:
            raise PartlyDone(
                "Interrupted; what was sent is written down, and the message under way is"
                f" uncertain. See: brevgen status {round_name}"
            ) from None
        except ChannelUnusable as reason:
            raise PartlyDone(
                f"{reason}\nWhat had been sent by then is written down. See: brevgen status"
                f" {round_name}"
            ) from reason
        finally:
            report_on(place, facts, plan.stand(place, facts, templates))
    show_sending.show_sent(round_name, sent)
    if not sent.is_done:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _stop_if_nothing(post: Post, letters: list[Planned], chosen: set[str], *, named: bool) -> None:
    """End the command where there is nothing to send; with a refusal where a rule is the reason."""
    from brevgen.cli import console as screen

    if named and post.not_ready:
        raise Refused("Nothing was sent: not all that were named can be sent now.")
    if post.to_send:
        return
    if all(each.state == "sent" for each in letters if each.number in chosen):
        if named:
            raise Refused("Nothing was sent: it has been sent already.")
        screen.say("All of these have been sent.")
        raise SystemExit(ExitCode.DONE)
    raise Refused("There is nothing that can be sent now.")


def _chosen(only: list[str], region: str, limit: int) -> str:
    """The options that choose letters, to be typed once more."""
    told: list[tuple[str, str | int]] = [("--only", who) for who in only]
    told += [("--region", region), ("--limit", limit)]
    return "".join(f" {option} {_typed(value)}" for option, value in told if value)


def _typed(value: str | int) -> str:
    """A value as it is typed; `shlex` would set æ, ø and å in quotes."""
    import re
    from shlex import quote

    return str(value) if re.fullmatch(r"[\w.-]+", str(value)) else quote(str(value))


def _rehearse(
    place: Workspace,
    facts: RoundFacts,
    writer: Writer,
    post: Post,
    channel: SmtpChannel | None,
    chosen: str,
) -> None:
    """Send to the outbox or to a trial's reader; nothing of it counts as sent."""
    from contextlib import nullcontext

    from brevgen.channels.outbox import OutboxChannel
    from brevgen.cli import console as screen
    from brevgen.cli import tables_sending as show_sending
    from brevgen.rounds import send as sending

    outbox = place.output(facts.name) / "outbox"
    if channel is None:
        for stale in outbox.glob("*.eml"):  # it might no longer be what would be sent
            stale.unlink()
    way = channel or OutboxChannel(writer.settings, outbox)
    with channel or nullcontext(), screen.progress("Sending") as progress:
        kept_back = sending.rehearse(post.to_send, writer, way, progress=progress)
    show_sending.show_kept_back(kept_back)
    written = show_sending.messages(len(post.to_send) - len(kept_back))
    if channel:
        screen.say(f"{written} sent to {writer.redirect_to} as a trial. None counts as sent.")
    else:
        screen.say(
            f"{written} written to {place.shown(outbox)}. None has left or counts as sent.\n"
            f"Next: look at some, then brevgen send {facts.name}{chosen} --live"
            f" --redirect-to YOUR-ADDRESS --recipients {len(post.to_send)}"
        )
    if kept_back:
        raise SystemExit(ExitCode.PARTLY_DONE)


def _rehearsed(post: Post, redirect_to: str, *, live: bool) -> str:
    where = "by mail" if live else "to the outbox"
    return f"{len(post.to_send)} messages {where}" + (f", to {redirect_to}" if redirect_to else "")


def _settle(place: Workspace, round_name: str, who: str, answer: str) -> None:
    """Write down what a person has found out."""
    from brevgen.cli import console as screen
    from brevgen.cli import tables_sending as show_sending
    from brevgen.cli.prompts import account, now
    from brevgen.facts.selection import municipality_meant
    from brevgen.ledger.ledger import Ledger
    from brevgen.ledger.lock import alone
    from brevgen.rounds import opening
    from brevgen.rounds import send as sending
    from brevgen.rounds import status as plan
    from brevgen.rounds.report import report_on

    if answer not in ("sent", "resend"):
        raise WrongUse(f"“{answer}” is neither sent nor resend: --settle WHO sent|resend.")
    facts, templates, _ = opening.open_round(place, round_name, only_faults=True)
    address = who if "@" in who else ""
    number = "" if address else municipality_meant(facts, who)
    with alone(place, round_name), Ledger(place.ledger, now, account()) as ledger:
        ledger.take_cut_off_for_uncertain(round_name)
        known = plan.Known.of(ledger, round_name)
        letters = list(plan.plan(place, facts, templates, known))
        if address:
            letter = sending.letter_to(address, letters)
        else:
            letter = next(each for each in letters if each.number == number)
        count = sending.settle(ledger, letter, answer, address)
        report_on(place, facts, plan.stand(place, facts, templates))
    what = "written down as sent" if answer == "sent" else "to be sent again"
    screen.say(f"{letter.municipality.label}: {show_sending.messages(count)} {what}.")


def _smtp(place: Workspace, settings: MailSettings) -> SmtpChannel:
    """The way to the mail server.

    Raises:
        FaultyInput: no server is named, or its password is not to be had.
    """
    import os
    import time

    from brevgen.channels.mail.smtp import SmtpChannel
    from brevgen.findings import Findings, Place
    from brevgen.marker import MARKER
    from brevgen.settings.password import read_password

    findings = Findings()
    password = ""
    if settings.smtp is None:
        findings.fault(
            "There is no table [mail.smtp], so no real mail can be sent.",
            "Add it; the README shows how. Without --live the outbox needs no server.",
            Place(MARKER, column="mail.smtp"),
        )
    else:
        password = read_password(settings.smtp, place.root, os.environ, findings)
    findings.stop_on_faults()
    assert settings.smtp is not None, "else it was a fault"
    return SmtpChannel(settings, password, folder=place.root, clock=time.monotonic, sleep=_sleep)


def _sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)


def bounces(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER|FILE…", help="Saved mail: .eml, mbox, or folders of them."),
    ],
    workspace: WorkspaceDir = None,
    as_json: AsJson = False,
) -> None:
    """Read delivery reports, and mark the recipients they speak of.

    Example: brevgen bounces ~/returned-mail
    """
    from dataclasses import asdict

    from brevgen.channels.mail.bounces import read_reports
    from brevgen.cli import console as screen
    from brevgen.cli import tables_sending as show_sending
    from brevgen.cli.prompts import account, now, workspace_of
    from brevgen.errors import BrevgenError
    from brevgen.ledger.ledger import Ledger
    from brevgen.rounds import opening
    from brevgen.rounds import status as plan
    from brevgen.rounds.bounces import rounds_told_of, take_in, words_of
    from brevgen.rounds.report import report_on

    place = workspace_of(workspace)
    reading = read_reports(files)
    place.ledger.parent.mkdir(parents=True, exist_ok=True)
    with Ledger(place.ledger, now, account()) as ledger:
        found = take_in(ledger, reading)
    if as_json:
        screen.show_json(
            {
                "matched": [asdict(each) for each in found.matched],
                "unmatched": [
                    {"recipient": each.recipient, "words": words_of(each)}
                    for each in found.unmatched
                ],
                "not_read": [asdict(each) for each in found.not_read],
                "other_mail": [asdict(each) for each in found.other_mail],
            }
        )
    else:
        show_sending.show_bounces(found)
    for round_name in rounds_told_of(found.matched):
        try:
            facts, templates, _ = opening.open_round(place, round_name, only_faults=True)
        except BrevgenError:
            screen.note(f"The round {round_name} has faults now, so its report is as it was.")
            continue
        report_on(place, facts, plan.stand(place, facts, templates))
    if not found.is_all_understood:
        raise SystemExit(ExitCode.PARTLY_DONE)
