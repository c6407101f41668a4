"""What the commands show of sending: what is about to leave, what has left, what came back."""

from collections.abc import Mapping

from brevgen.characters import as_typed
from brevgen.cli import console
from brevgen.cli.tables import FEW, by_state, some
from brevgen.errors import Refused
from brevgen.language import tr, tr_many
from brevgen.rounds.bounces import Bounces, words_of
from brevgen.rounds.follow_up import FollowedUp
from brevgen.rounds.post import NothingToSend, Post, ToSend
from brevgen.rounds.send import Sent
from brevgen.rounds.session import RoundSession


def show_post(post: Post, *, all_of_them: bool) -> None:
    """What is about to be sent, whom, and what stays.

    Args:
        all_of_them: whether every message is listed, or only the first few.
    """
    shown = post.to_send if all_of_them else post.to_send[:FEW]
    if shown:
        console.show_table(
            {tr("Reference"): False, tr("To"): False, tr("Address"): False},
            [
                [
                    each.letter.letter.reference,
                    _whom(each),
                    each.addressee.recipient.where,
                ]
                for each in shown
            ],
        )
    if len(post.to_send) > len(shown):
        more = len(post.to_send) - len(shown)
        console.say(tr("… and {count} more; --dry-run lists all.", count=more))
    show_what_is_left_out(post)


def _whom(each: ToSend) -> str:
    to = each.addressee
    name = "" if to.is_copied else to.recipient.name
    return " ".join(filter(None, (each.label, name, tr("(once more)") if to.copy > 1 else "")))


def show_left_out(refusal: Refused) -> None:
    """Why nothing can be sent, where a refusal tells it letter by letter."""
    if isinstance(refusal, NothingToSend):
        show_what_is_left_out(refusal.post)


def show_what_is_left_out(post: Post) -> None:
    """Chosen letters and recipients that are not sent to now, by the reason."""
    for reason, those in post.not_ready.items():
        console.say(
            tr_many(
                "Left out, {reason}: {count} letter, {labels}",
                "Left out, {reason}: {count} letters, {labels}",
                len(those),
                reason=reason,
                labels=some([each.municipality.label for each in those]),
            )
        )
    for each in post.waiting:
        console.say(
            tr(
                "Left out, {state}: {label}; {advice}.",
                state=tr(each.addressee.state),
                label=each.label,
                advice=each.addressee.advice,
            )
        )


def in_all(post: Post) -> str:
    """How much is about to be sent: `420 messages with 210 letters`."""
    told = tr_many("{count} message", "{count} messages", len(post.to_send))
    letters = tr_many("{count} letter", "{count} letters", post.letters)
    if not post.copies:
        return tr("{messages} with {letters}", messages=told, letters=letters)
    return tr(
        "{messages} with {letters}, {copies} of them copies",
        messages=told,
        letters=letters,
        copies=post.copies,
    )


def show_kept_back(kept_back: Mapping[str, str]) -> None:
    """Messages that were not handed over, and why."""
    for label, reason in kept_back.items():
        console.complain(tr("Not sent: {label}: {reason}", label=label, reason=reason))


def show_sent(session: RoundSession, sent: Sent, options: str) -> None:
    """What a run has done, and how to go on.

    Args:
        options: those that chose the letters, as they are typed.
    """
    show_kept_back(sent.kept_back)
    told = by_state({state: count for state, count in sent.counts.items() if count})
    if sent.is_done:
        console.say(f"{told}." if told else tr("All of these have been sent."))
        return
    console.say(f"{told}." if told else tr("No message was handed over."))
    name = as_typed(session.name)
    if sent.left:
        console.say(
            tr_many(
                "{count} message still to be tried. See: {see}   Go on with: {command}",
                "{count} messages still to be tried. See: {see}   Go on with: {command}",
                sent.left,
                see=f"brevgen status {name}",
                command=f"brevgen send {name}{options} --live --recipients {sent.left}",
            )
        )
    else:
        console.say(tr("See: {command}", command=f"brevgen status {name}"))


def show_follow_up(found: FollowedUp) -> None:
    """What SvarUt has told of letters since they were taken."""
    if found.news:
        headers = (tr("Letter"), tr("Reference"), tr("Recipient"), tr("State"), tr("Words"))
        console.show_table(
            dict.fromkeys(headers, False),
            [
                [each.letter, each.reference, each.recipient, tr(each.state), each.words]
                for each in found.news
            ],
        )
    console.say(
        tr(
            "Asked about: {asked}. New: {new}. More to hear later: {open}.",
            asked=found.asked,
            new=len(found.news),
            open=found.open,
        )
    )
    if found.uncertain:
        console.complain(
            tr_many(
                "It could not be found out whether {count} letter was taken. Ask again later.",
                "It could not be found out whether {count} letters were taken. Ask again later.",
                found.uncertain,
            )
        )


def show_bounces(found: Bounces) -> None:
    """What delivery reports have told, and what a person is to read."""
    if found.matched:
        headers = (
            *(tr("Round"), tr("Letter"), tr("Recipient")),
            *(tr("Report"), tr("State"), tr("Words")),
        )
        console.show_table(
            dict.fromkeys(headers, False),
            [
                [
                    *(each.round, each.letter, each.recipient),
                    *(tr(each.action), tr(each.state), each.words),
                ]
                for each in found.matched
            ],
        )
    for report in found.unmatched:
        whom = report.recipient or tr("unknown recipient")
        words = words_of(report)
        console.say(tr("Of no letter of ours: {recipient} ({words})", recipient=whom, words=words))
    for number, mail in enumerate(found.other_mail):
        console.say(
            tr(
                "{file}, from {sender}, “{subject}”: {why}",
                file=mail.file,
                sender=mail.sender,
                subject=mail.subject,
                why=mail.why,
            )
        )
        if number < found.naming_ours:
            console.say("  " + tr("It speaks of a letter of ours. Read it."))
    for file in found.not_read:
        console.complain(tr("Not read: {file}: {why}", file=file.file, why=file.why))
    console.say(
        tr(
            "Reports of our letters: {ours}, of them new: {new}. Reports of others: {others}."
            " Other mails: {mails}. Files not read: {not_read}.",
            ours=len(found.matched),
            new=sum(each.is_new for each in found.matched),
            others=len(found.unmatched),
            mails=len(found.other_mail),
            not_read=len(found.not_read),
        )
    )
