"""Whom a round that follows another is for, and whether its allocation holds only these."""

from dataclasses import replace
from pathlib import Path

from brevgen.facts.allocation import Allocation, AllocationRow
from brevgen.facts.allocation_columns import NUMBER
from brevgen.facts.earlier import EarlierLetter, Followed
from brevgen.facts.municipalities import Register
from brevgen.findings import Findings, Place
from brevgen.language import tr, tr_many, untranslated
from brevgen.settings.kind import Kind, Kinds
from brevgen.settings.round import ROUND_FILE, Round
from brevgen.settings.round_file import read_round

_IN_ROUND = (
    untranslated("{municipality} is in the round {name}, so this letter is not for it."),
    untranslated("Delete the row."),
)
_NO_LETTER = (
    untranslated(
        "{municipality} has had no letter in the round {name} that this one could refer to."
    ),
    untranslated("Approve and send that letter first, or delete the row."),
)
_NO_ANSWER = (
    untranslated("No decision of {municipality} is registered for the round {name}."),
    untranslated("Register the answer first, or delete the row."),
)


def audience_of(kind: Kind, followed: Followed, register: Register, round_: Round) -> list[str]:
    """The municipality numbers that a round of a kind is for, by the round that it follows.

    Args:
        kind: the kind of the new round.
        round_: the new round, or the one it follows; its register day counts.
    """
    letters = followed.letters
    match kind.audience:
        case "others":
            found = register.on(round_.register_day).keys() - followed.asked
        case "unanswered" | "overdue":
            found = {
                number for number, each in letters.items() if each.has_left and each.answer is None
            }
        case "answered":
            found = {number for number, each in letters.items() if each.answer is not None}
        case "changed":
            found = {
                number
                for number, row in followed.rows.items()
                if number in letters
                and any(letters[number].facts.get(fact, 0) != row.get(fact, 0) for fact in row)
            }
        case "allocation":
            found = set(letters)
    return sorted(found)


def check_follows(
    round_: Round, kind: Kind, kinds: Kinds, folder: Path, findings: Findings
) -> Round | None:
    """The settings of the round that one follows; None where it follows none, or a wrong one.

    Args:
        folder: the round's folder, beside that of the one it follows.
        findings: gets a fault where that one is not there, or is of another kind.
    """
    if not kind.follows:
        return None
    place = Place(ROUND_FILE, column="follows")
    file = folder.parent / round_.follows / ROUND_FILE
    if "/" in round_.follows or round_.follows in (".", "..", folder.name) or not file.is_file():
        findings.fault(
            tr("There is no round “{name}” that this one could follow.", name=round_.follows[:60]),
            tr("Write the name of a round under data/rounds."),
            place,
        )
        return None
    faults = Findings(only_faults=True)
    followed = read_round(file, faults, shown_as=f"{round_.follows}/{ROUND_FILE}", kinds=kinds)
    findings.items += faults.items
    if followed is not None and followed.kind not in kind.follows:
        findings.fault(
            tr(
                "The round {name} is of the kind “{kind}”, which this kind of letter does not"
                " follow.",
                name=round_.follows,
                kind=followed.kind,
            ),
            tr("Name a round of the kind {kinds}.", kinds=", ".join(kind.follows)),
            place,
        )
        return None
    return followed


def hold_to_audience(
    allocation: Allocation, followed: Followed, round_: Round | None, findings: Findings
) -> Allocation:
    """The allocation without those who have answered, where the letter is for who has not.

    A letter for those whose time is up goes to nobody who has more time on the day of its date.

    Whoever the letter is not for has a fault at its row.

    Args:
        round_: the round itself; None where its settings have faults.
        findings: gets the faults, and a warning that names those who are left out.
    """
    kind, answered, in_time = allocation.kind, [], []
    for row in allocation.rows:
        earlier = followed.letters.get(row.number)
        if kind.audience == "others" and row.number in followed.asked:
            _note(_IN_ROUND, allocation, row, followed, findings)
        elif kind.has_earlier and (
            earlier is None or (kind.waits_for_answers and not earlier.has_left)
        ):
            _note(_NO_LETTER, allocation, row, followed, findings)
        elif kind.waits_for_answers and earlier is not None and earlier.answer is not None:
            answered.append(row)
        elif kind.audience == "overdue" and _has_time(earlier, round_):
            in_time.append(row)
        elif kind.audience == "answered" and earlier is not None and earlier.answer is None:
            _note(_NO_ANSWER, allocation, row, followed, findings)
    place = Place(allocation.table.file, allocation.table.sheet)
    if answered:
        findings.warn(
            tr_many(
                "One municipality has answered and gets no letter: {names}.",
                "{count} municipalities have answered and get no letter: {names}.",
                len(answered),
                names=", ".join(map(_label, answered)),
            ),
            tr("Nothing to do."),
            place,
        )
    if in_time:
        findings.warn(
            tr_many(
                "One municipality has more time and gets no letter: {names}.",
                "{count} municipalities have more time and get no letter: {names}.",
                len(in_time),
                names=", ".join(map(_label, in_time)),
            ),
            tr("Nothing to do."),
            place,
        )
    left_out = answered + in_time
    rows = tuple(row for row in allocation.rows if row not in left_out)
    return replace(allocation, rows=rows)


def _has_time(earlier: EarlierLetter | None, round_: Round | None) -> bool:
    """Whether a municipality need not have answered by the date of a round's letters."""
    late_until = earlier.late_until if earlier is not None else None
    return late_until is not None and round_ is not None and late_until >= round_.letter_date


def _label(row: AllocationRow) -> str:
    return f"{row.number} {row.name}"


def _note(
    against: tuple[str, str],
    allocation: Allocation,
    row: AllocationRow,
    followed: Followed,
    findings: Findings,
) -> None:
    what, remedy = against
    findings.fault(
        tr(what, municipality=_label(row), name=followed.name),
        tr(remedy),
        allocation.place(row, NUMBER),
    )
