"""What the commands show: control figures, where letters stand, what is to be approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from brevgen.cli import console
from brevgen.cli.context import as_typed
from brevgen.findings import Finding, Place
from brevgen.language import tr
from brevgen.ledger.records import Event
from brevgen.ledger.told import act_of, particulars_of
from brevgen.letter.differences import Change, Changes
from brevgen.rounds.addressees import ADVICE as RECIPIENT_ADVICE
from brevgen.rounds.addressees import advice_on_all
from brevgen.rounds.letter_status import ADVICE
from brevgen.rounds.report import as_text_cell
from brevgen.rounds.status import RoundLine, Status, StatusLine
from brevgen.workspace import Workspace

if TYPE_CHECKING:  # what takes long to load is loaded by the command that uses it
    from brevgen.rounds.approve import Approved, Lineup
    from brevgen.rounds.check import Checked
    from brevgen.rounds.generate import Generated
    from brevgen.rounds.verify import Verification

FEW = 12
"""How many letters are shown one by one before they are only counted."""


def letters(count: int) -> str:
    """A number of letters in words."""
    return "1 letter" if count == 1 else f"{count} letters"


def moment(at: datetime | None) -> str:
    """A moment as a person reads it: `2017-11-06 09:05:00 UTC`; empty for none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at is not None else ""


def show_figures(round_name: str, checked: Checked) -> None:
    """The control figures of a round without faults, and what to do next."""
    console.show_table(
        {"Area": False, "Municipalities": True, "Refugees": True, "Minors": True},
        [[e.area, e.municipalities, e.refugees, e.minors] for e in checked.figures],
        title=f"Round {round_name}, letters of {checked.letter_date},"
        f" answers by {checked.deadline}",
    )
    console.say(f"No faults. Next: brevgen preview {as_typed(round_name)} WHO")


def show_faults(faults: Mapping[str, tuple[str, ...]]) -> None:
    """The rules that letters broke, by municipality number; a rule that many broke only once."""
    broken: dict[str, list[str]] = {}
    for number, rules in sorted(faults.items()):
        for rule in rules:
            broken.setdefault(rule, []).append(number)
    console.show_findings(
        [
            Finding("fault", rule, _not_made(numbers), Place(f"letter {numbers[0]}"))
            for rule, numbers in broken.items()
        ]
    )


def _not_made(numbers: list[str]) -> str:
    if len(numbers) == 1:
        return "The letter was not made."
    return f"{len(numbers)} letters were not made for this reason: {', '.join(numbers)}."


def show_generated(place: Workspace, round_name: str, done: Generated) -> None:
    """What `generate` has done."""
    show_faults(done.faults)
    for file in done.removed:
        console.say(f"Removed, no longer in the round or no longer approved: {file}")
    folder = place.shown(place.output(round_name))
    waiting = sum(each.state == "approved" for each in done.letters)
    console.say(
        f"{letters(len(done.made))} made, {len(done.kept)} up to date"
        + (f", {len(done.faults)} failed" if done.faults else "")
        + f".\nDrafts: {folder}/drafts   Report: {folder}/report.html"
    )
    if waiting:
        console.say(
            f"{waiting} are approved but not sealed. Go on with: brevgen approve"
            f" {as_typed(round_name)}"
        )


def show_approved(place: Workspace, round_name: str, done: Approved) -> None:
    """What `approve` has done."""
    show_faults(done.faults)
    if done.sent:
        console.say(f"Passed over, sent already: {_some(done.sent)}.")
    if not (done.approved or done.sealed or done.restored or done.faults):
        console.say("All of these are approved and sealed already.")
        return
    before = [number for number in done.restored if number in done.approved]
    told = [
        f"{letters(len(done.approved))} approved" if done.approved else "",
        f"{len(done.sealed)} sealed" if done.sealed else "",
        f"{len(before)} sealed before" if before else "",
        f"{len(done.restored) - len(before)} put back" if len(done.restored) > len(before) else "",
        f"{len(done.faults)} failed" if done.faults else "",
    ]
    console.say(
        ", ".join(filter(None, told))
        + f".\nFinal letters: {place.shown(place.finals(round_name))}"
        + ("" if done.faults else f"   Next: brevgen send {as_typed(round_name)}")
    )
    if done.faults:
        console.say(
            f"Mend what is said above, then go on with: brevgen approve {as_typed(round_name)}"
        )


def _some(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - FEW} others" if len(labels) > FEW else ""
    return ", ".join(labels[:FEW]) + more


