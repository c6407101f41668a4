"""All letters of a round in one table, and what is done with those that are chosen in it."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from brevgen.actor import Actor, Role
from brevgen.desk.asked import numbers_in, reading, with_form
from brevgen.desk.letter_filter import LetterFilter, find_letters
from brevgen.desk.opened import OpenRounds
from brevgen.desk.show import page, round_at
from brevgen.desk.work_pages import begin
from brevgen.language import untranslated
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.next_step import TO_MAKE

ONWARD = ("approve", "ask", "send")
"""Pages of a round that go on with the letters that were chosen."""


class Offer(NamedTuple):
    """Something that is done with chosen letters.

    Args:
        does: what is asked for: a page with them, or their drafts made.
        text: what the button says.
        counted: what it says once it is known how many are chosen.
        role: the role it takes.
        states: where letters stand that it can be done with.
    """

    does: str
    text: str
    counted: str
    role: Role
    states: frozenset[str]


OFFERS = (
    Offer(
        "approve",
        untranslated("Approve the chosen"),
        untranslated("Approve the {count} chosen"),
        "approve",
        frozenset({"draft", "approved", "damaged"}),
    ),
    Offer(
        "ask",
        untranslated("Ask for approval of the chosen"),
        untranslated("Ask for approval of the {count} chosen"),
        "make",
        frozenset({"draft"}),
    ),
    Offer(
        "generate",
        untranslated("Make drafts of the chosen"),
        untranslated("Make drafts of the {count} chosen"),
        "make",
        frozenset(TO_MAKE),
    ),
    Offer(
        "send",
        untranslated("Send the chosen"),
        untranslated("Send the {count} chosen"),
        "send",
        frozenset({"final", "partly sent"}),
    ),
)
"""What can be done with chosen letters."""


def _letters(request: Request) -> Response:
    rounds: OpenRounds = request.app.state.rounds
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
            offered=_offered(session.actor, found.letters, bool(rounds.ledger_problem())),
        )


def _offered(
    actor: Actor, letters: Iterable[LetterStatus], is_stuck: bool
) -> list[tuple[str, str, str]]:
    """What the actor may do with any of the letters that are shown; nothing where all is stuck."""
    states = {each.state for each in letters if not is_stuck}
    return [
        (each.does, each.text, each.counted)
        for each in OFFERS
        if each.role in actor.roles and states & each.states
    ]


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
