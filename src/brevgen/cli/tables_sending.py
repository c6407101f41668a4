"""What the commands show of sending: what is about to leave, what has left, what came back."""

from collections.abc import Mapping

from brevgen.cli import console
from brevgen.cli.context import as_typed
from brevgen.cli.tables import FEW, letters
from brevgen.errors import Refused
from brevgen.rounds.bounces import Bounces, words_of
from brevgen.rounds.post import NothingToSend, Post, ToSend
from brevgen.rounds.send import Sent
from brevgen.rounds.session import RoundSession


def show_post(post: Post, *, all_of_them: bool) -> None:
    """What is about to be sent, whom, and what stays.

    Args:
        post: what there is to send.
        all_of_them: whether every message is listed, or only the first few.
    """
    shown = post.to_send if all_of_them else post.to_send[:FEW]
    if shown:
        console.show_table(
            {"Reference": False, "To": False, "Address": False},
            [
                [
                    each.letter.letter.reference,
                    _whom(each),
                    each.addressee.recipient.address,
                ]
                for each in shown
            ],
        )
    if len(post.to_send) > len(shown):
        console.say(f"… and {len(post.to_send) - len(shown)} more; --dry-run lists all.")
    show_what_is_left_out(post)


def _whom(each: ToSend) -> str:
    to = each.addressee
    name = "" if to.is_copied else to.recipient.name
    return " ".join(filter(None, (each.label, name, "(once more)" if to.copy > 1 else "")))


def show_left_out(refusal: Refused) -> None:
    """Why nothing can be sent, where a refusal tells it letter by letter."""
    if isinstance(refusal, NothingToSend):
        show_what_is_left_out(refusal.post)


def show_what_is_left_out(post: Post) -> None:
    """Chosen letters and recipients that are not sent to now, by the reason."""
    for reason, those in post.not_ready.items():
        names = ", ".join(each.municipality.label for each in those[:FEW])
        more = f" and {len(those) - FEW} others" if len(those) > FEW else ""
        console.say(f"Left out, {reason}: {letters(len(those))}, {names}{more}")
    for each in post.waiting:
        console.say(f"Left out, {each.addressee.state}: {each.label}; {each.addressee.advice}.")


def in_all(post: Post) -> str:
    """How much is about to be sent: `420 messages with 210 letters`."""
    copies = f", {post.copies} of them copies" if post.copies else ""
    return f"{messages(len(post.to_send))} with {letters(post.letters)}{copies}"


def messages(count: int) -> str:
    """A number of messages in words."""
    return "1 message" if count == 1 else f"{count} messages"


def show_kept_back(kept_back: Mapping[str, str]) -> None:
    """Messages that were not handed over, and why."""
    for label, reason in kept_back.items():
        console.complain(f"Not sent: {label}: {reason}")


def show_sent(session: RoundSession, sent: Sent, options: str) -> None:
    """What a run has done, and how to go on.

    Args:
        session: the round.
        sent: what was done.
        options: those that chose the letters, as they are typed.
    """
    show_kept_back(sent.kept_back)
    told = ", ".join(f"{count} {state}" for state, count in sent.counts.items() if count)
    if sent.is_done:
        console.say(f"{told}." if told else "All of these have been sent.")
        return
    console.say(f"{told or 'No message was handed over'}.")
    name = as_typed(session.name)
    see = f"See: brevgen status {name}"
    if sent.left:
        see = (
            f"{messages(sent.left)} still to be tried. {see}"
            f"   Go on with: brevgen send {name}{options} --live --recipients {sent.left}"
        )
    console.say(see)


def show_bounces(found: Bounces) -> None:
    """What delivery reports have told, and what a person is to read."""
    if found.matched:
        console.show_table(
            dict.fromkeys(("Round", "Letter", "Recipient", "Report", "State", "Words"), False),
            [
                [each.round, each.letter, each.recipient, each.action, each.state, each.words]
                for each in found.matched
            ],
        )
    for report in found.unmatched:
        console.say(
            f"Of no letter of ours: {report.recipient or 'unknown recipient'} ({words_of(report)})"
        )
    for number, mail in enumerate(found.other_mail):
        ours = "It speaks of a letter of ours. " if number < found.naming_ours else ""
        console.say(f"{mail.file}, from {mail.sender}, “{mail.subject}”: {ours}{mail.why}")
    for file in found.not_read:
        console.complain(f"Not read: {file.file}: {file.why}")
    new = sum(each.is_new for each in found.matched)
    console.say(
        f"Reports of our letters: {len(found.matched)}, of them new: {new}."
        f" Reports of others: {len(found.unmatched)}. Other mails: {len(found.other_mail)}."
        f" Files not read: {len(found.not_read)}."
    )
