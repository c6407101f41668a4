"""What the commands show: control figures, where letters stand, what is to be approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from brevgen.characters import as_typed
from brevgen.cli import console
from brevgen.findings import Finding, Place
from brevgen.language import tr, tr_many, untranslated, when
from brevgen.letter.differences import Change, Changes
from brevgen.workspace import Workspace

if TYPE_CHECKING:  # what takes long to load is loaded by the command that uses it
    from brevgen.rounds.approve import Approved
    from brevgen.rounds.check import Checked
    from brevgen.rounds.generate import Generated
    from brevgen.rounds.lineup import Lineup

FEW = 12
"""How many letters are shown one by one before they are only counted."""


def some(labels: Sequence[str]) -> str:
    """The first few of many."""
    named = ", ".join(labels[:FEW])
    if len(labels) <= FEW:
        return named
    return tr("{named} and {count} others", named=named, count=len(labels) - FEW)


def by_state(counts: Mapping[str, int]) -> str:
    """How many there are of each state: `12 sent, 3 refused`."""
    return ", ".join(
        tr("{count} {state}", count=count, state=tr(state)) for state, count in counts.items()
    )


def show_figures(round_name: str, checked: Checked) -> None:
    """The control figures of a round without faults, and what to do next."""
    from brevgen.letter.wording import signed

    headers = {tr("Area"): False, tr("Municipalities"): True}
    rows: list[list[object]] = [[_area(e.area), e.municipalities] for e in checked.figures]
    for place, (name, title) in enumerate(checked.called.items()):
        headers[title] = True
        for row, each in zip(rows, checked.figures, strict=True):
            row.append(each.counts[name])
        if place == 0 and checked.year_before is not None:
            headers |= {str(checked.year_before): True, tr("Change"): True}
            for row, each in zip(rows, checked.figures, strict=True):
                row += [each.before, "" if each.change is None else signed(each.change)]
    console.show_table(headers, rows, title=_title(round_name, checked))
    who = tr("WHO")
    command = f"brevgen preview {as_typed(round_name)} {who}"
    console.say(tr("No faults. Next: {command}", command=command))


def _title(round_name: str, checked: Checked) -> str:
    letter_date = when(checked.letter_date)
    if checked.deadline is None:
        return tr(
            "Round {round}, letters of {letter_date}", round=round_name, letter_date=letter_date
        )
    return tr(
        "Round {round}, letters of {letter_date}, answers by {deadline}",
        round=round_name,
        letter_date=letter_date,
        deadline=when(checked.deadline),
    )


def _area(name: str) -> str:
    return tr("All") if name == "All" else name


def show_faults(faults: Mapping[str, tuple[str, ...]]) -> None:
    """The rules that letters broke, by municipality number; a rule that many broke only once."""
    broken: dict[str, list[str]] = {}
    for number, rules in sorted(faults.items()):
        for rule in rules:
            broken.setdefault(rule, []).append(number)
    console.show_findings(
        [
            Finding(
                "fault", rule, _not_made(numbers), Place(tr("letter {number}", number=numbers[0]))
            )
            for rule, numbers in broken.items()
        ]
    )


def _not_made(numbers: list[str]) -> str:
    if len(numbers) == 1:
        return tr("The letter was not made.")
    return tr(
        "{count} letters were not made for this reason: {numbers}.",
        count=len(numbers),
        numbers=", ".join(numbers),
    )


def show_generated(place: Workspace, round_name: str, done: Generated) -> None:
    """What `generate` has done."""
    show_faults(done.faults)
    for file in done.removed:
        removed = tr("Removed, no longer in the round or no longer approved: {file}", file=file)
        console.say(removed)
    folder = place.shown(place.output(round_name))
    told = [
        tr_many("{count} letter made", "{count} letters made", len(done.made)),
        tr("{count} up to date", count=len(done.kept)),
    ]
    if done.faults:
        told.append(tr("{count} failed", count=len(done.faults)))
    console.say(f"{', '.join(told)}.")
    console.say(
        tr(
            "Drafts: {drafts}   Report: {report}",
            drafts=f"{folder}/drafts",
            report=f"{folder}/report.html",
        )
    )
    if waiting := sum(each.state == "approved" for each in done.letters):
        console.say(
            tr_many(
                "{count} is approved but not sealed. Go on with: {command}",
                "{count} are approved but not sealed. Go on with: {command}",
                waiting,
                command=f"brevgen approve {as_typed(round_name)}",
            )
        )


def show_approved(place: Workspace, round_name: str, done: Approved) -> None:
    """What `approve` has done."""
    show_faults(done.faults)
    if done.sent:
        console.say(tr("Passed over, sent already: {labels}.", labels=some(done.sent)))
    if not (done.approved or done.sealed or done.restored or done.faults):
        console.say(tr("All of these are approved and sealed already."))
        return
    before = sum(number in done.approved for number in done.restored)
    approved, back = len(done.approved), len(done.restored) - before
    told = (
        (approved, tr_many("{count} letter approved", "{count} letters approved", approved)),
        (len(done.sealed), tr("{count} sealed", count=len(done.sealed))),
        (before, tr("{count} sealed before", count=before)),
        (back, tr("{count} put back", count=back)),
        (len(done.faults), tr("{count} failed", count=len(done.faults))),
    )
    console.say(f"{', '.join(text for count, text in told if count)}.")
    finals = place.shown(place.finals(round_name))
    if done.faults:
        console.say(tr("Final letters: {folder}", folder=finals))
        command = f"brevgen approve {as_typed(round_name)}"
        console.say(tr("Mend what is said above, then go on with: {command}", command=command))
    else:
        command = f"brevgen send {as_typed(round_name)}"
        console.say(tr("Final letters: {folder}   Next: {command}", folder=finals, command=command))


def show_lineup(lineup: Lineup) -> None:
    """What is about to be approved: how much, in whose name, each figure, and what has changed."""
    console.show_findings(lineup.warnings, console.console())
    if lineup.letters:
        _show_figures_of(lineup)
    if lineup.to_seal:
        labels = some(lineup.to_seal)
        console.say(tr("Approved before, to be sealed now: {labels}.", labels=labels))
    if sealed := len(lineup.approved) - len(lineup.to_seal):
        console.say(
            tr_many(
                "Approved and sealed already: {count} letter.",
                "Approved and sealed already: {count} letters.",
                sealed,
            )
        )
    if lineup.sent:
        console.say(tr("Passed over, sent already: {labels}.", labels=some(lineup.sent)))
    if lineup.dropped:
        labels = some(lineup.dropped)
        console.say(tr("Approved, and not asked any more: {labels}.", labels=labels))
    _show_changes(*_SINCE_APPROVED, lineup.since_approved)
    _show_changes(*_SINCE_SHOWN, lineup.since_shown)


_SINCE_APPROVED = (
    untranslated("{label}: says otherwise than when it was last approved"),
    untranslated("{count} letters say otherwise than when they were last approved: {labels}"),
)
_SINCE_SHOWN = (
    untranslated("{label}: says otherwise than when it was last shown to you"),
    untranslated("{count} letters say otherwise than when they were last shown to you: {labels}"),
)
"""What is told of a change in one letter, and of one that is the same in many."""


def _show_figures_of(lineup: Lineup) -> None:
    """What would be approved: sums by signatory, then every letter with its figures."""
    counts = lineup.counts
    sums: dict[str, list[int]] = {}
    for each in lineup.letters:
        for name in (each.letter.signatory, ""):
            count = sums.setdefault(name, [0] * (1 + len(counts)))
            count[0] += 1
            for at, fact in enumerate(counts, start=1):
                count[at] += each.letter.row.count(fact) or 0
    console.show_table(
        {
            tr("In the name of"): False,
            tr("Letters"): True,
            **{column.title: True for column in counts.values()},
        },
        [
            [name or tr("All"), *sums[name]]
            for name in sorted(sums, key=lambda name: (not name, name))
        ],
        title=tr(
            "To be approved in round {round}, by the account {account}",
            round=lineup.round,
            account=lineup.account,
        ),
    )
    has_before = any(each.asked_before is not None for each in lineup.letters)
    headers = {
        tr("Number"): False,
        tr("Municipality"): False,
        **{column.title: True for column in counts.values()},
    }
    console.show_table(
        headers | ({tr("Last approved"): True} if has_before else {}) | {tr("Changed"): False},
        [
            [
                each.letter.number,
                each.letter.municipality.name,
                *(each.letter.row.count(fact) or 0 for fact in counts),
                *([each.asked_before] if has_before else []),
                tr("yes") if each.since_approved else "",
            ]
            for each in lineup.letters
        ],
    )


def question(lineup: Lineup) -> str:
    """What a person is asked before letters are approved and sealed."""
    if lineup.letters:
        return tr_many("Approve {count} letter?", "Approve {count} letters?", len(lineup.letters))
    return tr_many(
        "Seal {count} letter that was approved before?",
        "Seal {count} letters that were approved before?",
        len(lineup.to_seal),
    )


def _show_changes(of_one: str, of_many: str, changes: Changes) -> None:
    """What is otherwise than before: once for what is the same in many, then every other change."""
    for pair, labels in changes.common.items():
        show_differences(tr(of_many, count=len(labels), labels=some(labels)), [pair])
    for label, pairs in sorted(changes.single.items(), key=_figures_first):
        show_differences(tr(of_one, label=label), pairs)


def _figures_first(item: tuple[str, Sequence[Change]]) -> tuple[bool, str]:
    """Letters in which a number has changed come before those in which only words have."""
    label, pairs = item
    digits = [["".join(filter(str.isdigit, line)) for line in pair] for pair in pairs]
    return all(old == new for old, new in digits), label


def show_differences(title: str, pairs: Sequence[Change]) -> None:
    """Old and new lines side by side."""
    console.show_table({tr("Before"): False, tr("Now"): False}, pairs, title=title)
