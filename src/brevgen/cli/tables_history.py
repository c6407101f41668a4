"""What `brevgen history` shows: a municipality's figures year by year, and what has happened."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from brevgen.cli import console
from brevgen.language import tr, when
from brevgen.ledger.told import act_of, particulars_of

if TYPE_CHECKING:  # what takes long to load is loaded by the command that uses it
    from brevgen.ledger.records import Event
    from brevgen.rounds.history import History

BARS, PLAIN_BARS = ("█", "░"), ("#", ".")
"""Who was settled, and who was asked for and was not; and where the terminal has no blocks."""
LONGEST = 40
"""Signs of the longest bar, where there is room."""


def show_history(found: History) -> None:
    """What was asked year by year, what letters said, and what has happened, the oldest first."""
    console.show_findings(found.findings)
    if found.years:
        _show_years(found)
    if found.rounds:
        _show_rounds(found)
    if found.years or found.rounds:
        _show_bars(found)
    if found.events or not (found.years or found.rounds):
        _show_events(found.events)
    elif not found.rounds:
        console.say(tr("No letter has been made to it here."))


def _show_years(found: History) -> None:
    """Plain columns, since a table with lines is too wide for a narrow terminal."""
    from brevgen.letter.wording import spaced

    title = tr("{municipality}, refugees by year (history.csv)", municipality=found.municipality)
    headers = [tr("Year"), tr("Asked"), tr("Decided"), tr("Settled"), tr("UM")]
    rows = [
        [
            str(each.year),
            *(
                "" if figure is None else spaced(figure)
                for figure in (each.asked, each.decided, each.settled, each.minors)
            ),
        ]
        for each in found.years
    ]
    has_minors = any(each.minors is not None for each in found.years)
    if not has_minors:
        headers, rows = headers[:-1], [row[:-1] for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    console.say(title)
    for row in (headers, *rows):
        cells = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        console.say("  ".join(cells).rstrip())
    if has_minors:
        console.say(tr("UM: unaccompanied minors among those asked for."))
    if found.made_of:
        names = ", ".join(found.made_of)
        console.say(tr("Added up for the municipalities it consists of: {names}.", names=names))
    console.say("")


def _show_rounds(found: History) -> None:
    console.show_table(
        {
            tr("Year"): False,
            tr("Round"): False,
            tr("Reference"): False,
            tr("Asked"): True,
            tr("Minors"): True,
            tr("Decided"): True,
        },
        [
            [str(each.year), each.round, each.reference, each.asked, each.minors, each.decided]
            for each in found.rounds
        ],
        title=tr("Letters of this workspace that are approved or sent"),
    )
    console.say("")


def _show_bars(found: History) -> None:
    """A bar for each year: those settled, and behind them those that were asked for."""
    asked = {each.year: each.asked for each in found.rounds if each.asked}
    asked |= {each.year: each.asked for each in found.years if each.asked}
    settled = {each.year: each.settled for each in found.years if each.settled}
    most = max([*asked.values(), *settled.values()], default=0)
    if not most:
        return
    full, open_ = _signs()
    console.say(
        tr("{full} settled, {open} asked for and not settled", full=full, open=open_)
        if settled
        else tr("{open} asked for", open=open_)
    )
    longest = min(LONGEST, console.console().width - len("2026  "))

    def length(count: int) -> int:
        return -(-count * longest // most)  # whoever there was is seen, be it one

    for year in sorted(asked.keys() | settled.keys()):
        filled, whole = length(settled.get(year, 0)), length(asked.get(year, 0))
        console.say(f"{year}  {full * filled}{open_ * (whole - filled)}")
    console.say("")


def _signs() -> tuple[str, str]:
    try:
        "".join(BARS).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return PLAIN_BARS
    return BARS


def _show_events(events: Sequence[Event]) -> None:
    """What has happened, the oldest first."""
    if not events:
        console.say(tr("Nothing has happened."))
        return
    happened = [
        [when(each.at), str(each.actor), act_of(each), particulars_of(each)] for each in events
    ]
    of = [
        [each.round, " ".join(filter(None, (each.municipality, each.reference)))] for each in events
    ]
    headers, rows, title = [tr("When"), tr("Who"), tr("What"), tr("Particulars")], happened, ""
    if all(each == of[0] for each in of):
        title = tr("Letter {letter}, round {round}", letter=of[0][1], round=of[0][0])
    else:
        headers = [tr("Round"), tr("Letter"), *headers]
        rows = [[*which, *what] for which, what in zip(of, happened, strict=True)]
    console.show_table(dict.fromkeys(headers, False), rows, title=title)
