"""What the archive was told of each letter when it last got the round, and what is news to it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class HandedOver:
    """A letter as a manifest tells of it.

    Args:
        status: whether it was sent.
        content: the digest of what it says.
        files: the names of its files, with their digests.
        number: case and entry in the archive; empty texts where the manifest tells none.
    """

    status: str
    content: str
    files: Mapping[str, str]
    number: tuple[str, str]

    def is_another_than(self, before: "HandedOver") -> bool:
        """Whether the archive has it otherwise; that a number is known now is no news to it."""
        if any(before.number) and self.number != before.number:
            return True
        return replace(self, number=before.number) != before


def letters_in(manifest: bytes) -> Iterator[tuple[str, HandedOver]]:
    """What an earlier manifest tells of each letter, by its reference.

    Raises:
        ValueError: it is no manifest.
    """
    try:
        told = json.loads(manifest)
        letters = [(str(each["reference"]), each) for each in told["letters"]]
    except (KeyError, TypeError) as error:
        raise ValueError("it is no manifest of an archive") from error
    for reference, each in letters:
        number = (str(each.get("case_number", "")), str(each.get("journal_number", "")))
        yield reference, HandedOver(each["status"], each["content"], each["files"], number)


def new_and_changed(
    now: Mapping[str, HandedOver], before: Mapping[str, HandedOver]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The references of letters that are new, and of those that are another now."""
    new = tuple(each for each in now if each not in before)
    return new, tuple(e for e in now if e in before and now[e].is_another_than(before[e]))
