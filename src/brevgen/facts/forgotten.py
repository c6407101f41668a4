"""What may have been forgotten when a round was begun as a copy of another.

Nothing of it is a fault by itself, so it is told as a warning: by `check`, and once more before
letters leave.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from brevgen.findings import Finding, Findings, Place
from brevgen.language import tr, tr_many
from brevgen.settings.kind import Kinds
from brevgen.settings.round import ROUND_FILE, Round
from brevgen.settings.round_file import read_round

FAR_FROM_TODAY = timedelta(weeks=6)
"""How long before or after its date a letter is still prepared."""
OLD_WHEN_SENT = timedelta(weeks=1)


def other_rounds(folder: Path, kinds: Kinds) -> dict[str, Round]:
    """The rounds beside the one in a folder, by name; those with faults are left out."""
    found = {}
    for path in sorted(folder.parent.glob(f"*/{ROUND_FILE}")):
        if path.parent.name != folder.name:
            round_ = read_round(path, Findings(), shown_as=ROUND_FILE, kinds=kinds)
            if round_ is not None:
                found[path.parent.name] = round_
    return found


def forgotten(
    name: str,
    round_: Round,
    today: date,
    others: Mapping[str, Round],
    *,
    sending: bool = False,
) -> list[Finding]:
    """Warnings of what may have been left as it was in the round this one was copied from.

    Args:
        name: the round's name; the settlement year is often its beginning.
        today: the day it is in Norway.
        sending: whether letters are to leave today, so that their date must be near.
    """
    findings = Findings()
    _settlement_year(name, round_, findings)
    _today(round_, today, findings, sending=sending)
    year = round_.series.year
    if year is not None and year != round_.letter_date.year:
        findings.warn(
            tr(
                "The references {series} are of {year}, the letters of {letter_year}.",
                series=round_.series,
                year=year,
                letter_year=round_.letter_date.year,
            ),
            tr("See that the archive has set them aside for this round."),
            Place(ROUND_FILE, column="references"),
        )
    _texts(round_, others, findings)
    return findings.items


def year_named(name: str) -> int | None:
    """The settlement year that a round's name begins with; None where it begins otherwise."""
    found = re.match(r"(20[0-9]{2})(?![0-9])", name)
    return int(found[1]) if found else None


def _settlement_year(name: str, round_: Round, findings: Findings) -> None:
    year = round_.settlement_year
    place = Place(ROUND_FILE, column="settlement_year")
    if year_named(name) not in (None, year):
        findings.warn(
            tr(
                "The settlement year is {year}, and the round is called {name}.",
                year=year,
                name=name,
            ),
            tr("Put the year right, or rename the folder."),
            place,
        )
    if year != round_.letter_date.year + 1:
        findings.warn(
            tr(
                "The settlement year is {year}, and the letters are of {date}.",
                year=year,
                date=round_.letter_date,
            ),
            tr("Letters are of the year before: see that the year and the date are both meant."),
            place,
        )


def _today(round_: Round, today: date, findings: Findings, *, sending: bool) -> None:
    if round_.last_day is not None and round_.last_day < today:
        findings.warn(
            tr(
                "The deadline {deadline} has passed; today is {today}.",
                deadline=round_.last_day,
                today=today,
            ),
            tr("Set another deadline, unless the round is over."),
            Place(ROUND_FILE, column="deadline"),
        )
    sent = round_.letter_date
    earliest = today - (OLD_WHEN_SENT if sending else FAR_FROM_TODAY)
    latest = today if sending else today + FAR_FROM_TODAY
    if not earliest <= sent <= latest:
        days = abs((sent - today).days)
        findings.warn(
            tr_many(
                "The letters are dated {date}; that is {count} day ahead.",
                "The letters are dated {date}; that is {count} days ahead.",
                days,
                date=sent,
            )
            if sent > today
            else tr_many(
                "The letters are dated {date}; that is {count} day ago.",
                "The letters are dated {date}; that is {count} days ago.",
                days,
                date=sent,
            ),
            tr("See that the date is meant, unless the round is over."),
            Place(ROUND_FILE, column="letter_date"),
        )


def _texts(round_: Round, others: Mapping[str, Round], findings: Findings) -> None:
    """Words on the figures that are those of another year."""
    for name, other in others.items():
        if other.settlement_year == round_.settlement_year:
            continue  # a supplement says what the round says that it belongs to
        same = [
            f"{form}.{key}"
            for form, texts in round_.background
            for key, text in texts
            if text == getattr(getattr(other.background, form), key, None)
        ]
        if same:
            is_all = len(same) == sum(len(list(texts)) for _, texts in round_.background)
            findings.warn(
                tr("All texts are word for word those of the round {name}.", name=name)
                if is_all
                else tr(
                    "These texts are word for word those of the round {name}: {texts}.",
                    name=name,
                    texts=", ".join(same),
                ),
                tr("See that they are true of {year} too.", year=round_.settlement_year),
                Place(ROUND_FILE, column="background"),
            )
