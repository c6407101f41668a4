"""The templates: all of them, one sheet edited, and its versions."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import may_make, with_form, workspace_of
from brevgen.desk.previews import NoAnswer
from brevgen.desk.show import page
from brevgen.desk.template_editor import (
    edit,
    findings_of,
    kind_title,
    previews_of,
    sheet_of,
    title_of,
)
from brevgen.desk.template_saving import act
from brevgen.findings import Finding, Findings
from brevgen.letter.contract import MAX_TEMPLATE
from brevgen.rounds.kinds import kinds_of, rounds_of
from brevgen.rounds.line_changes import line_changes
from brevgen.rounds.template_sheets import PARTS, sheets, texts_of
from brevgen.rounds.template_versions import find_version, versions

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
"""An e-mail has its looks in its elements; it may do nothing, and stand only in a page of ours."""

# -- all of them -----------------------------------------------------------------------------------


def _overview(request: Request) -> Response:
    workspace, previews = workspace_of(request), previews_of(request)
    previews.warm_up()
    faults: list[Finding] | None = None
    try:
        faults = findings_of(previews.ask("all faults"))
    except NoAnswer:
        faults = None
    every, kinds = sheets(workspace), kinds_of(workspace, Findings())
    of_files = {file: sheet for sheet in every for file in sheet.files}
    counts: dict[str, int] = {}
    for each in faults or []:
        sheet = of_files.get(each.place.file)
        if sheet is not None:
            counts[sheet.key] = counts.get(sheet.key, 0) + 1
    rounds = {each.kind: rounds_of(workspace, each.kind) for each in every if each.kind}
    by_kind = {
        name: [each for each in every if each.kind == name]
        for name in sorted(rounds, key=lambda name: (not rounds[name], name))
    }
    return page(
        request,
        "templates",
        by_kind=by_kind,
        names={name: kind_title(kind) for name, kind in kinds.items() if kind is not None},
        common=[each for each in every if not each.kind],
        rounds=rounds,
        counts=counts,
        is_checked=faults is not None,
        parts=PARTS,
    )


# -- versions --------------------------------------------------------------------------------------


def _versions(request: Request) -> Response:
    workspace, sheet = workspace_of(request), sheet_of(request)
    now = texts_of(workspace, sheet)
    key = request.query_params.get("version", "")
    looked_at = find_version(workspace, sheet, key) if key else None
    return page(
        request,
        "templates_versions",
        sheet=sheet,
        title=title_of(workspace, sheet),
        versions=versions(workspace, sheet),
        looked_at=looked_at,
        changes={
            file: line_changes(now[file], looked_at.texts[file]) if looked_at else []
            for file in sheet.files
        },
        may=may_make(request),
    )


def _mail(request: Request) -> Response:
    """An e-mail as it was written for a preview, for a frame that may do nothing."""
    mail = previews_of(request).kept(request.path_params["key"])
    if mail is None:
        raise HTTPException(404)
    return HTMLResponse(mail, headers={"Content-Security-Policy": MAIL_POLICY})


ROUTES = [
    Route("/templates", _overview),
    Route("/templates/edit/{key:path}", edit),
    Route(
        "/templates/edit/{key:path}",
        with_form(act, max_part_size=20 * MAX_TEMPLATE),
        methods=["POST"],
    ),
    Route("/templates/versions/{key:path}", _versions),
    Route("/templates/mail/{key}", _mail),
]
