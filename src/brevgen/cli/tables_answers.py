"""What the commands show of answers: those registered now, and where the round stands with them."""

from brevgen.cli import console
from brevgen.cli.tables import by_state
from brevgen.language import tr, tr_many, when
from brevgen.letter.wording import spaced
from brevgen.rounds.answer import Registered, RegisteredAnswer
from brevgen.rounds.answer_status import AnswerStatus
from brevgen.rounds.report_page import gap
from brevgen.rounds.status import Status
from brevgen.tables.csv_file import as_text_cell


def show_answers(found: Status) -> None:
    """The conditions that were made, how many answers there are, and the sums by area."""
    for line in found.letters:
        if line.answer is not None and line.answer.conditions:
            console.say(
                tr(
                    "{municipality} makes conditions: {conditions}",
                    municipality=line.label,
                    conditions=line.answer.conditions,
                )
            )
    answers = found.answers
    if answers is None:
        return
    total = answers.total
    rows: list[list[object]] = [
        [tr("All") if each is total else each.area, each.municipalities, each.answered, each.asked,
         each.decided, gap(each.gap)]
        for each in (*answers.areas, total)
    ]  # fmt: skip
    if answers.national is not None and answers.national_gap is not None:
        lacking = gap(answers.national_gap)
        rows.append([tr("National"), None, None, answers.national, total.decided, lacking])
    console.show_table(
        {
            tr("Area"): False,
            tr("Letters"): True,
            tr("Answered"): True,
            tr("Asked"): True,
            tr("Decided"): True,
            tr("Gap"): True,
        },
        rows,
        title=tr("Answers by {day}", day=when(answers.day)),
    )
    told = by_state({str(state): count for state, count in answers.states.items()})
    console.say(tr("Answers: {told}.", told=told))


def answer_cells(answer: AnswerStatus | None) -> dict[str, object]:
    """What has come back to a letter, for spreadsheet programs: in bokmål, blank is not known."""
    cells: dict[str, object] = {
        "svar": tr(answer.state) if answer else "",
        "svar_vedtatt": answer.decided if answer else None,
        "svar_enslige_mindreårige": answer.minors if answer else None,
        "svar_vedtaksdato": answer.decided_on if answer else None,
        "svar_organ": as_text_cell(answer.body) if answer else "",
        "svar_vilkår": as_text_cell(answer.conditions) if answer else "",
        "svar_journalnummer": as_text_cell(answer.journal) if answer else "",
        "svar_frist": answer.due if answer else None,
        "svar_dager_over_fristen": answer.overdue_days if answer else None,
    }
    return {name: "" if cell is None else cell for name, cell in cells.items()}


def show_registered(done: Registered) -> None:
    """What was registered, or would be."""
    console.show_findings(done.warnings)
    if done.answers:
        console.show_table(
            {
                tr("Municipality"): False,
                tr("Reference"): False,
                tr("Asked"): True,
                tr("Decided"): True,
                tr("Minors"): True,
                tr("Day"): False,
                tr("Answer"): False,
            },
            [_cells(each) for each in done.answers],
        )
    for each in done.answers:
        if each.replaces is not None:
            console.say(
                tr(
                    "{municipality}: takes the place of an earlier answer ({decided}), which stays"
                    " in the history.",
                    municipality=each.municipality,
                    decided=spaced(each.replaces),
                )
            )
    new = sum(each.is_new for each in done.answers)
    if old := len(done.answers) - new:
        console.say(
            tr_many(
                "{count} answer was registered before.", "{count} answers were registered before.",
                old,
            )
        )  # fmt: skip
    if done.is_kept:
        console.say(tr_many("{count} answer registered.", "{count} answers registered.", new))
    else:
        console.say(
            tr_many(
                "{count} answer would be registered; nothing was.",
                "{count} answers would be registered; nothing was.",
                new,
            )
        )


def _cells(each: RegisteredAnswer) -> list[object]:
    day = when(each.decided_on or each.late_until)
    state = tr(each.state)
    return [
        *(each.municipality, each.reference, each.asked, each.decided, each.minors),
        *(day, state),
    ]
