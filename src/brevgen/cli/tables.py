"""What the commands show: control figures, where letters stand, what is to be approved."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from brevgen.cli import console as screen
from brevgen.facts.round_facts import RoundFacts
from brevgen.findings import Finding, Place
from brevgen.ledger.reader import LedgerReader
from brevgen.letter.differences import differences, lines
from brevgen.rounds.addressees import ADVICE as RECIPIENT_ADVICE
from brevgen.rounds.addressees import Addressee
from brevgen.rounds.approve import LinedUp, Lineup
from brevgen.rounds.generate import Batch
from brevgen.rounds.report import harmless
from brevgen.rounds.status import ADVICE, Known, Planned
from brevgen.workspace import Workspace

if TYPE_CHECKING:
    from brevgen.rounds.verify import Verification  # takes long to load

FEW = 12
"""How many letters are shown one by one before they are only counted."""


def control_figures(facts: RoundFacts) -> list[dict[str, Any]]:
    """Municipalities, refugees and minors by area, then all together."""
    figures: dict[str, dict[str, Any]] = {}
    for row, municipality in facts.asked():
        for area in (facts.area(municipality), "All"):
            each = figures.setdefault(
                area, {"area": area, "municipalities": 0, "refugees": 0, "minors": 0}
            )
            each["municipalities"] += 1
            each["refugees"] += row.asked
            each["minors"] += row.minors or 0
    return sorted(figures.values(), key=lambda each: (each["area"] == "All", each["area"]))


def show_figures(facts: RoundFacts, figures: list[dict[str, Any]]) -> None:
    """The control figures as a table."""
    screen.show_table(
        {"Area": False, "Municipalities": True, "Refugees": True, "Minors": True},
        [list(each.values()) for each in figures],
        title=f"Round {facts.name}, letters of {facts.round.letter_date},"
        f" answers by {facts.round.last_day}",
    )


def show_faults(faults: dict[str, tuple[str, ...]]) -> None:
    """The rules that letters broke, by municipality number."""
    screen.show_findings(
        [
            Finding("fault", rule, "The letter was not made.", Place(f"letter {number}"))
            for number, rules in sorted(faults.items())
            for rule in rules
        ]
    )


def show_batch(place: Workspace, name: str, done: Batch) -> None:
    """What `generate` has done."""
    show_faults(dict(done.faults))
    for file in done.removed:
        screen.say(f"Removed, no longer in the round or no longer approved: {file}")
    folder = place.shown(place.output(name))
    waiting = sum(each.state == "approved" for each in done.letters)
    screen.say(
        f"{letters(len(done.made))} made, {len(done.kept)} up to date"
        + (f", {len(done.faults)} failed" if done.faults else "")
        + f".\nDrafts: {folder}/drafts   Report: {folder}/report.html"
    )
    if waiting:
        screen.say(f"{waiting} are approved but not sealed. Go on with: brevgen approve {name}")


def show_approved(
    place: Workspace, name: str, approved: int, to_seal: int, faults: dict[str, tuple[str, ...]]
) -> None:
    """What `approve` has done."""
    show_faults(faults)
    if not approved and not to_seal:
        screen.say("All of these are approved and sealed already.")
        return
    screen.say(
        f"{letters(approved)} approved, {to_seal - len(faults)} sealed"
        + (f", {len(faults)} failed" if faults else "")
        + f".\nFinal letters: {place.shown(place.finals(name))}"
        + ("" if faults else f"   Next: brevgen send {name}")
    )
    if faults:
        screen.say(f"Mend what is said above, then go on with: brevgen approve {name}")


def letters(count: int) -> str:
    """A number of letters in words."""
    return "1 letter" if count == 1 else f"{count} letters"


def status_line(letter: Planned, lapsed: list[tuple[str, str]]) -> dict[str, Any]:
    """Where a letter stands, for the table and for programs."""
    approval = letter.approval
    return {
        "number": letter.number,
        "municipality": letter.municipality.name,
        "asked": letter.row.asked,
        "reference": letter.letter.reference,
        "state": letter.state,
        "pages": letter.pages,
        "advice": letter.advice,
        "approved_in_the_name_of": approval.signatory if approval else "",
        "approved_by": approval.account if approval else "",
        "approved_at": approval.at.isoformat() if approval else "",
        "approval": _approval_state(letter),
        "lapsed_because": [{"approved": old, "now": new} for old, new in lapsed],
        "sent_at": letter.sent_at.isoformat() if letter.sent_at else "",
        "recipients": [_addressee(each) for each in letter.addressees],
    }


def _addressee(each: Addressee) -> dict[str, str]:
    last = each.sent.last if each.sent is not None else None
    return {
        "title": each.recipient.title,
        "name": each.recipient.name,
        "address": each.recipient.address,
        "state": each.state,
        "at": last.at.isoformat() if last else "",
        "answer": last.words if last else "",
        "advice": each.advice,
    }


def recipient_lines(letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line per letter and recipient, for spreadsheet programs."""
    told = ("number", "municipality", "asked", "reference", "state")
    return [
        {key: harmless(line[key]) for key in told}
        | {f"recipient_{key}": harmless(value) for key, value in recipient.items()}
        for line in letters
        for recipient in line["recipients"]
    ]


def _approval_state(letter: Planned) -> str:
    if letter.approval is None:
        return ""
    if letter.approval.withdrawn is not None:
        return f"withdrawn: {letter.approval.withdrawn.reason}"
    return "approved" if letter.is_approved else "lapsed"


