"""The way to an approval: asking for it, sending letters back, and marking them as read."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.characters import cleaned
from brevgen.desk.asked import changing, numbers_in, reading, shown_in, with_form
from brevgen.desk.show import page, round_at
from brevgen.errors import Refused
from brevgen.language import tr
from brevgen.ledger.records import Withdrawal
from brevgen.rounds.letter_requests import letter_requests, waiting, waiting_as_now
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.request_approval import request_approval, send_back, take_back, to_ask
from brevgen.rounds.session import RoundSession


def round_values(session: RoundSession) -> dict[str, Any]:
    """What the overview of a round shows of requests for approval."""
    requests = letter_requests(session)
    return {
        "waiting_for_approval": waiting(requests),
        "may_ask": not session.has_faults and any(e.state == "draft" for e in session.letters()),
        "sent_back": {
            session.label(number): each
            for number, each in requests.items()
            if each.state == "sent back"
        },
    }


def letter_values(session: RoundSession, letter: LetterStatus) -> dict[str, Any]:
    """What the page of a letter shows of the way to its approval."""
    return {
        "asked": letter_requests(session).get(letter.number),
        "withdrawn": _withdrawal(session, letter),
        "may_be_withdrawn": session.known.approval(letter.number) is not None
        and not letter.has_left,
    }


def _withdrawal(session: RoundSession, letter: LetterStatus) -> Withdrawal | None:
    """Why the last approval of a letter was taken back, until the next one."""
    approval = session.known.approvals.get(letter.number)
    return approval.withdrawn if approval is not None else None


def _ask_shown(request: Request) -> Response:
    only = request.query_params.getlist("only")
    area = request.query_params.get("area", "")
    with reading(request) as session:
        chosen = session.choose(only, area)
        there = waiting_as_now(session)
        asked = to_ask(session, chosen - there.keys())
        offices = {each.office.name: each.office for each in asked.letters}
        signatories = {each.signatory for each in asked.letters}
        accounts = {account for each in offices.values() for account in each.accounts}
        return page(
            request,
            "ask",
            name=session.name,
            asked=asked,
            waiting={session.label(number): there[number] for number in there if number in chosen},
            whom=[*sorted(signatories), *sorted(accounts)],
            counts=session.facts.kind.main_counts,
        )


@with_form
def _ask(request: Request, form: FormData) -> Response:
    with changing(request) as session:
        request_approval(
            session,
            session.choose(numbers_in(form)),
            whom=str(form.get("whom", "")),
            note=str(form.get("note", "")),
            shown=shown_in(form),
        )
        return RedirectResponse(round_at(session.name), 303)


@with_form
def _take_back(request: Request, form: FormData) -> Response:
    numbers = numbers_in(form)
    if not numbers:  # which would mean all that wait
        raise Refused(tr("Choose at least one letter."))
    with changing(request) as session:
        take_back(session, numbers)
        return RedirectResponse(f"{round_at(session.name)}/ask", 303)


def _send_back_shown(request: Request) -> Response:
    return _send_back_page(request, set(request.query_params.getlist("only")))


def _send_back_page(
    request: Request, only: set[str], *, reason: str = "", problem: str = ""
) -> Response:
    with reading(request) as session:
        return page(
            request,
            "send_back",
            422 if problem else 200,
            name=session.name,
            waiting=waiting(letter_requests(session)),
            labels=session.label,
            only=only,
            reason=reason,
            problem=problem,
        )


@with_form
def _send_back(request: Request, form: FormData) -> Response:
    numbers, reason = numbers_in(form), str(form.get("reason", ""))
    if not numbers or not cleaned(reason):
        problem = (
            tr("Write what should be otherwise.") if numbers else tr("Choose at least one letter.")
        )
        return _send_back_page(request, set(numbers), reason=reason, problem=problem)
    with changing(request) as session:
        send_back(session, numbers, reason)
        if len(numbers) == 1:
            return RedirectResponse(f"{round_at(session.name)}/letters/{numbers[0]}", 303)
        return RedirectResponse(round_at(session.name), 303)


ROUTES = [
    Route("/rounds/{name}/ask", _ask_shown),
    Route("/rounds/{name}/ask", _ask, methods=["POST"]),
    Route("/rounds/{name}/ask/take-back", _take_back, methods=["POST"]),
    Route("/rounds/{name}/send-back", _send_back_shown),
    Route("/rounds/{name}/send-back", _send_back, methods=["POST"]),
]
