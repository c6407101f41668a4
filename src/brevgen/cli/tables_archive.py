"""What `brevgen archive` shows: what was handed over, and the numbers that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brevgen.cli import console
from brevgen.cli.tables import some
from brevgen.language import tr, tr_many

if TYPE_CHECKING:  # what takes long to load is loaded by the command that uses it
    from brevgen.rounds.archive import Archived
    from brevgen.rounds.archive_numbers import KeptNumbers


def show_archived(done: Archived) -> None:
    """What is in it, what is new in it, and what is not in it."""
    from brevgen.rounds.archive_entries import WHY

    for why in WHY:
        labels = [each.label for each in done.left_out if each.why == why]
        if labels:
            console.say(
                tr(
                    "Left out, because {why}: {municipalities}",
                    why=tr(WHY[why]),
                    municipalities=some(labels),
                )
            )
    console.say(
        tr_many(
            "{count} letter in {folder}, {sent} of them sent",
            "{count} letters in {folder}, {sent} of them sent",
            done.letters,
            sent=done.sent,
            folder=done.folder,
        )
    )
    console.say(tr("The same as one file: {zip}", zip=done.zip))
    console.say(
        tr_many(
            "{count} letter is new since it was last made, {changed} changed.",
            "{count} letters are new since it was last made, {changed} changed.",
            len(done.new),
            changed=len(done.changed),
        )
    )
    if done.unverified_seals:
        console.say(
            tr_many(
                "{count} letter has a seal that is not verified; its remark says why.",
                "{count} letters have seals that are not verified; their remarks say why.",
                done.unverified_seals,
            )
        )
    if done.validated:
        console.say(
            tr_many(
                "{count} message, valid by the official schema.",
                "{count} messages, valid by the official schema.",
                done.messages,
            )
        )


def show_numbers(kept: KeptNumbers) -> None:
    """The numbers that were read back."""
    console.show_table(
        dict.fromkeys(
            (
                tr("Municipality"),
                tr("Our reference"),
                tr("Case"),
                tr("Journal entry"),
                tr("In place of"),
            ),
            False,
        ),
        [
            [e.municipality, e.reference, e.case_number, e.journal_number, e.replaces]
            for e in kept.numbers
        ],
    )
    new = sum(each.is_new for each in kept.numbers)
    if old := len(kept.numbers) - new:
        console.say(
            tr_many("{count} number was kept before.", "{count} numbers were kept before.", old)
        )
    console.say(tr_many("{count} number kept.", "{count} numbers kept.", new))
    if kept.missing:
        console.say(
            tr_many(
                "{count} sealed letter has no number from the archive yet.",
                "{count} sealed letters have no number from the archive yet.",
                len(kept.missing),
            )
        )
