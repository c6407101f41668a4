"""What the commands show of what has become of letters: status, history, verification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from brevgen.cli import console, tables_answers
from brevgen.cli.tables import by_state, show_differences, some
from brevgen.language import tr, untranslated, when
from brevgen.rounds.addressees import ADVICE as RECIPIENT_ADVICE
from brevgen.rounds.addressees import advice_on_all
from brevgen.rounds.answer_status import words_of
from brevgen.rounds.letter_status import ADVICE
from brevgen.rounds.status import RoundLine, Status, StatusLine
from brevgen.tables.csv_file import as_text_cell

if TYPE_CHECKING:  # what takes long to load is loaded by the command that uses it
    from brevgen.rounds.verification import PasskeyAnswer, Verification


def show_rounds(rounds: Sequence[RoundLine]) -> None:
    """The rounds of a workspace."""
    console.show_table(
        {
            tr("Round"): False,
            tr("References"): True,
            tr("Drafts"): True,
            tr("Approved"): True,
            tr("Sent"): True,
        },
        [[e.round, e.references, e.drafts, e.approved, e.sent] for e in rounds],
    )
    if not rounds:
        console.say(tr("There is no round yet. A round is a folder under data/rounds."))


def show_status(found: Status) -> None:
    """Where letters stand, what approvals have lapsed and why, and what needs a person."""
    answered = found.answers is not None
    archived = any(each.archive_number for each in found.letters)
    console.show_table(
        {
            tr("Number"): False,
            tr("Municipality"): False,
            **dict.fromkeys(found.called.values(), True),
            tr("Reference"): False,
            tr("State"): False,
            tr("Answer") if answered else tr("Pages"): not answered,
            **({tr("Archive"): False} if archived else {}),
        },
        [
            [
                e.number,
                e.municipality,
                *(e.counts.get(name) for name in found.called),
                e.reference,
                tr(e.state),
                words_of(e.answer) if answered else e.pages,
                *([e.archive_number] if archived else []),
            ]
            for e in found.letters
        ],
    )
    _show_lapsed(found.letters)
    for each in found.letters:
        if each.approval is not None and each.approval.state == "withdrawn":
            reason = each.approval.reason
            console.say(
                tr("{label}: approval withdrawn: {reason}", label=each.label, reason=reason)
            )
    _show_troubles(found)
    for dropped in found.dropped:
        told = _DROPPED[dropped.was, bool(dropped.because)]
        console.say(
            tr(told, label=dropped.label, reference=dropped.reference, because=dropped.because)
        )
    for state, count in Counter(each.state for each in found.letters).items():
        advice = ADVICE.get(state, "") if found.compared else ""  # type: ignore[call-overload]
        line = tr("{count} {state}", count=count, state=tr(state))
        console.say(f"{line}: {tr(advice)}" if advice else line)
    if not found.compared:
        console.say(
            tr(
                "This is what the ledger knows. The round’s files have faults, so the letters were"
                " not compared with them."
            )
        )
    tables_answers.show_answers(found)


_DROPPED = {
    ("sent", False): untranslated(
        "{label} ({reference}) is not asked any more, but its letter has been sent."
    ),
    ("approved", False): untranslated(
        "{label} ({reference}) is not asked any more, but its letter was approved."
    ),
    ("sent", True): untranslated("{label} ({reference}) has been sent; since then {because}."),
    ("approved", True): untranslated(
        "{label} ({reference}) is not sent, and its approval has lapsed: {because}."
    ),
}
"""What is told of a letter that is not in the round any more: what it was, and if it is known why.
"""


def _show_lapsed(lines: Sequence[StatusLine]) -> None:
    from brevgen.letter.differences import in_common

    lapsed = {each.label: each.lapsed_because for each in lines if each.lapsed_because}
    changes = in_common(lapsed)
    for pair, labels in changes.common.items():
        lapsed_in_many = tr(
            "The approval of {count} letters has lapsed: {labels}",
            count=len(labels),
            labels=some(labels),
        )
        show_differences(lapsed_in_many, [pair])
    for label, pairs in changes.single.items():
        show_differences(tr("{label}: the approval has lapsed", label=label), pairs)


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
            tr(
                "Needs a person, {count} {state}: {advice}",
                count=len(those),
                state=tr(state),
                advice=advice,
            ),
            [
                (
                    f"{letter.label}, {each.title}",
                    f"{each.address}: {each.answer or tr(state)} ({when(each.at)})",
                )
                for letter, each in those
            ],
        )
    if any(each.at for _, each in recipients):
        counts = dict(Counter(each.state for _, each in recipients).most_common())
        console.say(tr("Recipients: {told}", told=by_state(counts)))


def recipient_lines(found: Status) -> list[dict[str, object]]:
    """One line per letter and recipient, for spreadsheet programs: bokmål, times in UTC."""
    return [
        {
            "kommunenummer": line.number,
            "kommune": as_text_cell(line.municipality),
            "antall": "" if (count := next(iter(line.counts.values()), None)) is None else count,
            "referanse": as_text_cell(line.reference),
            "status": tr(line.state),
            "mottaker": as_text_cell(each.title),
            "mottaker_navn": as_text_cell(each.name),
            "mottaker_adresse": as_text_cell(each.address),
            "mottaker_status": tr(each.state),
            "mottaker_tidspunkt": each.at.isoformat() if each.at else "",
            "mottaker_svar": as_text_cell(each.answer),
            "mottaker_råd": each.advice,
            **tables_answers.answer_cells(line.answer),
            "arkiv": as_text_cell(line.archive_number),
        }
        for line in found.letters
        for each in line.recipients
    ]


def _passkey(passkey: PasskeyAnswer | None) -> str:
    """The passkey that signed an approval; empty without one."""
    if passkey is None:
        return ""
    return tr(
        "the passkey “{name}” of {account}, registered {at} on {host}",
        name=passkey.name,
        account=passkey.account,
        at=when(passkey.registered_at),
        host=passkey.host,
    )


def _told_in_file(answer: Verification) -> list[tuple[str, str]]:
    told, title = answer.approval, tr("According to the file")
    if told is None:
        return [(title, tr("nothing, as letters sealed by earlier versions of brevgen"))]
    approved = tr(
        "{reference} approved {at} in the name of {signatory} by the account {account}",
        reference=told.reference,
        at=when(told.at),
        signatory=told.signatory,
        account=told.account,
    )
    held = answer.approval_held_by_seal
    return [
        (title, approved),
        (tr("Held by the seal"), tr("yes") if held else tr("no")),
        (tr("Manifest"), told.manifest),
    ]


def verification_lines(answer: Verification) -> list[tuple[str, str]]:
    """What is known of a file, as label and value."""
    seal, ledger = answer.seal, answer.ledger
    if not seal.sealed:
        return []
    yes, no = tr("yes"), tr("no")
    number = f" ({seal.organisation_number})" if seal.organisation_number else ""
    trusted = yes if seal.chain_trusted else no
    lines = [
        (tr("Sealed by"), f"{seal.signer_name}, {seal.organisation}{number}"),
        (tr("Sealed at"), when(seal.sealed_at)),
        (tr("Unchanged since"), yes if seal.intact and seal.covers_whole_file else no),
        (tr("Issuer trusted"), tr("{yes_or_no} (TEST key)", yes_or_no=trusted))
        if seal.is_test
        else (tr("Issuer trusted"), trusted),
    ]
    lines += _told_in_file(answer)
    if ledger is not None and ledger.known:
        letter = tr(
            "{reference}, round {round}, {municipality}",
            reference=ledger.reference,
            round=ledger.round,
            municipality=ledger.municipality,
        )
        approved = tr(
            "{at} in the name of {signatory} by the account {account}",
            at=when(ledger.approved_at),
            signatory=ledger.approved_in_the_name_of,
            account=ledger.approved_by,
        )
        lines += [
            (tr("Letter"), letter),
            (tr("Approved"), approved if ledger.approved_at else no),
            (tr("Signed with"), _passkey(ledger.passkey)),
            (tr("Sent"), when(ledger.sent_at) or no),
        ]
    return [
        *((label, value) for label, value in lines if value),
        *((tr("Note"), each) for each in answer.remarks),
    ]