def show_lineup(lineup: Lineup) -> None:
    """What is about to be approved: how much, in whose name, each figure, and what has changed."""
    console.show_findings(lineup.warnings, console.console())
    if lineup.letters:
        _show_figures_of(lineup)
    if lineup.to_seal:
        console.say(f"Approved before, to be sealed now: {_some(lineup.to_seal)}.")
    if sealed := len(lineup.approved) - len(lineup.to_seal):
        console.say(f"Approved and sealed already: {letters(sealed)}.")
    if lineup.sent:
        console.say(f"Passed over, sent already: {_some(lineup.sent)}.")
    if lineup.dropped:
        console.say(f"Approved, and not asked any more: {_some(lineup.dropped)}.")
    _show_changes("when it was last approved", lineup.since_approved)
    _show_changes("when it was last shown to you", lineup.since_shown)


def _show_figures_of(lineup: Lineup) -> None:
    """What would be approved: sums by signatory, then every letter with its figures."""
    sums: dict[str, list[int]] = {}
    for each in lineup.letters:
        for name in (each.letter.signatory, "All"):
            count = sums.setdefault(name, [0, 0, 0])
            count[0] += 1
            count[1] += each.letter.row.asked
            count[2] += each.letter.row.minors or 0
    console.show_table(
        {"In the name of": False, "Letters": True, "Refugees": True, "Minors": True},
        [[name, *sums[name]] for name in sorted(sums, key=lambda name: (name == "All", name))],
        title=f"To be approved in round {lineup.round}, by the account {lineup.account}",
    )
    has_before = any(each.asked_before is not None for each in lineup.letters)
    headers = {"Number": False, "Municipality": False, "Asked": True, "Minors": True}
    console.show_table(
        headers | ({"Last approved": True} if has_before else {}) | {"Changed": False},
        [
            [
                each.letter.number,
                each.letter.municipality.name,
                each.letter.row.asked,
                each.letter.row.minors or 0,
                *([each.asked_before] if has_before else []),
                "yes" if each.since_approved else "",
            ]
            for each in lineup.letters
        ],
    )


def question(lineup: Lineup) -> str:
    """What a person is asked before letters are approved and sealed."""
    if lineup.letters:
        return f"Approve {letters(len(lineup.letters))}?"
    return f"Seal {letters(len(lineup.to_seal))} that were approved before?"


def _show_changes(when: str, changes: Changes) -> None:
    """What is otherwise than before: once for what is the same in many, then every other change."""
    for pair, labels in changes.common.items():
        title = f"{letters(len(labels))} say otherwise than {when}: {_some(labels)}"
        show_differences(title.replace("when it was", "when they were"), [pair])
    for label, pairs in sorted(changes.single.items(), key=_figures_first):
        show_differences(f"{label}: says otherwise than {when}", pairs)


def _figures_first(item: tuple[str, Sequence[Change]]) -> tuple[bool, str]:
    """Letters in which a number has changed come before those in which only words have."""
    label, pairs = item
    digits = [["".join(filter(str.isdigit, line)) for line in pair] for pair in pairs]
    return all(old == new for old, new in digits), label


def show_differences(title: str, pairs: Sequence[Change]) -> None:
    """Old and new lines side by side."""
    console.show_table({"Before": False, "Now": False}, pairs, title=title)


def show_rounds(rounds: Sequence[RoundLine]) -> None:
    """The rounds of a workspace."""
    console.show_table(
        {"Round": False, "References": True, "Drafts": True, "Approved": True, "Sent": True},
        [[e.round, e.references, e.drafts, e.approved, e.sent] for e in rounds],
    )
    if not rounds:
        console.say("There is no round yet. A round is a folder under data/rounds.")


def show_status(found: Status) -> None:
    """Where letters stand, what approvals have lapsed and why, and what needs a person."""
    console.show_table(
        {"Number": False, "Municipality": False, "Asked": True, "Reference": False,
         "State": False, "Pages": True},
        [[e.number, e.municipality, e.asked, e.reference, e.state, e.pages] for e in found.letters],
    )  # fmt: skip
    _show_lapsed(found.letters)
    for each in found.letters:
        if each.approval is not None and each.approval.state == "withdrawn":
            console.say(f"{each.label}: approval withdrawn: {each.approval.reason}")
    _show_troubles(found)
    for dropped in found.dropped:
        been = "its letter has been sent" if dropped.was == "sent" else "its letter was approved"
        console.say(f"{dropped.label} ({dropped.reference}) is not asked any more, but {been}.")
    for state, count in Counter(each.state for each in found.letters).items():
        advice = tr(ADVICE.get(state, "")) if found.compared else ""  # type: ignore[call-overload]
        console.say(f"{count} {state}" + (f": {advice}" if advice else ""))
    if not found.compared:
        console.say(
            "This is what the ledger knows. The round’s files have faults, so the letters were not"
            " compared with them."
        )