def why_lapsed(letter: Planned, now: str, ledger: LedgerReader) -> list[tuple[str, str]]:
    """The lines that were approved beside the lines as they are now, where they differ.

    Args:
        letter: a letter whose approval has lapsed.
        now: what it would say approved, as JSON.
        ledger: keeps what was approved.
    """
    assert letter.approval is not None, "it was approved"
    return differences(lines(ledger.content(letter.approval.content_digest)), lines(now))


def show_status(letters: list[dict[str, Any]]) -> None:
    """Where every letter stands, what approvals have lapsed and why, and the sums."""
    columns = {"Number": False, "Municipality": False, "Asked": True, "Reference": False,
               "State": False, "Pages": True}  # fmt: skip
    screen.show_table(columns, [list(each.values())[: len(columns)] for each in letters])
    for each in letters:
        if each["approval"] == "lapsed":
            pairs = [(pair["approved"], pair["now"]) for pair in each["lapsed_because"]]
            title = f"{each['number']} {each['municipality']}: the approval has lapsed"
            show_differences(title, pairs)
        elif each["approval"].startswith("withdrawn"):
            screen.say(f"{each['number']} {each['municipality']}: approval {each['approval']}")
    _show_troubles(letters)
    for state, advice in ADVICE.items():
        if count := sum(each["state"] == state for each in letters):
            screen.say(f"{count} {state}" + (f": {advice}" if advice else ""))


def _show_troubles(letters: list[dict[str, Any]]) -> None:
    """Recipients with whom a person has something to do, and how many are in each state."""
    recipients = [(letter, each) for letter in letters for each in letter["recipients"]]
    for state, advice in RECIPIENT_ADVICE.items():
        pairs = [
            (
                f"{letter['number']} {letter['municipality']}, {each['title']}",
                f"{each['address']}: {each['answer'] or state} ({_moment(each['at'])})",
            )
            for letter, each in recipients
            if each["state"] == state
        ]
        if advice and pairs:
            screen.show_pairs(f"Needs a person, {len(pairs)} {state}: {advice}", pairs)
    begun = any(each["at"] for _, each in recipients)
    counts = Counter(each["state"] for _, each in recipients)
    if begun:
        told = ", ".join(f"{count} {state}" for state, count in counts.most_common())
        screen.say(f"Recipients: {told}")


def _moment(iso: str) -> str:
    """A moment of the ledger's, `2017-11-06T09:05:00+00:00`, as a person reads it."""
    return iso.replace("T", " ").replace("+00:00", " UTC")


def show_unasked(facts: RoundFacts, known: Known) -> None:
    """Letters that were sent to municipalities that are not asked any more."""
    asked = {row.number for row in facts.allocation.rows}
    for number in sorted(known.dispatches.keys() - asked):
        if file := known.left(number):
            screen.say(
                f"{number} ({file.reference}) is not asked any more, but its letter has been sent."
            )


def show_differences(title: str, pairs: list[tuple[str, str]]) -> None:
    """Old and new lines side by side."""
    screen.show_table(
        {"Before": False, "Now": False},
        pairs or [("", "only how it is put together; the words are the same")],
        title=title,
    )


def show_lineup(facts: RoundFacts, lineup: Lineup, findings: list[Finding], account: str) -> None:
    """What is about to be approved: how much, whom, in whose name, and what has changed."""
    screen.show_findings(findings, screen.console())
    rows: dict[str, list[int]] = {name: [0, 0, 0] for name in lineup.signatories}
    for each in lineup.letters:
        sums = rows[each.letter.signatory]
        sums[0] += 1
        sums[1] += each.letter.row.asked
        sums[2] += each.letter.row.minors or 0
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    screen.show_table(
        {"In the name of": False, "Letters": True, "Refugees": True, "Minors": True},
        [*([name, *sums] for name, sums in rows.items()), ["All", *total]],
        title=f"To be approved in round {facts.name}, by the account {account}",
    )
    names = [each.letter.municipality.label for each in lineup.letters]
    screen.say(", ".join(names))
    if lineup.approved:
        screen.say(f"{lineup.approved} others are approved already.")
    changed = [each for each in lineup.letters if each.changed]
    for each in changed[:FEW]:
        _show_changed(each)
    if len(changed) > FEW:
        screen.say(f"{len(changed) - FEW} more have changed since they were last shown.")


def _show_changed(each: LinedUp) -> None:
    title = f"{each.letter.municipality.label}: changed since it was last shown"
    show_differences(title, list(each.changed))


def verification_lines(answer: "Verification") -> list[tuple[str, str]]:
    """What is known of a file, as label and value; times are of UTC."""

    def told(at: datetime | None) -> str:
        return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at is not None else ""

    seal, ledger = answer.seal, answer.ledger
    if not seal.sealed:
        return []
    number = f" ({seal.organisation_number})" if seal.organisation_number else ""
    trusted = "yes" if seal.chain_trusted else "no"
    lines = [
        ("Sealed by", f"{seal.signer_name}, {seal.organisation}{number}"),
        ("Sealed at", told(seal.sealed_at)),
        ("Unchanged since", "yes" if seal.intact and seal.covers_whole_file else "no"),
        ("Issuer trusted", trusted + (" (TEST key)" if seal.is_test else "")),
    ]
    if ledger is not None and ledger.known:
        approved = (
            f"{told(ledger.approved_at)} in the name of {ledger.approved_in_the_name_of}"
            f" by the account {ledger.approved_by}"
        )
        lines += [
            ("Letter", f"{ledger.reference}, round {ledger.round}, {ledger.municipality}"),
            ("Approved", approved if ledger.approved_at else "no"),
            ("Sent", told(ledger.sent_at) or "no"),
        ]
    return [
        *((label, value) for label, value in lines if value),
        *(("Note", each) for each in answer.remarks),
    ]
