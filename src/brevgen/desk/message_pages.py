"""What became of messages: each run of sending, and each message, settled by whoever knows more."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.channels.words import shown
from brevgen.desk.asked import changing, reading, with_form
from brevgen.desk.show import csv_file, page, round_at
from brevgen.desk.work_pages import begin
from brevgen.errors import Refused
from brevgen.language import tr, when
from brevgen.rounds.follow_up import can_be_followed_up
from brevgen.rounds.send_again import order_again
from brevgen.rounds.sendings import Sending, message_of, sendings
from brevgen.rounds.session import RoundSession
from brevgen.rounds.settle import ANSWERS, settle_message


def _sendings(request: Request) -> Response:
    with reading(request) as session:
        runs = list(reversed(sendings(session)))
        return page(
            request,
            "sendings",
            name=session.name,
            runs=runs,
            can_be_asked=can_be_followed_up(session),
        )


def _follow_up(request: Request) -> Response:
    return begin(request, "follow up")


def _sending(request: Request) -> Response:
    with reading(request) as session:
        run = _run(session, request)
        return page(request, "sending", name=session.name, run=run, shown=shown)


def _run(session: RoundSession, request: Request) -> Sending:
    number = request.path_params["number"]
    for run in sendings(session):
        if run.number == number:
            return run
    raise HTTPException(404)


def _as_csv(request: Request) -> Response:
    """The run for a spreadsheet program, as the report is."""
    with reading(request) as session:
        run = _run(session, request)
    rows = [
        [
            each.delivery.municipality,
            each.municipality.removeprefix(each.delivery.municipality).strip(),
            each.delivery.reference,
            each.delivery.title,
            each.delivery.name,
            each.delivery.address or each.delivery.recipient_key,
            tr(each.state),
            when(each.delivery.sent_at),
            shown(each.delivery.receipts[-1].words),
        ]
        for each in run.messages
    ]
    heads = (
        *(tr("Number"), tr("Municipality"), tr("Our reference"), tr("Recipient"), tr("Name")),
        *(tr("Address"), tr("State"), tr("Sent"), tr("Words")),
    )
    return csv_file(f"{session.name}-{run.number}.csv", heads, rows)


def _message(request: Request) -> Response:
    number, place = request.path_params["number"], request.path_params["place"]
    with reading(request) as session:
        message = message_of(session, number, place)
        return page(
            request,
            "message",
            name=session.name,
            message=message,
            shown=shown,
        )


@with_form
def _settle(request: Request, form: FormData) -> Response:
    name, number, place = (request.path_params[key] for key in ("name", "number", "place"))
    answer, seen = str(form.get("answer", "")), str(form.get("seen", ""))
    known = int(seen) if seen.isdecimal() and len(seen) < 8 else -1
    with changing(request) as session:
        for meant in ANSWERS:
            if meant == answer:
                words = str(form.get("words", ""))
                settle_message(session, number, place, meant, words, known=known)
                return RedirectResponse(f"{round_at(name)}/messages/{number}/{place}", 303)
    raise Refused(tr("Choose what you have found out."))


@with_form
def _again(request: Request, form: FormData) -> Response:
    name, number, place = (request.path_params[key] for key in ("name", "number", "place"))
    with changing(request) as session:
        to = message_of(session, number, place).delivery.address or number
        order_again(session, to, str(form.get("why", "")), number=number)
    return RedirectResponse(f"{round_at(name)}/send", 303)


ROUTES = [
    Route("/rounds/{name}/sendings", _sendings),
    Route("/rounds/{name}/follow-up", _follow_up, methods=["POST"]),
    Route("/rounds/{name}/sendings/{number:int}", _sending),
    Route("/rounds/{name}/sendings/{number:int}/csv", _as_csv),
    Route("/rounds/{name}/messages/{number:str}/{place:int}", _message),
    Route("/rounds/{name}/messages/{number:str}/{place:int}/settle", _settle, methods=["POST"]),
    Route("/rounds/{name}/messages/{number:str}/{place:int}/again", _again, methods=["POST"]),
]
