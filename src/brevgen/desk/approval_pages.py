"""Approving: what would be approved, shown on a page, and approved exactly as it was shown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brevgen.desk.asked import numbers_in, reading, with_form
from brevgen.desk.passkey_forms import host, signature_in, to_sign, usable
from brevgen.desk.show import page
from brevgen.desk.work_pages import begin
from brevgen.errors import Refused
from brevgen.facts.sums import sums_by_area
from brevgen.language import tr
from brevgen.ledger.approval_records import PasskeySignature
from brevgen.letter.differences import Changes
from brevgen.rounds.letter_requests import letter_requests, waiting
from brevgen.rounds.lineup import Lineup, approvable, approver_for, line_up
from brevgen.rounds.passkey_signature import challenge_for, check_signature
from brevgen.rounds.reading import marks, progress
from brevgen.rounds.session import RoundSession


@dataclass(frozen=True)
class Problem:
    """Why letters were not approved as they were shown.

    Args:
        reasons: each in a sentence.
        changes: what the letters say otherwise than they were shown.
    """

    reasons: Sequence[str]
    changes: Changes | None = None


def _shown(request: Request) -> Response:
    only = request.query_params.getlist("only")
    area = request.query_params.get("area", "")
    with reading(request) as session:
        return _page(request, session, session.choose(only, area), area)


def _page(
    request: Request,
    session: RoundSession,
    chosen: set[str],
    area: str = "",
    problem: Problem | None = None,
) -> Response:
    """The page, with all of the chosen letters that the account may approve."""
    allowed, left_out = approvable(session, chosen, approver_for(session))
    lineup = line_up(session, allowed, approver_for(session))
    may_approve = "approve" in session.actor.roles
    if lineup.letters and may_approve:
        _record_shown(session, lineup)
    numbers = [each.letter.number for each in lineup.letters]
    requests, read = letter_requests(session), marks(session)
    asked = waiting({each: requests[each] for each in numbers if each in requests})
    return page(
        request,
        "approve",
        200 if problem is None else 409,
        name=session.name,
        lineup=lineup,
        chosen=sorted({*numbers, *_to_seal(session, allowed)}),
        left_out=left_out,
        sums=_sums(lineup),
        signatories=sorted({each.letter.signatory for each in lineup.letters}),
        requests={each.request.sequence: each.request for each in asked.values()}.values(),
        asked=asked,
        marks=read,
        progress=progress(session, read),
        notes=read.notes(each.letter for each in lineup.letters),
        numbers=numbers,
        areas=[each.area for each in sums_by_area(session.facts)],
        area=area,
        is_all=chosen == session.choose(),
        may_approve=may_approve,
        problem=problem,
        **_passkey_values(request, session, lineup),
    )


def _record_shown(session: RoundSession, lineup: Lineup) -> None:
    """Remember what the account was shown, unless it was shown just that before."""
    before = session.ledger.last_shown(session.name, session.actor.account)
    if any(before.get(each.municipality) != each.content_digest for each in lineup.entries):
        session.record_shown(lineup.entries)


def _to_seal(session: RoundSession, allowed: set[str]) -> set[str]:
    return {
        each.number
        for each in session.letters()
        if each.number in allowed and each.state == "approved"
    }


def _sums(lineup: Lineup) -> dict[str, int]:
    return {
        column.title: sum(each.letter.row.count(fact) or 0 for each in lineup.letters)
        for fact, column in lineup.counts.items()
    }


def _challenge(session: RoundSession, lineup: Lineup) -> bytes:
    return challenge_for(session.ledger, lineup)


def _passkey_values(request: Request, session: RoundSession, lineup: Lineup) -> dict[str, Any]:
    """What the page needs to have the approval signed."""
    name, passkeys, asks = host(request), [], None
    if lineup.letters:
        passkeys = usable(session.ledger.passkeys(session.actor.account), name)
    if passkeys:
        asks = to_sign(passkeys, name, _challenge(session, lineup))
    is_required = session.workspace.settings.approval.passkey == "required"
    return {"passkey": asks, "passkey_is_required": is_required and bool(lineup.letters)}


@with_form
def _approve(request: Request, form: FormData) -> Response:
    """Begin to approve what was shown; show the page anew where anything is otherwise."""
    shown, signed = str(form.get("shown", "")), signature_in(form)
    with reading(request) as session:
        session.actor.must_have("approve")
        known = {each.number for each in session.letters()}
        only = set(numbers_in(form)) & known
        problem = _problem(session, only, shown, str(form.get("look", "")), signed)
        if problem is not None:
            area = str(form.get("area", ""))
            is_all = form.get("is_all") == "yes"
            chosen = session.choose((), area) if is_all or area else only or known
            return _page(request, session, chosen, area, problem)
    given = asdict(signed) if signed is not None else None
    return begin(request, "approve", shown=shown, only=sorted(only), signed=given)


def _problem(
    session: RoundSession, only: set[str], shown: str, look: str, signed: PasskeySignature | None
) -> Problem | None:
    """Why the letters cannot be approved as they were shown; None where they can."""
    allowed, against = approvable(session, only, approver_for(session))
    lineup = line_up(session, allowed, approver_for(session))
    if against or lineup.digest != shown:
        there = {each.letter.number for each in lineup.letters} | _to_seal(session, allowed)
        reasons = [
            tr("{letters}: {reason}.", letters=", ".join(labels), reason=reason)
            for reason, labels in against.items()
        ]
        gone = [each for each in session.letters() if each.number in allowed - there]
        reasons += [
            tr("{letter}: it is {state} now.", letter=each.label, state=tr(each.state))
            for each in gone
        ]
        if lineup.look != look:
            reasons.append(tr("The letters look otherwise now. Look at the drafts once more."))
        return Problem(reasons, lineup.since_shown)
    is_required = session.workspace.settings.approval.passkey == "required"
    if lineup.letters and is_required and signed is None:
        return Problem([tr("The approval was not signed with a passkey, and here it must be.")])
    if lineup.letters and signed is not None:
        wanted = _challenge(session, lineup)
        try:
            check_signature(session.ledger, session.actor.account, signed, wanted)
        except Refused as refusal:
            return Problem([str(refusal)])
    return None


ROUTES = [
    Route("/rounds/{name}/approve", _shown),
    Route("/rounds/{name}/approve", _approve, methods=["POST"]),
]
