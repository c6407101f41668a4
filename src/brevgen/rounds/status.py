"""The status of a round: where every letter stands, and what needs a person.

Works from the ledger alone where the round's files have faults; then nothing can be said of what a
letter would say now, and the states are those the ledger knows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from brevgen.channels.words import shown
from brevgen.errors import LedgerOutdated, WrongUse
from brevgen.facts.selection import select
from brevgen.language import tr, untranslated, when
from brevgen.ledger.records import Approval
from brevgen.letter.differences import Change, differences, lines
from brevgen.rounds.addressees import advice_on
from brevgen.rounds.answer_status import AnswersFound, AnswerState, AnswerStatus
from brevgen.rounds.letter_status import Known, LetterState, LetterStatus
from brevgen.rounds.session import RoundSession
from brevgen.workspace import Workspace

_LOOKS_OTHERWISE = untranslated(
    "The words are the same, but it looks otherwise than when it was approved."
)
_SAME_WORDS = untranslated("The words are the same; only how they are put together is otherwise.")

STATES: tuple[LetterState, ...] = get_args(LetterState)
"""Where a letter can stand."""


@dataclass(frozen=True)
class ApprovalStatus:
    """The latest approval of a letter, and whether it still holds.

    Args:
        state: `approved`; `lapsed` where the letter says or looks otherwise now; `withdrawn`;
            `not compared` where the round's files have faults.
        in_the_name_of: the signatory.
        by: the account that approved.
        at: when, aware.
        reason: why it was taken back.
    """

    state: Literal["approved", "lapsed", "withdrawn", "not compared"]
    in_the_name_of: str
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class RecipientStatus:
    """Where a letter stands with one recipient.

    Args:
        title: e.g. `Ordfører`.
        name: the person's name; may be empty.
        address: where it goes.
        state: where it stands.
        at: since when, aware; None where nothing was sent yet.
        answer: what the server or a person has said of it.
        advice: what a person is to do.
    """

    title: str
    name: str
    address: str
    state: str
    at: datetime | None
    answer: str
    advice: str


@dataclass(frozen=True)
class StatusLine:
    """Where one letter stands.

    Args:
        number: municipality number.
        municipality: its name.
        counts: what the allocation says, by the name of the fact, such as `asked`; None where a
            cell is blank; empty where the round's files have faults.
        reference: our reference; empty where none was given yet.
        state: where it stands.
        pages: how many it has, if it is there.
        advice: what a person is to do.
        approval: its latest approval, if any.
        lapsed_because: approved and present line where they differ.
        sent_at: when the last of those who have it got it, aware.
        recipients: whom it goes to.
        answer: what has come back; None while nobody has it, or where no answer is wanted.
        archive_number: what the archive calls it, such as `2017/9235-2`; empty while not known.
    """

    number: str
    municipality: str
    counts: Mapping[str, int | None]
    reference: str
    state: str
    pages: int | None
    advice: str
    approval: ApprovalStatus | None
    lapsed_because: tuple[Change, ...]
    sent_at: datetime | None
    recipients: tuple[RecipientStatus, ...]
    answer: AnswerStatus | None = None
    archive_number: str = ""

    @property
    def label(self) -> str:
        """Number and name of the municipality."""
        return f"{self.number} {self.municipality}".strip()


@dataclass(frozen=True)
class Dropped:
    """A municipality that is not asked any more although its letter was approved or sent.

    Args:
        number: municipality number.
        label: number and name.
        reference: the letter's reference.
        was: what had become of the letter.
        because: why it gets no letter any more, where that is known: it has answered.
    """

    number: str
    label: str
    reference: str
    was: Literal["approved", "sent"]
    because: str = ""


@dataclass(frozen=True)
class Status:
    """The status of a round.

    Args:
        round: its name.
        letters: a line for each letter that was asked about.
        dropped: municipalities that are not asked any more.
        compared: whether the letters were compared with the round's files; not where these have
            faults.
        answers: the answers taken together; None where nobody has a letter that wants one.
        called: what the leading count of the lines is called, by the name of its fact.
    """

    round: str
    letters: tuple[StatusLine, ...]
    dropped: tuple[Dropped, ...]
    compared: bool
    answers: AnswersFound | None = None
    called: Mapping[str, str] = field(default_factory=dict)


def status(
    session: RoundSession,
    *,
    only: Collection[str] = (),
    region: str = "",
    states: Collection[str] = (),
    answers: Collection[AnswerState] = (),
) -> Status:
    """Where the letters of a round stand.

    With a ledger that is missing, or not the one the letters were made with, that is told.

    Args:
        only: municipality numbers or names; none for all.
        region: only those of a region or county.
        states: only letters in these states; none for all.
        answers: only letters to which this has come back; none for all.

    Raises:
        WrongUse: a name or region means nobody, or several.
        FaultyInput: a region was asked for, and the round cannot be read.
    """
    try:
        session.check_ledger()
    except LedgerOutdated as outdated:
        session.tell(str(outdated))
    if session.ledger_doubt:
        session.tell(session.ledger_doubt)
    chosen = _chosen(session, only, region)
    statuses = session.answers.statuses()
    facts = session.readable_facts
    kind = facts.kind if facts is not None else None
    called = {kind.lead: kind.columns[kind.lead].title} if kind is not None and kind.lead else {}
    if session.has_faults:
        numbers = sorted(chosen & session.known.references.keys())
        found = [_known_line(session, number) for number in numbers]
        dropped: tuple[Dropped, ...] = ()
    else:
        letters = [each for each in session.letters() if each.number in chosen]
        found = [_line(session, each) for each in letters]
        dropped = tuple(each for each in dropped_from(session) if each.number in chosen)
    archived = {number: session.known.archived(number) for number in session.known.references}
    found = [
        replace(
            each,
            answer=statuses.get(each.number),
            archive_number=kept.in_words if (kept := archived.get(each.number)) else "",
        )
        for each in found
    ]
    if states:
        found = [each for each in found if each.state in states]
    if answers:
        found = [each for each in found if each.answer and each.answer.state in answers]
    together = session.answers.together(chosen if only or region else None)
    return Status(session.name, tuple(found), dropped, not session.has_faults, together, called)


def _chosen(session: RoundSession, only: Collection[str], region: str) -> set[str]:
    """The numbers that are meant, among them those of letters to whom is not asked any more."""
    known, facts = set(session.known.references), session.readable_facts
    if facts is None:
        if region:
            session.findings.stop_on_faults()
        return session.choose_known(only) if only else known
    if region:
        return select(facts, only, region)
    numbers: set[str] = set() if only else known | select(facts)
    for who in only:
        try:
            numbers |= select(facts, [who])
        except WrongUse as not_asked:
            try:
                numbers |= session.choose_known([who])
            except WrongUse:
                raise not_asked from None
    return numbers


def _line(session: RoundSession, letter: LetterStatus) -> StatusLine:
    return StatusLine(
        number=letter.number,
        municipality=letter.municipality.name,
        counts={name: letter.row.count(name) for name in letter.kind.main_counts},
        reference=letter.letter.reference,
        state=letter.state,
        pages=letter.pages,
        advice=letter.advice,
        approval=_approval(
            letter.approval, "approved" if letter.is_approved else untranslated("lapsed")
        ),
        lapsed_because=_why_lapsed(session, letter) if letter.has_lapsed else (),
        sent_at=letter.sent_at,
        recipients=tuple(
            RecipientStatus(
                each.recipient.title,
                each.recipient.name,
                each.recipient.where,
                each.state,
                last.at if (last := each.last_receipt) else None,
                each.words,
                each.advice,
            )
            for each in letter.addressees
        ),
    )


def _approval(
    approval: Approval | None, state: Literal["approved", "lapsed", "not compared"]
) -> ApprovalStatus | None:
    if approval is None:
        return None
    taken = approval.withdrawn
    return ApprovalStatus(
        untranslated("withdrawn") if taken else state,
        approval.signatory,
        approval.account,
        approval.at,
        taken.reason if taken else "",
    )


def _why_lapsed(session: RoundSession, letter: LetterStatus) -> tuple[Change, ...]:
    """The lines that were approved beside the lines as they are now, where they differ."""
    assert letter.approval is not None, "it was approved"
    approved = session.ledger.content(letter.approval.content_digest)
    now = session.content(letter.letter_as_approved)
    if approved == now.as_json():
        return (("", tr(_LOOKS_OTHERWISE)),)
    return changes(approved, now.as_json())


def changes(before: str, now: str) -> tuple[Change, ...]:
    """Pairs of lines that differ between two contents (JSON) that are not the same; never none."""
    found = differences(lines(before), lines(now))
    return tuple(found) or (("", tr(_SAME_WORDS)),)


def _known_line(session: RoundSession, number: str) -> StatusLine:
    """Where a letter stands as far as the ledger knows."""
    known = session.known
    sent = known.deliveries.get(number, ())
    files = known.final(number) or known.made.get(number)
    return StatusLine(
        number=number,
        municipality=session.label(number).removeprefix(number).strip(),
        counts={},
        reference=known.references.get(number, ""),
        state=known_state(known, number),
        pages=files.pages if files else None,
        advice=tr("mend the faults of the round first"),
        approval=_approval(known.approvals.get(number), untranslated("not compared")),
        lapsed_because=(),
        sent_at=max((each.sent_at for each in sent if each.sent_at), default=None),
        recipients=tuple(
            RecipientStatus(
                each.title,
                each.name,
                each.address or each.recipient_key,
                each.state,
                each.receipts[-1].at,
                shown(each.receipts[-1].words),
                advice_on(each),
            )
            for each in sent
        ),
    )


def known_state(known: Known, number: str) -> str:
    """Where a letter stands as far as the ledger knows."""
    sent = known.deliveries.get(number, ())
    if known.left(number):
        have_it = all(each.state in ("sent", "reached otherwise") for each in sent)
        return "sent" if have_it else "partly sent"
    if known.final(number) is not None:  # a draft made since then is a newer letter
        return "draft" if number in known.made else "final"
    if known.approval(number) is not None:
        return "approved"
    return "draft" if number in known.made else "to make"


def dropped_from(session: RoundSession) -> tuple[Dropped, ...]:
    """Letters that were approved or sent, to municipalities that are not asked any more."""
    known = session.known
    asked = {row.number for row in session.facts.allocation.rows}
    dropped = []
    for number in known.references:
        if number in asked:
            continue
        if known.left(number):
            dropped.append(_dropped(session, number, "sent"))
        elif known.approval(number):
            dropped.append(_dropped(session, number, "approved"))
    return tuple(dropped)


def _dropped(session: RoundSession, number: str, was: Literal["approved", "sent"]) -> Dropped:
    facts = session.facts
    earlier, because = facts.earlier(number), ""
    if facts.kind.waits_for_answers and earlier is not None and earlier.answer is not None:
        because = tr(
            "it has answered ({decided} decided on {day})",
            decided=earlier.answer.decided,
            day=when(earlier.answer.on),
        )
    return Dropped(number, session.label(number), session.known.references[number], was, because)


@dataclass(frozen=True)
class RoundLine:
    """A round of the workspace, and how many of its letters the ledger knows in each stage."""

    round: str
    references: int
    drafts: int
    approved: int
    sent: int


def rounds(workspace: Workspace) -> list[RoundLine]:
    """The rounds there are, and how far they have come."""
    if not workspace.has_ledger:
        return [RoundLine(name, 0, 0, 0, 0) for name in workspace.rounds()]
    from brevgen.ledger.reader import LedgerReader

    with LedgerReader(workspace.ledger) as ledger:
        return [_round_line(name, Known.of(ledger, name)) for name in workspace.rounds()]


def _round_line(name: str, known: Known) -> RoundLine:
    return RoundLine(
        name,
        len(known.references),
        len(known.made),
        sum(known.approval(number) is not None for number in known.approvals),
        sum(known.left(number) is not None for number in known.deliveries),
    )
