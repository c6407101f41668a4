"""What there is to send: which letters, to whom, and the messages that carry them."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from brevgen.channels.recipients import address_refused, refused
from brevgen.characters import as_typed
from brevgen.errors import Refused
from brevgen.facts.forgotten import forgotten, other_rounds
from brevgen.findings import FaultyInput, Finding, Place
from brevgen.language import tr
from brevgen.marker import MARKER
from brevgen.rounds.addressees import Addressee, kept_as
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.sent_alike import sent_alike
from brevgen.rounds.session import RoundSession
from brevgen.settings.mail import MailSettings
from brevgen.settings.svarut import SvarUtSettings
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class ToSend:
    """One letter to one recipient, still to be sent."""

    letter: LetterStatus
    addressee: Addressee

    @property
    def key(self) -> tuple[str, str, str, int]:
        """Which file goes to which address, and whether it goes there again."""
        file, to = self.letter.sealed, self.addressee
        return self.letter.number, file.pdf_sha256 if file else "", to.recipient.where, to.copy

    @property
    def label(self) -> str:
        """Which letter and to whom, in a few words."""
        return f"{self.letter.municipality.label}, {self.addressee.recipient.title}"


@dataclass(frozen=True)
class Post:
    """What a run is to send.

    Args:
        to_send: in the order they are sent.
        not_ready: chosen letters that cannot be sent now, by the reason.
        waiting: recipients of chosen letters that need a person first.
        warnings: what may have been forgotten in a round whose letters leave today.
        words: digest of all that decides what the messages say; empty where none can be sent.
    """

    to_send: tuple[ToSend, ...]
    not_ready: dict[str, tuple[LetterStatus, ...]]
    waiting: tuple[ToSend, ...]
    warnings: tuple[Finding, ...] = ()
    words: str = ""

    @property
    def digest(self) -> str:
        """What stands for all of it: who comes back with it has seen this post."""
        to_whom = [(each.key, each.addressee.recipient) for each in self.to_send]
        shown = repr((to_whom, self.words))
        return hashlib.sha256(shown.encode()).hexdigest()

    def shows_the_same_as(self, other: "Post") -> bool:
        """Whether somebody who has seen the other one has seen this one."""
        return self.digest == other.digest

    def first(self, count: int) -> "Post":
        """The part of it with the first few letters."""
        numbers = list(dict.fromkeys(each.letter.number for each in self.to_send))[:count]
        few = tuple(each for each in self.to_send if each.letter.number in numbers)
        return Post(few, {}, ())

    @property
    def letters(self) -> int:
        """How many letters that are."""
        return len({each.letter.number for each in self.to_send})

    @property
    def copies(self) -> int:
        """How many of the messages are copies for somebody outside of the municipality."""
        return sum(each.addressee.is_copied for each in self.to_send)


class NothingToSend(Refused):
    """Nothing can be sent now; `post` tells why not."""

    def __init__(self, post: Post) -> None:
        super().__init__(tr("There is nothing that can be sent now."))
        self.post = post


def line_up_post(
    session: RoundSession,
    chosen: Collection[str],
    *,
    limit: int = 0,
    redirect_to: str = "",
    for_real: bool,
    named: bool,
) -> Post:
    """What would be sent now; nothing is written, and nobody needs to hold the round.

    Args:
        chosen: municipality numbers.
        limit: no more than so many letters; 0 for all.
        redirect_to: the address of a trial's reader; empty for the true recipients.
        for_real: whether the recipients are to get it; a trial also shows a TEST seal around.
        named: whether each letter was asked for by name, so that all of them must be ready.

    Raises:
        FaultyInput: the round has faults, or nothing is said of mail in the settings.
        Refused: nobody may be written to at one of the addresses, not all that were named can be
            sent, or nothing can.
    """
    letters = session.letters()
    channel = kept_as(session.channel)
    post = what_to_send(
        letters,
        only=chosen,
        limit=limit,
        for_real=for_real,
        channel=channel,
        against=sent_alike(session) if for_real else {},
    )
    if channel == "mail":
        check_addresses(post.to_send, mail_settings(session.workspace), redirect_to)
    elif redirect_to:
        raise Refused(
            tr(
                "SvarUt writes to municipalities alone, so nothing can be sent to another reader"
                " as a trial. Use the test environment: channels.svarut in brevgen.toml."
            )
        )
    else:
        check_numbers(post.to_send, session.workspace, channel)
    all_sent = all(each.state == "sent" for each in letters if each.number in chosen)
    if named:
        _must_be_ready(session.name, post, all_sent)
    if not (post.to_send or all_sent):
        raise NothingToSend(post)
    return replace(post, warnings=_warnings(session), words=session.message_digest)


def _must_be_ready(round_name: str, post: Post, all_sent: bool) -> None:
    """Refuse where not all letters that were asked for by name can be sent."""
    if post.not_ready:
        raise Refused(
            tr(
                "Nothing was sent: not all that were named can be sent now.\n{letters}",
                letters="\n".join(
                    f"- {each.label}: {reason}"
                    for reason, those in post.not_ready.items()
                    for each in those
                ),
            )
        )
    if all_sent and not post.to_send:
        raise Refused(
            tr(
                "Nothing was sent: it has been sent already. To send it once more on purpose:"
                " brevgen send {round} --again WHO WHY.",
                round=as_typed(round_name),
            )
        )


def _warnings(session: RoundSession) -> tuple[Finding, ...]:
    """What may have been forgotten in the round, now that its letters are to leave."""
    others = other_rounds(session.workspace.round_folder(session.name), session.kinds)
    today = session.clock().date()
    return tuple(forgotten(session.name, session.round, today, others, sending=True))


def mail_settings(workspace: Workspace) -> MailSettings:
    """The settings without which nothing can be sent.

    Raises:
        FaultyInput: there are none.
    """
    if workspace.settings.mail is None:
        raise FaultyInput.of(
            tr("There is no table [mail], so no message can be made."),
            tr("Add it; the page “Settings” shows how."),
            Place(MARKER, column="mail"),
        )
    return workspace.settings.mail


def what_to_send(
    letters: Sequence[LetterStatus],
    *,
    only: Collection[str],
    limit: int,
    for_real: bool,
    channel: str = "mail",
    against: Mapping[str, str] = {},
) -> Post:
    """What there is to send.

    Args:
        limit: send no more than so many letters; 0 for all.
        for_real: whether the recipients are to get it; a trial also shows a TEST seal around.
        channel: the way they go; what was begun another way is left out.
        against: why others may not leave, by municipality number.
    """
    to_send: list[ToSend] = []
    waiting: list[ToSend] = []
    left_out: dict[str, tuple[LetterStatus, ...]] = {}
    count = 0
    for each in letters:
        if each.number not in only:
            continue
        if reason := not_ready(each, for_real=for_real) or against.get(each.number, ""):
            left_out[reason] = (*left_out.get(reason, ()), each)
            continue
        mine = [
            ToSend(each, one)
            for one in each.addressees
            if one.is_to_send and one.channel == channel
        ]
        others = {e.channel for e in each.addressees if e.is_to_send and e.channel != channel}
        for other in sorted(others):
            reason = tr("begun another way, so send with --channel {channel}", channel=other)
            left_out[reason] = (*left_out.get(reason, ()), each)
        waiting += [
            ToSend(each, one) for one in each.addressees if not (one.is_to_send or one.has_it)
        ]
        if mine and (not limit or count < limit):
            to_send += mine
            count += 1
    return Post(tuple(to_send), left_out, tuple(waiting))


def not_ready(each: LetterStatus, *, for_real: bool) -> str:
    """Why a letter cannot be sent, in a few words; empty if it can, or has been."""
    if each.state == "sent, then changed":
        return tr("changed since it was sent")
    if not each.is_approved:
        return tr("not approved")
    if each.sealed is None:
        return tr("approved but not sealed: approve again")
    if not each.is_intact:
        return tr("a file of it is missing or was changed: generate again")
    if for_real and each.sealed.is_test:
        return tr("sealed with the TEST key only: set the agency's own key, approve again")
    return ""


def check_addresses(
    to_send: Sequence[ToSend], settings: MailSettings, redirect_to: str = ""
) -> None:
    """Stop if anybody may not be written to.

    Raises:
        Refused: every one of them, and why.
    """
    against = [
        f"- {each.label}: {reason}"
        for each in to_send
        if (reason := refused(each.addressee.recipient, settings.allowed_domains))
    ]
    if redirect_to:
        reason = address_refused(redirect_to, settings.allowed_domains)
        against = [f"- {reason}"] if reason else []
    if against:
        raise Refused(tr("Nothing was sent.\n{reasons}", reasons="\n".join(against)))


def check_numbers(to_send: Sequence[ToSend], workspace: Workspace, channel: str) -> None:
    """Stop if anybody has no organisation number, or may not be written to through SvarUt.

    What is only written to files reaches nobody, so that it needs no settings.

    Raises:
        FaultyInput: there is no table for SvarUt.
        Refused: every one of them, and why.
    """
    settings = None if channel == "svarut-folder" else svarut_settings(workspace)
    against = []
    for each in to_send:
        number = each.addressee.recipient.organisation_number
        if not number and each.addressee.is_copied:
            reason = tr(
                "{name} has no organisation number. Add organisation_number to it in"
                " dispatch.copies of round.toml, or take it out.",
                name=each.addressee.recipient.name,
            )
        elif not number:
            reason = tr("it has no organisation number. Add it in municipalities.csv, orgnr.")
        elif settings is not None and not settings.may_reach(number):
            reason = tr(
                "{number} may not be written to in the environment {environment}"
                " (channels.svarut.allowed_numbers in brevgen.toml).",
                number=number,
                environment=tr(settings.environment),
            )
        else:
            continue
        against.append(f"- {each.label}: {reason}")
    if against:
        raise Refused(tr("Nothing was sent.\n{reasons}", reasons="\n".join(against)))


def svarut_settings(workspace: Workspace) -> SvarUtSettings:
    """The settings without which nothing goes through SvarUt.

    Raises:
        FaultyInput: there are none.
    """
    settings = workspace.settings.channels.svarut
    if settings is None:
        raise FaultyInput.of(
            tr("There is no table [channels.svarut], so nothing can go through SvarUt."),
            tr("Add it; the page “SvarUt” shows how."),
            Place(MARKER, column="channels.svarut"),
        )
    return settings
