"""One sheet of templates edited beside a letter, and saved once all was shown and agreed to."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from brevgen.desk.finding_lines import line_of
from brevgen.desk.opened import OpenRounds
from brevgen.desk.previews import SECONDS_OF_EFFECTS, NoAnswer, Outdated, Previews
from brevgen.desk.show import page
from brevgen.errors import BrevgenError, Refused
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
    save,
    sheets,
    texts_of,
    tidy,
    versions,
)
from brevgen.rounds.kinds import kinds_of, rounds_of
from brevgen.rounds.line_changes import line_changes
from brevgen.settings.kind import Kind
from brevgen.workspace import Workspace

FORMS = ("", "nb", "nn")
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


# -- one of them -----------------------------------------------------------------------------------


def edit(request: Request) -> Response:
    """A sheet as it is, or with a version brought into it."""
    workspace, sheet = workspace_of(request), sheet_of(request)
    now = texts_of(workspace, sheet)
    texts: Texts = now
    brought = None
    if key := request.query_params.get("version", ""):
        brought = find_version(workspace, sheet, key)
        texts = brought.texts
    chosen = _chosen(request, sheet, request.query_params)
    return _editor(
        request,
        sheet,
        texts,
        chosen,
        loaded=digest_of(now),
        brought=brought,
        is_saved="saved" in request.query_params,
    )


async def act(request: Request) -> Response:
    """Show, hold up to what is there, or save what was typed."""
    form = await request.form(max_part_size=20 * MAX_TEMPLATE)
    return await run_in_threadpool(_act, request, form)


def _act(request: Request, form: FormData) -> Response:
    request.state.visit.actor.must_have("make")
    sheet = sheet_of(request)
    texts = {file: tidy(str(form.get(f"text{at}", ""))) for at, file in enumerate(sheet.files)}
    check_sizes(texts)
    chosen = _chosen(request, sheet, form)
    loaded = str(form.get("loaded", ""))
    match form.get("do"):
        case "save":
            return _before_saving(request, sheet, texts, chosen, loaded)
        case "keep":
            return _keep(request, sheet, texts, chosen, loaded)
        case _:
            return _editor(request, sheet, texts, chosen, loaded=loaded)


def _chosen(request: Request, sheet: Sheet, asked: Mapping[str, Any]) -> Chosen:
    there = rounds_of(workspace_of(request), sheet.kind)
    name, form = str(asked.get("round", "")), str(asked.get("form", ""))
    return Chosen(
        name if name in there else _with_letters(request, there),
        str(asked.get("number", ""))[:20],
        form if form in FORMS else "",
    )


def _with_letters(request: Request, names: Sequence[str]) -> str:
    """The first of some rounds whose letters can be shown; the first where none's can."""
    rounds: OpenRounds = request.app.state.rounds
    for name in names:
        with suppress(BrevgenError), rounds.reading(name, request.state.visit.actor) as session:
            faults = session.findings.faults  # those of templates are what is to be mended here
            if all(each.place.file.startswith(("letters/", "messages/")) for each in faults):
                return name
    return next(iter(names), "")


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
    workspace = workspace_of(request)
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
        shown["mail"] = previews_of(request).keep(mail)
    findings = [*findings_of(answer)]
    findings += [each for each in findings_of(shown) if each not in findings]
    of_files = {
        file: [(line_of(each, texts[file]), each) for each in findings if each.place.file == file]
        for file in sheet.files
    }
    values: dict[str, Any] = {"brought": None, "is_saved": False, **more}
    return page(
        request,
        "templates_edit",
        status,
        sheet=sheet,
        title=title_of(workspace, sheet),
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


# -- saving ----------------------------------------------------------------------------------------


def _before_saving(
    request: Request, sheet: Sheet, texts: Texts, chosen: Chosen, loaded: str
) -> Response:
    """What would be changed, and what that does to letters, before it is saved."""
    workspace = workspace_of(request)
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
        if check.get("problem") or findings_of(check):
            return _refused(request, sheet, texts, chosen, loaded)
        try:
            told = _ask(request, "effects", sheet, texts, chosen, seconds=SECONDS_OF_EFFECTS)
            effects = told.get("effects", [])
            if "effects" not in told:
                why_not = told.get("problem", "") or "; ".join(map(str, findings_of(told)))
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
    workspace = workspace_of(request)
    last = next(iter(versions(workspace, sheet)), None)
    return page(
        request,
        "templates_save",
        409 if is_stale else 200,
        sheet=sheet,
        title=title_of(workspace, sheet),
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
    workspace, visit = workspace_of(request), request.state.visit

    def check(sheet: Sheet, texts: Texts) -> list[Finding]:
        answer = _ask(request, "check", sheet, texts, chosen)
        if answer.get("problem"):
            raise Refused(answer["problem"])
        return findings_of(answer)

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


# -- shared ----------------------------------------------------------------------------------------


def workspace_of(request: Request) -> Workspace:
    """The workspace with its settings as they are now."""
    workspace: Workspace = request.app.state.rounds.workspace
    return workspace


def previews_of(request: Request) -> Previews:
    """What tries templates."""
    previews: Previews = request.app.state.previews
    return previews


def sheet_of(request: Request) -> Sheet:
    """The sheet that a page is of."""
    return find_sheet(workspace_of(request), request.path_params["key"])


def title_of(workspace: Workspace, sheet: Sheet) -> str:
    """What is edited: of a kind, what the letter is called."""
    if not sheet.kind:
        return tr(PARTS[sheet.part])
    kind = kinds_of(workspace, Findings()).get(sheet.kind)
    name = kind_title(kind) if kind is not None else sheet.kind
    return tr("{part}: {kind}", part=tr(PARTS[sheet.part]), kind=name)


def kind_title(kind: Kind) -> str:
    """A kind as it begins a heading."""
    return kind.name.nb[:1].upper() + kind.name.nb[1:]


def _ask(
    request: Request, task: str, sheet: Sheet, texts: Texts, chosen: Chosen, **more: Any
) -> dict[str, Any]:
    return previews_of(request).ask(
        task,
        sheet=sheet.key,
        texts=dict(texts),
        round=chosen.round,
        number=chosen.number,
        form=chosen.form,
        **more,
    )


def findings_of(answer: Mapping[str, Any]) -> list[Finding]:
    """The faults that a worker has told."""
    return [
        Finding(each["severity"], each["what"], each["remedy"], Place(**each["place"]))
        for each in answer.get("findings", [])
    ]
