"""The way out that goes nowhere: every mail becomes a file that a mail program can open."""

import re
from pathlib import Path

from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable, Outgoing, Reply
from brevgen.channels.mail.channel import MailChannel
from brevgen.files import write_whole
from brevgen.settings.mail import MailSettings


class OutboxChannel(MailChannel):
    """Writes each mail to a folder, as `.eml`.

    Args:
        settings: who the mail is from.
        folder: where to; it is made where needed.
        redirect_to: the reader of a trial, who gets everything; empty for the true recipients.
    """

    name = "outbox"

    def __init__(self, settings: MailSettings, folder: Path, redirect_to: str = "") -> None:
        super().__init__(settings, redirect_to)
        self._folder = folder

    def wait(self) -> None:
        """Nobody needs to wait for a folder."""

    def hand_over(self, outgoing: Outgoing) -> Reply:
        """Write one mail, whole or not at all.

        Raises:
            ChannelUnusable: the folder cannot be written to, or the disk is full.
        """
        path = self._folder / eml_name(outgoing)
        try:
            write_whole(path, outgoing.data)
        except OSError as error:
            raise ChannelUnusable(
                words.NOT_WRITTEN, file=path, reason=error.strerror or error
            ) from error
        return Reply("sent", words.WRITTEN.format(file=path.name))


def eml_name(outgoing: Outgoing) -> str:
    """The name of a mail's file: only letters, digits and hyphens, so that it is no path."""
    tidy = re.sub(r"[\W_]+", "-", outgoing.name).strip("-") or "mail"
    # file systems count bytes
    return tidy.encode()[:200].decode(errors="ignore") + ".eml"
