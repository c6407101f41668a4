"""All letters of a round in one table, and what is done with those that are chosen in it."""

from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.desk.asked import numbers_in, reading, with_form
from brevgen.desk.letter_filter import LetterFilter, find_letters
from brevgen.desk.show import page, round_at
from brevgen.desk.work_pages import begin

ONWARD = ("approve", "ask", "send")
"""Pages of a round that go on with the letters that were chosen."""


def _letters(request: Request) -> Response:
    query = request.query_params
    asked = LetterFilter.of(query)
    with reading(request) as session:
        found = find_letters(session, asked)
        return page(
            request,
            "letters",
            name=session.name,
            found=found,
            asked=asked,
            counts=session.facts.kind.main_counts,
            areas=sorted(set(found.areas.values())),
            all_chosen="choose" in query,
            none_chosen="none" in query,
        )


@with_form
def _chosen(request: Request, form: FormData) -> Response:
    """Go on with the letters that were chosen; with none there is nothing to go on with."""
    name = request.path_params["name"]
    numbers = numbers_in(form)
    if not numbers:
        query = LetterFilter.sent_along(form).query()
        back = f"{round_at(name)}/letters{query}{'&' if query else '?'}none=1"
        return RedirectResponse(back, 303)
    if form.get("do") == "generate":
        return begin(request, "generate", only=numbers)
    chosen = urlencode([("only", number) for number in numbers])
    onward = next((each for each in ONWARD if form.get("do") == each), "approve")
    return RedirectResponse(f"{round_at(name)}/{onward}?{chosen}", 303)


ROUTES = [
    Route("/rounds/{name}/letters", _letters),
    Route("/rounds/{name}/letters", _chosen, methods=["POST"]),
]
