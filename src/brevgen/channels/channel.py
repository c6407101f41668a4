"""What every way out has in common: it takes a message and says what became of it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from brevgen.errors import PartlyDone

Outcome = Literal["sent", "refused", "failed_for_now", "uncertain"]
"""What became of a message: it was taken; it never will be; it was not, but may be later; or nobody
knows, and only a person may send it again."""


@dataclass(frozen=True)
class Outgoing:
    """One message to one address, ready to leave.

    Args:
        name: what people call it; a file's name without ending.
        message_id: the same whenever the same message is made.
        envelope_from: who sends it.
        envelope_to: the one who gets it.
        data: the whole message.
    """

    name: str
    message_id: str
    envelope_from: str
    envelope_to: str
    data: bytes


@dataclass(frozen=True)
class Receipt:
    """What became of a message, and the channel's own words on it, in one line."""

    outcome: Outcome
    words: str


class ChannelUnusable(PartlyDone):
    """The channel itself will take nothing before a person mends it; nothing was handed over."""


class Channel(Protocol):
    """A way out."""

    def wait(self) -> None:
        """Wait until the next message may go; to be called once before each."""
        ...

    def deliver(self, message: Outgoing) -> Receipt:
        """Hand one message over.

        Raises:
            ChannelUnusable: no message would get through; this one was not handed over.
        """
        ...
