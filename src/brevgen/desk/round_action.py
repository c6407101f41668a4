"""What is to be done next in a round, as one button."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from brevgen.actor import Role
from brevgen.desk.round_stage import page_to_mend
from brevgen.desk.show import round_at
from brevgen.errors import BrevgenError
from brevgen.facts.allocation import FILL_IN
from brevgen.findings import Finding
from brevgen.language import tr, tr_many
from brevgen.rounds.edit_round import round_text
from brevgen.rounds.letter_requests import sent_back_as_now
from brevgen.rounds.next_step import NextStep, Standing, next_step
from brevgen.rounds.round_text import RoundText, unfinished
from brevgen.rounds.session import RoundSession
from brevgen.settings.round import ROUND_FILE


@dataclass(frozen=True)
class Action:
    """What to do next, as one button.

    Args:
        text: what stands on it, with the number in it; or what there is to know where nobody can
            do anything now.
        address: the page it leads to; empty where nothing can be done.
        begins: whether it begins the work, so that it is a form.
        roles: who may do it.
    """

    text: str
    address: str = ""
    begins: bool = False
    roles: tuple[Role, ...] = ("make",)


def action_of(session: RoundSession, at: Standing) -> Action:
    """The button for what is to be done next in a round.

    Args:
        session: the round.
        at: where it stands.
    """
    faults = tuple(session.findings.faults)
    return _mend(session, faults) if faults else _go_on(session, at, next_step(at))


def wrong(session: RoundSession, faults: Iterable[Finding]) -> list[Finding]:
    """The faults but for what is not filled in yet in the settings."""
    text = settings_text(session)
    return [each for each in faults if each.place.file != ROUND_FILE or not unfinished(each, text)]


def settings_text(session: RoundSession) -> RoundText:
    """The text of the settings; empty where it cannot be read."""
    try:
        return round_text(session.workspace, session.name)
    except BrevgenError:  # told among the faults of the session
        return RoundText(b"")


def _mend(session: RoundSession, faults: tuple[Finding, ...]) -> Action:
    """The button for the faults that are mended first, those of one page."""
    name, address = session.name, where_to_mend(session.name, faults)
    page_of = page_to_mend(name, faults)
    there = [each for each in faults if page_to_mend(name, (each,)) == page_of]
    if page_of == "settings" and not wrong(session, there):
        return Action(tr("Fill in the settings"), address)
    if page_of == "allocation" and all(each.remedy == tr(FILL_IN) for each in there):
        return Action(tr("Upload the allocation"), address)
    return Action(tr_many("Mend {count} fault", "Mend {count} faults", len(there)), address)


def _go_on(session: RoundSession, at: Standing, next_: NextStep) -> Action:
    """The button for what is to be done next: look at what was sent back, before more is asked
    for."""
    if next_.step not in ("read", "ask") or not at.sent_back:
        return _action(session.name, next_)
    numbers = list(sent_back_as_now(session))
    there = f"/letters/{numbers[0]}" if len(numbers) == 1 else "#sent-back"
    text = tr_many(
        "Look at {count} letter that was sent back",
        "Look at {count} letters that were sent back",
        len(numbers),
    )
    return Action(text, f"{round_at(session.name)}{there}")


def _action(name: str, next_: NextStep) -> Action:
    """The button for what is to be done next."""
    at, count = round_at(name), next_.count
    actions: dict[str, Callable[[], Action]] = {
        "make": lambda: Action(
            tr_many("Make {count} draft", "Make {count} drafts", count), f"{at}/generate", True
        ),
        "settle": lambda: Action(
            tr_many("Settle {count} message", "Settle {count} messages", count),
            f"{at}/send",
            roles=("send",),
        ),
        "read": lambda: Action(
            tr_many("Read {count} draft", "Read {count} drafts", count),
            f"{at}/reading",
            roles=("make", "approve"),
        ),
        "ask": lambda: Action(
            tr_many(
                "Ask for approval of {count} letter", "Ask for approval of {count} letters", count
            ),
            f"{at}/ask",
        ),
        "approve": lambda: Action(
            tr_many("Approve {count} letter", "Approve {count} letters", count),
            f"{at}/approve",
            roles=("approve",),
        ),
        "send": lambda: Action(
            tr_many("Send {count} letter", "Send {count} letters", count),
            f"{at}/send",
            roles=("send",),
        ),
        "follow up": lambda: Action(
            tr_many("Follow up {count} late answer", "Follow up {count} late answers", count),
            f"{at}/answers",
            roles=("follow up",),
        ),
        "wait": lambda: Action(
            tr_many("Waiting for {count} answer", "Waiting for {count} answers", count)
        ),
        "done": lambda: Action(tr("All is done")),
    }
    return actions[next_.step]()


def where_to_mend(name: str, faults: Collection[Finding]) -> str:
    """The address of where faults of a round are mended."""
    page_of = page_to_mend(name, faults)
    return f"{round_at(name)}/{page_of}" if page_of else f"{round_at(name)}#faults"
