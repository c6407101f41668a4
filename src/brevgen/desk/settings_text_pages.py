"""The settings of a round as the text of the file: `round.toml`, with its remarks."""

import base64
import binascii
import difflib
from collections.abc import Mapping, Sequence

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import changing, may_make, reading, with_form
from brevgen.desk.show import page, round_at
from brevgen.findings import FaultyInput, Finding, Findings
from brevgen.rounds.edit_round import ChangedMeanwhile, read_text, round_text, write_settings
from brevgen.rounds.round_text import RoundText
from brevgen.rounds.session import RoundSession
from brevgen.settings.round import ROUND_FILE
from brevgen.settings.toml_file import MAX_SETTINGS


def _text(request: Request) -> Response:
    with reading(request) as session:
        text = round_text(session.workspace, session.name)
        findings = [each for each in session.findings.items if each.place.file == ROUND_FILE]
        is_saved = "saved" in request.query_params
        return text_page(
            request, session, text, text.lines, findings=findings, is_saved=is_saved, status=200
        )


def text_page(
    request: Request,
    session: RoundSession,
    text: RoundText,
    typed: str,
    *,
    findings: Sequence[Finding] = (),
    before: RoundText | None = None,
    is_saved: bool = False,
    status: int = 409,
) -> Response:
    """The page with a text, what is wrong with it, and what others have changed in it meanwhile."""
    theirs = []
    if before is not None:
        theirs = [
            line
            for line in difflib.unified_diff(
                before.lines.splitlines(), text.lines.splitlines(), lineterm="", n=1
            )
            if not line.startswith(("---", "+++"))
        ]
    return page(
        request,
        "settings_text",
        status,
        name=session.name,
        typed=typed,
        base=base64.b64encode(text.data).decode(),
        findings=findings,
        theirs=theirs,
        is_saved=is_saved,
        is_form=text.keys is not None and bool(text.data),
        may=may_make(request),
    )


@with_form
def _save_text(request: Request, posted: FormData) -> Response:
    typed = {name: str(value) for name, value in posted.items()}
    base, text = base_of(typed), typed.get("text", "").replace("\r\n", "\n")
    with changing(request) as session:
        new = base.with_text(text)
        try:
            write_settings(session, new, base.digest)
        except ChangedMeanwhile as changed:
            findings = Findings()
            read_text(session.workspace, new, findings)
            return text_page(
                request, session, changed.now, text, findings=findings.items, before=base
            )
        except FaultyInput as error:
            return text_page(request, session, base, text, findings=error.findings, status=422)
        return RedirectResponse(f"{round_at(session.name)}/settings/text?saved=1", 303)


def base_of(typed: Mapping[str, str]) -> RoundText:
    """The file as it was shown, which the form brings back."""
    try:
        data = base64.b64decode(typed.get("base", ""), validate=True)
    except (binascii.Error, ValueError):
        raise HTTPException(400) from None
    if len(data) > MAX_SETTINGS:
        raise HTTPException(413)
    return RoundText(data)


ROUTES = [
    Route("/rounds/{name}/settings/text", _text),
    Route("/rounds/{name}/settings/text", _save_text, methods=["POST"]),
]
