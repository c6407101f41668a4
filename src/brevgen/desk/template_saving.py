"""A sheet of templates saved once all that it changes was shown and agreed to."""

from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from brevgen.desk.asked import workspace_of
from brevgen.desk.previews import SECONDS_OF_EFFECTS, NoAnswer
from brevgen.desk.show import page
from brevgen.desk.template_editor import (
    Chosen,
    ask,
    chosen_in,
    editor_page,
    findings_of,
    sheet_of,
    title_of,
)
from brevgen.errors import Refused
from brevgen.findings import FaultyInput, Finding
from brevgen.rounds.edit_templates import SavedMeanwhile, check_sizes, save
from brevgen.rounds.line_changes import line_changes
from brevgen.rounds.template_sheets import Sheet, Texts, digest_of, texts_of, tidy
from brevgen.rounds.template_versions import versions


def act(request: Request, form: FormData) -> Response:
    """Show, hold up to what is there, or save what was typed."""
    request.state.visit.actor.must_have("make")
    sheet = sheet_of(request)
    texts = {file: tidy(str(form.get(f"text{at}", ""))) for at, file in enumerate(sheet.files)}
    check_sizes(texts)
    chosen = chosen_in(request, sheet, form)
    loaded = str(form.get("loaded", ""))
    match form.get("do"):
        case "save":
            return _before_saving(request, sheet, texts, chosen, loaded)
        case "keep":
            return _keep(request, sheet, texts, chosen, loaded)
        case _:
            return editor_page(request, sheet, texts, chosen, loaded=loaded)


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
            check = ask(request, "check", sheet, texts, chosen)
        except NoAnswer as reason:
            return editor_page(
                request, sheet, texts, chosen, 409, loaded=loaded, problem=str(reason)
            )
        if check.get("problem") or findings_of(check):
            return _refused(request, sheet, texts, chosen, loaded)
        try:
            told = ask(request, "effects", sheet, texts, chosen, seconds=SECONDS_OF_EFFECTS)
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
    return editor_page(request, sheet, texts, chosen, 422, loaded=loaded, is_refused=True)


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
        answer = ask(request, "check", sheet, texts, chosen)
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
        return editor_page(request, sheet, texts, chosen, 409, loaded=loaded, problem=str(reason))
    return RedirectResponse(f"/templates/edit/{sheet.key}?saved=1&round={chosen.round}", 303)
