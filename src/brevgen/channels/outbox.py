"""The way out that goes nowhere: every message becomes a file that a mail program can open."""

import re
from pathlib import Path

from brevgen.channels.channel import ChannelUnusable, Outgoing, Receipt
from brevgen.files import write_whole


class OutboxChannel:
    """Writes each message to a folder, as `.eml`.

    Args:
        folder: where to; it is made where needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def wait(self) -> None:
        """Nobody needs to wait for a folder."""

    def deliver(self, message: Outgoing) -> Receipt:
        """Write one message, whole or not at all.

        Raises:
            ChannelUnusable: the folder cannot be written to.
        """
        path = self._folder / eml_name(message)
        try:
            write_whole(path, message.data)
        except OSError as error:
            raise ChannelUnusable(
                f"{path} cannot be written ({error.strerror}). See to the disk, then send again."
            ) from error
        return Receipt("sent", f"written to {path.name}")


def eml_name(message: Outgoing) -> str:
    """The name of a message's file: only letters, digits and hyphens, so that it is no path."""
    tidy = re.sub(r"[\W_]+", "-", message.name).strip("-") or "mail"
    # file systems count bytes
    return tidy.encode()[:200].decode(errors="ignore") + ".eml"
