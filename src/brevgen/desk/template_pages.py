"""The templates: all of them, one sheet edited beside a letter, saved, and its versions."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.previews import SECONDS_OF_EFFECTS, NoAnswer, Outdated, Previews
from brevgen.desk.show import page
from brevgen.errors import Refused
from brevgen.findings import FaultyInput, Finding, Findings, Place
from brevgen.language import tr
from brevgen.letter.contract import MAX_TEMPLATE
from brevgen.render.inspection import MOST_PAGES
from brevgen.rounds.edit_templates import (
    PARTS,
    SavedMeanwhile,
    Sheet,
    Texts,
    check_sizes,
    digest_of,
    find_sheet,
    find_version,
    line_changes,
    save,
    sheets,
    texts_of,
    tidy,
    versions,
)
from brevgen.rounds.kinds import kinds_of, rounds_of
from brevgen.settings.kind import Kind
from brevgen.workspace import Workspace

FORMS = ("", "nb", "nn")
_AT = re.compile(r"\bat (\d+):\d+")
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)
"""An e-mail has its looks in its elements; it may do nothing, and stand only in a page of ours."""

NOTHING_SHOWN: Mapping[str, Any] = {
    **{"label": "", "form": "nb", "blocks": [], "text": "", "pages": [], "page_count": 0},
    **{"mail": "", "findings": [], "problem": "", "choices": []},
}
"""What a worker tells of a letter where it could show none."""


@dataclass(frozen=True)
class Chosen:
    """Whose letter is looked at.

    Args:
        round: of which round; empty where there is none of the kind.
        number: of the municipality; empty for the first.
        form: the written form; empty for that of the municipality.
    """

    round: str
    number: str
    form: str


# -- all of them -----------------------------------------------------------------------------------


def _overview(request: Request) -> Response:
    workspace, previews = _workspace(request), _previews(request)
    previews.warm_up()
    faults: list[Finding] | None = None
    try:
        faults = _findings(previews.ask("all faults"))
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
        names={name: _called(kind) for name, kind in kinds.items() if kind is not None},
        common=[each for each in every if not each.kind],
        rounds=rounds,
        counts=counts,
        is_checked=faults is not None,
        parts=PARTS,
    )


# -- one of them -----------------------------------------------------------------------------------


def _edit(request: Request) -> Response:
    workspace, sheet = _workspace(request), _sheet(request)
    now = texts_of(workspace, sheet)
    texts: Texts = now
    brought = None
    if key := request.query_params.get("version", ""):
        brought = find_version(workspace, sheet, key)
        texts = brought.texts
    chosen = _chosen(workspace, sheet, request.query_params)
    return _editor(
        request,
        sheet,
        texts,
        chosen,
        loaded=digest_of(now),
        brought=brought,
        is_saved="saved" in request.query_params,
    )


async def _posted(request: Request) -> Response:
    form = await request.form(max_part_size=20 * MAX_TEMPLATE)
    return await run_in_threadpool(_act, request, form)


def _act(request: Request, form: FormData) -> Response:
    request.state.visit.actor.must_have("make")
    workspace, sheet = _workspace(request), _sheet(request)
    texts = {file: tidy(str(form.get(f"text{at}", ""))) for at, file in enumerate(sheet.files)}
    check_sizes(texts)
    chosen = _chosen(workspace, sheet, form)
    loaded = str(form.get("loaded", ""))
    match form.get("do"):
        case "save":
            return _before_saving(request, sheet, texts, chosen, loaded)
        case "keep":
            return _keep(request, sheet, texts, chosen, loaded)
        case _:
            return _editor(request, sheet, texts, chosen, loaded=loaded)


def _chosen(workspace: Workspace, sheet: Sheet, asked: Mapping[str, Any]) -> Chosen:
    there = rounds_of(workspace, sheet.kind)
    name, form = str(asked.get("round", "")), str(asked.get("form", ""))
    return Chosen(
        name if name in there else next(iter(there), ""),
        str(asked.get("number", ""))[:20],
        form if form in FORMS else "",
    )


def _editor(
    request: Request,
    sheet: Sheet,
    texts: Texts,
    chosen: Chosen,
    status: int = 200,
    /,
    *,
    loaded: str,
    is_refused: bool = False,
    problem: str = "",
    **more: Any,
) -> Response:
    """The page with the texts, their faults, and a letter, or the problem there is with that."""
    workspace = _workspace(request)
    answer: dict[str, Any] = {"problem": problem}
    if not problem:
        try:
            answer = _ask(request, "show", sheet, texts, chosen, of=request.state.key)
        except Outdated:
            return Response(status_code=204)
        except NoAnswer as reason:
            answer = {"problem": str(reason)}
    shown = {**NOTHING_SHOWN, **answer.get("shown", {})}
    if mail := shown.get("mail", ""):
        shown["mail"] = _previews(request).keep(mail)
    findings = [*_findings(answer)]
    findings += [each for each in _findings(shown) if each not in findings]
    of_files = {
        file: [(_line(each, texts[file]), each) for each in findings if each.place.file == file]
        for file in sheet.files
    }
    values: dict[str, Any] = {"brought": None, "is_saved": False, **more}
    return page(
        request,
        "templates_edit",
        status,
        sheet=sheet,
        title=_title(workspace, sheet),
        others=[each for each in sheets(workspace) if each.kind == sheet.kind],
        parts=PARTS,
        texts=texts,
        of_files=of_files,
        elsewhere=[each for each in findings if each.place.file not in sheet.files],
        faults=len(findings),
        problem=answer.get("problem", "") or shown.get("problem", ""),
        shown=shown,
        chosen=chosen,
        rounds=rounds_of(workspace, sheet.kind),
        loaded=loaded,
        most_pages=MOST_PAGES,
        is_refused=is_refused and bool(findings),
        may="make" in request.state.visit.actor.roles,
        **values,
    )


def _line(finding: Finding, text: str) -> int | None:
    """The line a fault is in, counted from 1; None where that is not known."""
    if finding.place.row is not None:
        return finding.place.row
    if finding.place.file.endswith(".css") and (found := _AT.search(finding.what)):
        return int(found[1])
    keys, lines = finding.place.column.split("."), text.split("\n")
    for length in range(len(keys), 0, -1):
        header = f"[{'.'.join(keys[:length])}]"
        start = next((at for at, each in enumerate(lines, 1) if each.strip() == header), 0)
        if start and length < len(keys):
            end = next((at for at in range(start, len(lines)) if lines[at][:1] == "["), len(lines))
            return _line_of_key(keys[length], lines[start:end], start) or start
        if start:
            return start
    found_at = (_line_of_key(key, lines) for key in reversed(keys))
    return next((at for at in found_at if at), None)


def _line_of_key(key: str, lines: Sequence[str], above: int = 0) -> int | None:
    """The line of a file in which a key of TOML is given."""
    pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
    return next(
        (above + at for at, each in enumerate(lines, 1) if key and pattern.match(each)), None
    )


# -- saving ----------------------------------------------------------------------------------------


def _before_saving(
    request: Request, sheet: Sheet, texts: Texts, chosen: Chosen, loaded: str
) -> Response:
    """What would be changed, and what that does to letters, before it is saved."""
    workspace = _workspace(request)
    now = texts_of(workspace, sheet)
    is_stale = digest_of(now) != loaded
    if now == texts:
        return RedirectResponse(f"/templates/edit/{sheet.key}", 303)
    effects: list[dict[str, Any]] = []
    why_not = ""
    if not is_stale:
        try:
            check = _ask(request, "check", sheet, texts, chosen)
        except NoAnswer as reason:
            return _editor(request, sheet, texts, chosen, 409, loaded=loaded, problem=str(reason))
        if check.get("problem") or _findings(check):
            return _refused(request, sheet, texts, chosen, loaded)
        try:
            told = _ask(request, "effects", sheet, texts, chosen, seconds=SECONDS_OF_EFFECTS)
            effects, why_not = told.get("effects", []), told.get("problem", "")
        except NoAnswer as reason:
            why_not = str(reason)
    return _changes_page(
        request, sheet, now, texts, chosen, is_stale=is_stale, effects=effects, why_not=why_not
    )


def _refused(request: Request, sheet: Sheet, texts: Texts, chosen: Chosen, loaded: str) -> Response:
    """The editor with what hinders saving."""
    return _editor(request, sheet, texts, chosen, 422, loaded=loaded, is_refused=True)


def _changes_page(
    request: Request,
    sheet: Sheet,
    now: Texts,
    texts: Texts,
    chosen: Chosen,
    *,
    is_stale: bool,
    effects: list[dict[str, Any]],
    why_not: str,
) -> Response:
    workspace = _workspace(request)
    last = next(iter(versions(workspace, sheet)), None)
    return page(
        request,
        "templates_save",
        409 if is_stale else 200,
        sheet=sheet,
        title=_title(workspace, sheet),
        texts=texts,
        chosen=chosen,
        loaded=digest_of(now),
        changes={file: line_changes(now[file], texts[file]) for file in sheet.files},
        is_stale=is_stale,
        last=last if last is not None and last.texts == now else None,
        effects=effects,
        why_not=why_not,
    )


def _keep(request: Request, sheet: Sheet, texts: Texts, chosen: Chosen, loaded: str) -> Response:
    workspace, visit = _workspace(request), request.state.visit

    def check(sheet: Sheet, texts: Texts) -> list[Finding]:
        answer = _ask(request, "check", sheet, texts, chosen)
        if answer.get("problem"):
            raise Refused(answer["problem"])
        return _findings(answer)

    clock: Callable[[], Any] = request.app.state.rounds.clock
    try:
        save(workspace, visit.actor, clock, sheet, texts, loaded=loaded, check=check)
    except FaultyInput:
        return _refused(request, sheet, texts, chosen, loaded)
    except SavedMeanwhile:
        return _before_saving(request, sheet, texts, chosen, loaded)
    except NoAnswer as reason:
        return _editor(request, sheet, texts, chosen, 409, loaded=loaded, problem=str(reason))
    return RedirectResponse(f"/templates/edit/{sheet.key}?saved=1&round={chosen.round}", 303)


# -- versions --------------------------------------------------------------------------------------


def _versions(request: Request) -> Response:
    workspace, sheet = _workspace(request), _sheet(request)
    now = texts_of(workspace, sheet)
    key = request.query_params.get("version", "")
    looked_at = find_version(workspace, sheet, key) if key else None
    return page(
        request,
        "templates_versions",
        sheet=sheet,
        title=_title(workspace, sheet),
        versions=versions(workspace, sheet),
        looked_at=looked_at,
        changes={
            file: line_changes(now[file], looked_at.texts[file]) if looked_at else []
            for file in sheet.files
        },
        may="make" in request.state.visit.actor.roles,
    )


def _mail(request: Request) -> Response:
    """An e-mail as it was written for a preview, for a frame that may do nothing."""
    mail = _previews(request).kept(request.path_params["key"])
    if mail is None:
        raise HTTPException(404)
    return HTMLResponse(mail, headers={"Content-Security-Policy": MAIL_POLICY})


# -- shared ----------------------------------------------------------------------------------------


def _workspace(request: Request) -> Workspace:
    workspace: Workspace = request.app.state.rounds.workspace
    return workspace


def _previews(request: Request) -> Previews:
    previews: Previews = request.app.state.previews
    return previews


def _sheet(request: Request) -> Sheet:
    return find_sheet(_workspace(request), request.path_params["key"])


def _title(workspace: Workspace, sheet: Sheet) -> str:
    """What is edited: of a kind, what the letter is called."""
    if not sheet.kind:
        return tr(PARTS[sheet.part])
    kind = kinds_of(workspace, Findings()).get(sheet.kind)
    name = _called(kind) if kind is not None else sheet.kind
    return tr("{part}: {kind}", part=tr(PARTS[sheet.part]), kind=name)


def _called(kind: Kind) -> str:
    """A kind as it begins a heading."""
    return kind.name.nb[:1].upper() + kind.name.nb[1:]


def _ask(
    request: Request, task: str, sheet: Sheet, texts: Texts, chosen: Chosen, **more: Any
) -> dict[str, Any]:
    return _previews(request).ask(
        task,
        sheet=sheet.key,
        texts=dict(texts),
        round=chosen.round,
        number=chosen.number,
        form=chosen.form,
        **more,
    )


def _findings(answer: Mapping[str, Any]) -> list[Finding]:
    """The faults that a worker has told."""
    return [
        Finding(each["severity"], each["what"], each["remedy"], Place(**each["place"]))
        for each in answer.get("findings", [])
    ]


ROUTES = [
    Route("/templates", _overview),
    Route("/templates/edit/{key:path}", _edit),
    Route("/templates/edit/{key:path}", _posted, methods=["POST"]),
    Route("/templates/versions/{key:path}", _versions),
    Route("/templates/mail/{key}", _mail),
]