def _show_lapsed(lines: Sequence[StatusLine]) -> None:
    from brevgen.letter.differences import in_common

    lapsed = {each.label: each.lapsed_because for each in lines if each.lapsed_because}
    changes = in_common(lapsed)
    for pair, labels in changes.common.items():
        show_differences(
            f"The approval of {letters(len(labels))} has lapsed: {_some(labels)}", [pair]
        )
    for label, pairs in changes.single.items():
        show_differences(f"{label}: the approval has lapsed", pairs)


def _show_troubles(found: Status) -> None:
    """Recipients with whom a person has something to do, and how many are in each state."""
    recipients = [(letter, each) for letter in found.letters for each in letter.recipients]
    for state in RECIPIENT_ADVICE:
        those = [(letter, each) for letter, each in recipients if each.state == state]
        those = [(letter, each) for letter, each in those if each.advice]
        if not those:
            continue
        advice = those[0][1].advice
        if len(those) > 1:
            advice = advice_on_all(state, found.round)
        console.show_pairs(
            f"Needs a person, {len(those)} {state}: {advice}",
            [
                (
                    f"{letter.label}, {each.title}",
                    f"{each.address}: {each.answer or state} ({moment(each.at)})",
                )
                for letter, each in those
            ],
        )
    if any(each.at for _, each in recipients):
        counts = Counter(each.state for _, each in recipients)
        told = ", ".join(f"{count} {state}" for state, count in counts.most_common())
        console.say(f"Recipients: {told}")


def recipient_lines(found: Status) -> list[dict[str, object]]:
    """One line per letter and recipient, for spreadsheet programs."""
    return [
        {
            "number": line.number,
            "municipality": as_text_cell(line.municipality),
            "asked": "" if line.asked is None else line.asked,
            "reference": as_text_cell(line.reference),
            "state": line.state,
            "recipient_title": as_text_cell(each.title),
            "recipient_name": as_text_cell(each.name),
            "recipient_address": as_text_cell(each.address),
            "recipient_state": each.state,
            "recipient_at": each.at.isoformat() if each.at else "",
            "recipient_answer": as_text_cell(each.answer),
            "recipient_advice": each.advice,
        }
        for line in found.letters
        for each in line.recipients
    ]


def show_history(events: Sequence[Event]) -> None:
    """What has happened, the oldest first."""
    console.show_table(
        dict.fromkeys(("When", "Round", "Letter", "Who", "What", ""), False),
        [
            [
                moment(each.at),
                each.round,
                " ".join(filter(None, (each.municipality, each.reference))),
                str(each.actor),
                act_of(each),
                particulars_of(each),
            ]
            for each in events
        ],
    )
    if not events:
        console.say("Nothing has happened.")


def verification_lines(answer: Verification) -> list[tuple[str, str]]:
    """What is known of a file, as label and value."""
    seal, ledger = answer.seal, answer.ledger
    if not seal.sealed:
        return []
    number = f" ({seal.organisation_number})" if seal.organisation_number else ""
    trusted = "yes" if seal.chain_trusted else "no"
    lines = [
        ("Sealed by", f"{seal.signer_name}, {seal.organisation}{number}"),
        ("Sealed at", moment(seal.sealed_at)),
        ("Unchanged since", "yes" if seal.intact and seal.covers_whole_file else "no"),
        ("Issuer trusted", trusted + (" (TEST key)" if seal.is_test else "")),
    ]
    if ledger is not None and ledger.known:
        approved = (
            f"{moment(ledger.approved_at)} in the name of {ledger.approved_in_the_name_of}"
            f" by the account {ledger.approved_by}"
        )
        lines += [
            ("Letter", f"{ledger.reference}, round {ledger.round}, {ledger.municipality}"),
            ("Approved", approved if ledger.approved_at else "no"),
            ("Sent", moment(ledger.sent_at) or "no"),
        ]
    return [
        *((label, value) for label, value in lines if value),
        *(("Note", each) for each in answer.remarks),
    ]
