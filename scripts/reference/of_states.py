"""The pages of states and of exit codes."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import brevgen
from brevgen import errors
from brevgen.ledger import records
from brevgen.rounds import addressees, answer_status, letter_status
from scripts.reference.markdown import code, comments, page, sentence, table


def state_rows(states: Sequence[str], told: Mapping[str, str], advice: Mapping[Any, str]) -> Any:
    """A row for each state; one that is not told of is a `KeyError`."""
    return [
        (code(each), told[each], advice[each].format(round="ROUND", who="WHO") or "nothing")
        for each in states
    ]


def states_page() -> str:
    """docs/reference/states.md."""
    letters = get_args(letter_status.LetterState)
    recipients = get_args(records.State)
    told = comments(records) | comments(addressees)
    return page(
        "States",
        "What `brevgen status` says of letters, recipients and answers, what it means, and what to"
        " do.",
        "## Of a letter",
        table(
            ("state", "the letter", "what to do"),
            state_rows(letters, comments(letter_status), letter_status.ADVICE),
        ),
        "## Of a recipient",
        table(
            ("state", "the letter", "what to do"),
            state_rows(recipients, told, addressees.ADVICE),
        ),
        "## Of an answer",
        table(
            ("state", "the municipality"),
            [(code(each), comments(answer_status)[each]) for each in answer_status.ANSWER_STATES],
        ),
    )


def errors_below(kind: type[errors.BrevgenError], depth: int = 0) -> Iterator[tuple[int, Any]]:
    """The tree of errors, each with its depth, as `errors` draws it."""
    yield depth, kind
    for each in sorted(kind.__subclasses__(), key=lambda its: (its.exit_code, its.__name__)):
        yield from errors_below(each, depth + 1)


def exit_codes_page() -> str:
    """docs/reference/exit-codes.md."""
    for module in pkgutil.walk_packages(brevgen.__path__, "brevgen."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # some errors live beside what raises them
    tree = list(errors_below(errors.BrevgenError))
    by_code: dict[int, list[str]] = {each.value: [] for each in errors.ExitCode}
    for _, kind in tree[1:]:
        by_code[int(kind.exit_code)].append(sentence(kind.__doc__ or ""))
    by_code[0] = ["All that was asked for is done."]
    names = {each.value: each.name.lower().replace("_", " ") for each in errors.ExitCode}
    rows = [(str(number), names[number], "<br>".join(by_code[number])) for number in by_code]
    inner = [
        (
            f"{'&emsp;' * depth}{code(kind.__name__)}",
            str(int(kind.exit_code)),
            sentence(kind.__doc__),
        )
        for depth, kind in tree
    ]
    return page(
        "Exit codes",
        table(("code", "name", "when"), rows),
        "`verify` ends with 1 if one of the files does not hold, `verify --ledger` with 3 if the"
        " ledger does not. `bounces` ends with 4 if a mail"
        " that may be about a letter is left for a person to read. No user meets a traceback.",
        "## The errors in the code",
        table(("error", "code", "meaning"), inner),
    )
