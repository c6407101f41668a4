"""One sheet of templates edited beside a letter."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from brevgen.desk.asked import may_make, reading, workspace_of
from brevgen.desk.finding_lines import line_of
from brevgen.desk.previews import NoAnswer, Outdated, Previews
from brevgen.desk.show import page
from brevgen.errors import BrevgenError
from brevgen.findings import Finding, Findings, Place
from brevgen.language import tr
from brevgen.render.inspection import MOST_PAGES
from brevgen.rounds.kinds import kinds_of, rounds_of
from brevgen.rounds.template_sheets import (
    PARTS,
    Sheet,
    Texts,
    digest_of,
    find_sheet,
    sheets,
    texts_of,
)
from brevgen.rounds.template_versions import find_version
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


def edit(request: Request) -> Response:
    """A sheet as it is, or with a version brought into it."""
    workspace, sheet = workspace_of(request), sheet_of(request)
    now = texts_of(workspace, sheet)
    texts: Texts = now
    brought = None
    if key := request.query_params.get("version", ""):
        brought = find_version(workspace, sheet, key)
        texts = brought.texts
    chosen = chosen_in(request, sheet, request.query_params)
    return editor_page(
        request,
        sheet,
        texts,
        chosen,
        loaded=digest_of(now),
        brought=brought,
        is_saved="saved" in request.query_params,
    )


def chosen_in(request: Request, sheet: Sheet, asked: Mapping[str, Any]) -> Chosen:
    """Whose letter is asked for; of a round whose letters can be shown, where none is named."""
    there = rounds_of(workspace_of(request), sheet.kind)
    name, form = str(asked.get("round", "")), str(asked.get("form", ""))
    return Chosen(
        name if name in there else _with_letters(request, there),
        str(asked.get("number", ""))[:20],
        form if form in FORMS else "",
    )


def _with_letters(request: Request, names: Sequence[str]) -> str:
    """The first of some rounds whose letters can be shown; the first where none's can."""
    for name in names:
        with suppress(BrevgenError), reading(request, name) as session:
            faults = session.findings.faults  # those of templates are what is to be mended here
            if all(each.place.file.startswith(("letters/", "messages/")) for each in faults):
                return name
    return next(iter(names), "")


def editor_page(
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
            answer = ask(request, "show", sheet, texts, chosen, of=request.state.key)
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
        may=may_make(request),
        **values,
    )


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


def ask(
    request: Request, task: str, sheet: Sheet, texts: Texts, chosen: Chosen, **more: Any
) -> dict[str, Any]:
    """What a worker tells of some texts.

    Raises:
        NoAnswer: it tells nothing in time.
    """
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
