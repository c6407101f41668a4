"""What every way out has in common: it takes a letter for one recipient and says what became of it.

To add a channel, write one class with the methods of `Channel` in a file of its own, and let
`cli/` and the settings name it. What it must keep:

- `prepare` makes all that will leave, and refuses what never can. It reaches nobody.
- `external_id` follows from letter, recipient and the number of the copy alone, so that the same
  letter to the same recipient can be found again outside, whatever happened in between.
- `hand_over` says `failed for now` only where surely nothing was taken, and `uncertain` wherever
  it may have been. A person, or `look_up`, settles what is uncertain; nothing is sent twice.
- What is wrong with us or with the channel raises `ChannelUnusable`; it is no recipient's fault.
- A recipient is known by its `key`: an e-mail address, an organisation number, whatever the
  channel calls it by.
- The words of a server are one line without control characters before they go any further. Our
  own stand in `words`, for the ledger keeps them in English.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from brevgen.channels.recipients import Recipient
from brevgen.channels.words import shown
from brevgen.errors import PartlyDone
from brevgen.language import tr
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter

HandedOver = Literal["sent", "refused", "failed for now", "uncertain"]
"""What became of a letter that was handed over: it was taken; it never will be; it was not, but may
be later; or nobody knows, and only a person may send it again."""

REFUSED_ALIKE = 3
"""When so many municipalities in a row meet the same refusal, it is not about any of them."""


@dataclass(frozen=True)
class Consignment:
    """One sealed letter for one recipient, as every channel gets it.

    Args:
        recipient: who gets it.
        letter: its facts.
        content: what it says.
        covering: what the channel's own message says of it; the title is the subject.
        stem: name of its files without ending.
        pdf: the sealed letter.
        docx: the letter for Word; empty to leave it out.
        at: when it leaves; aware.
        copy: 1, or higher where the recipient is sent it again on purpose.
    """

    recipient: Recipient
    letter: Letter
    content: Content
    covering: Content
    stem: str
    pdf: bytes = field(repr=False)
    docx: bytes = field(repr=False)
    at: datetime
    copy: int = 1


@dataclass(frozen=True)
class Outgoing:
    """A letter as it leaves, whole.

    Args:
        external_id: what it is called outside; a mail's Message-ID.
        name: what people call it; a file's name without ending.
        to: where it goes, as the channel writes it; a mail's address in ASCII.
        data: all that is handed over; a whole mail.
    """

    external_id: str
    name: str
    to: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """What a channel says of a letter that was handed over.

    Args:
        state: what became of it.
        words: the channel's own, in one line; ours in English, for `words.shown`.
        external_id: what it is called outside, where that is told only now.
        refusal: which refusal it is, in words that are the same for everyone who meets it, such as
            `550 5.7.1`; empty where it was not refused.
    """

    state: HandedOver
    words: str
    external_id: str = ""
    refusal: str = ""


class ChannelUnusable(PartlyDone):
    """The channel itself will take nothing before a person mends it; nothing was handed over.

    Args:
        message: English, as for `tr`; what is in `words` may be kept in the ledger.
        values: by name; our own words among them in English.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(tr(message, **{name: shown(str(each)) for name, each in values.items()}))
        self.words = message.format(**values) if values else message


class Channel(Protocol):
    """A way out."""

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        ...

    def prepare(self, consignment: Consignment) -> Outgoing:
        """Make what will leave.

        Raises:
            Unsendable: something in it can never leave; the text says what to mend.
        """
        ...

    def wait(self) -> None:
        """Wait until the next letter may go; to be called once before each."""
        ...

    def hand_over(self, outgoing: Outgoing) -> Reply:
        """Hand one letter over.

        Raises:
            ChannelUnusable: no letter would get through; this one was not handed over.
        """
        ...

    def look_up(self, external_id: str, *, age: float) -> Reply | None:
        """Find out by what a letter is called outside what became of it.

        Args:
            external_id: what it is called outside.
            age: seconds since it was handed over.

        Returns:
            `sent`, or `failed for now` where it surely was not taken; None where it cannot be told.

        Raises:
            ChannelUnusable: nothing can be asked before a person mends it.
        """
        ...

    def follow_up(self, external_ids: Sequence[str]) -> Iterable[tuple[str, Reply]]:
        """Ask what has become of letters since; nothing where the channel cannot be asked.

        Raises:
            ChannelUnusable: nothing can be asked before a person mends it.
        """
        ...


def refused_alike(replies: Sequence[tuple[str, Reply]]) -> int:
    """How many of the last replies are one refusal that says nothing of the recipients.

    Args:
        replies: municipality number and reply, in the order they came.

    Returns:
        how many to take back, the last ones; 0 where the refusals are the recipients' own.
    """
    refusal = replies[-1][1].refusal if replies else ""
    met: list[str] = []
    for municipality, reply in reversed(replies):
        if not refusal or reply.refusal != refusal:
            break
        met.append(municipality)
    return len(met) if len(set(met)) >= REFUSED_ALIKE else 0
