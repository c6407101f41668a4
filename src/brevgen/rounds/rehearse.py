"""Rehearsing a sending: the same messages to the outbox, or to one reader; none counts as sent."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from brevgen.channels.channel import Channel
from brevgen.channels.outbox import OutboxChannel
from brevgen.channels.svarut.folder import clear
from brevgen.channels.words import shown
from brevgen.errors import PartlyDone, Refused, Unsendable
from brevgen.language import tr
from brevgen.ledger import told
from brevgen.rounds.addressees import CHANNELS_TO_ORGANISATIONS
from brevgen.rounds.messages import Writer, writer_for
from brevgen.rounds.post import Post, ToSend, mail_settings
from brevgen.rounds.send import MOST_FAILURES, Progress
from brevgen.rounds.session import RoundSession
from brevgen.rounds.way_out import folder_for_portal


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal has done; nothing of it counts as sent.

    Args:
        post: what was handed over.
        kept_back: letter and recipient to why it was not handed over.
    """

    post: Post
    kept_back: Mapping[str, str]

    @property
    def handed_over(self) -> int:
        """How many messages were handed over."""
        return len(self.post.to_send) - len(self.kept_back)


def rehearse(
    session: RoundSession,
    post: Post,
    *,
    channel: AbstractContextManager[Channel] | None = None,
    redirect_to: str = "",
    progress: Progress,
) -> Rehearsed:
    """Hand messages over without counting them as sent.

    Args:
        channel: the way to a trial's reader; None for a folder with files.
        redirect_to: that reader's address.
        progress: called with messages done and messages to do.

    Raises:
        PartlyDone: the channel takes nothing before a person mends it.
    """
    session.actor.must_have("send")
    with session.changing() as ledger:
        with channel or _only_files(session, redirect_to) as way:
            kept_back = hand_over_all(post.to_send, writer_for(session), way, progress=progress)
        if way.name == "svarut-folder":
            what = told.TO_FOLDER
        elif redirect_to:
            what = told.MAILED_TO if channel else told.TO_OUTBOX_FOR
        else:
            what = told.MAILED if channel else told.TO_OUTBOX
        what = what.format(count=len(post.to_send), address=redirect_to)
        ledger.note(session.name, "", "rehearsed", what)
    return Rehearsed(post, kept_back)


def _only_files(session: RoundSession, redirect_to: str) -> AbstractContextManager[Channel]:
    """What would leave, as files in a folder; those of an earlier time are taken away first."""
    folder = trial_folder(session)
    if session.channel in CHANNELS_TO_ORGANISATIONS:
        clear(folder)
        return folder_for_portal(session, is_counted=False)
    for stale in folder.glob("*.eml"):  # it might no longer be what would be sent
        stale.unlink()
    return nullcontext(OutboxChannel(mail_settings(session.workspace), folder, redirect_to))


def trial_folder(session: RoundSession) -> Path:
    """Where a rehearsal writes what would leave."""
    by_mail = session.channel not in CHANNELS_TO_ORGANISATIONS
    return session.workspace.output(session.name) / ("outbox" if by_mail else "svarut-trial")


def hand_over_all(
    to_send: Sequence[ToSend], writer: Writer, channel: Channel, *, progress: Progress
) -> dict[str, str]:
    """Hand messages over without counting them as sent: to the outbox, or to a trial's reader.

    Returns:
        letter and recipient to why it was not handed over.

    Raises:
        PartlyDone: the channel takes nothing before a person mends it, or fails again and again.
    """
    kept_back: dict[str, str] = {}
    in_a_row = 0
    for done, each in enumerate(to_send, start=1):
        if in_a_row >= MOST_FAILURES:
            raise PartlyDone(tr("The rest was not tried: {reason}", reason=kept_back.popitem()[1]))
        try:
            message = channel.prepare(writer.consignment(each))
            channel.wait()
            reply = channel.hand_over(message)
        except (Refused, Unsendable) as error:
            kept_back[each.label] = str(error)
        else:
            in_a_row = in_a_row + 1 if reply.state == "failed for now" else 0
            if reply.state != "sent":
                kept_back[each.label] = tr(
                    "{state}: {words}", state=tr(reply.state), words=shown(reply.words)
                )
        progress(done, len(to_send))
    return kept_back
