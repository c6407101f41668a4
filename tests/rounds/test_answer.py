"""Answers are registered to letters that were sent; a later one holds, and all of them stay."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from brevgen.errors import Refused, WrongUse
from brevgen.facts.answers import (
    BODY,
    CONDITIONS,
    DECIDED,
    DECIDED_ON,
    JOURNAL,
    LATE_UNTIL,
    MINORS,
)
from brevgen.findings import FaultyInput
from brevgen.rounds.answer import Registered, answer, answers
from brevgen.rounds.answer_status import OVERDUE, UNANSWERED
from brevgen.rounds.post import Post
from brevgen.rounds.session import RoundSession
from brevgen.rounds.status import status
from brevgen.rounds.withdraw import withdraw
from tests.support import made_rounds
from tests.support.kinds import write_kind, write_round
from tests.support.sending import send_round, server
from tests.support.sessions import Clock, approved, generated, session
from tests.support.tables import cells, workbook

ANSWERED_AT = datetime(2018, 1, 9, 9, 0, tzinfo=UTC)
NAMES = {DECIDED: "--decided", MINORS: "--minors", DECIDED_ON: "--on", LATE_UNTIL: "--late-until"}
HEADER = "kommunenummer;kommune;vedtatt;herav EM;vedtaksdato;organ;vilkår;utsatt_til;journalnr"


@pytest.fixture(scope="session")
def sent_trial(shared: Path, sealed_trial: Path) -> Path:
    """A workspace where all letters of the round `trial` are sent but that to Vinje."""

    def make(place: Path) -> None:
        made_rounds.copied(sealed_trial, place)
        with session(place) as opened, server() as (_, way):
            send_round(opened, way, ["0214", "0219", "1515", "1940", "2011"])

    return made_rounds.made_once(shared, "sent trial", make)


@pytest.fixture
def place(sent_trial: Path, tmp_path: Path) -> Path:
    return made_rounds.copied(sent_trial, tmp_path / "workspace")


@pytest.fixture
def opened(place: Path) -> Iterator[RoundSession]:
    """The round three days after its deadline."""
    with session(place, account="kari", clock=Clock(ANSWERED_AT)) as found:
        yield found


def told(opened: RoundSession, who: str, **typed: str) -> Registered:
    columns = {
        "decided": DECIDED,
        "minors": MINORS,
        "on": DECIDED_ON,
        "body": BODY,
        "conditions": CONDITIONS,
        "late_until": LATE_UNTIL,
        "journal": JOURNAL,
    }
    return answer(opened, who, {columns[key]: cell for key, cell in typed.items()}, names=NAMES)


def faults(opened: RoundSession, who: str = "Bærum", **typed: str) -> list[str]:
    with pytest.raises(FaultyInput) as found:
        told(opened, who, **typed)
    assert opened.known.answers == {}
    return [str(each) for each in found.value.findings if each.severity == "fault"]


# -- one ------------------------------------------------------------------------------------------


def test_an_answer_is_kept_with_all_that_was_told(opened: RoundSession) -> None:
    done = told(
        opened,
        "Bærum",
        decided="65",
        minors="4",
        on="4.1.2018",
        body="kommunestyret",
        journal="18/00012",
    )

    (line,) = done.answers
    assert (line.municipality, line.state, line.asked, line.is_new) == (
        "0219 Bærum", "yes", 65, True,
    )  # fmt: skip
    assert done.warnings == ()
    ((kept,),) = opened.known.answers.values()
    assert (kept.reference, kept.account) == ("17-09100", "kari")
    assert (kept.decided, kept.minors, str(kept.decided_on)) == (65, 4, "2018-01-04")
    assert (kept.body, kept.journal) == ("kommunestyret", "18/00012")


@pytest.mark.parametrize(
    ("decided", "state"), [("65", "yes"), ("50", "fewer"), ("70", "more"), ("0", "no")]
)
def test_an_answer_is_held_to_what_the_letter_asked(
    opened: RoundSession, decided: str, state: str
) -> None:
    told(opened, "0219", decided=decided, on="2018-01-04")

    (line,) = status(opened, only=["0219"]).letters
    assert line.answer is not None
    assert (line.answer.state, line.answer.decided) == (state, int(decided))
    assert line.answer.minors is None, "blank is not zero"


def test_a_later_answer_holds_and_the_earlier_one_stays(opened: RoundSession) -> None:
    told(opened, "0219", decided="0", on="2018-01-04")
    done = told(opened, "0219", decided="65", minors="4", on="2018-01-08")

    assert [each.replaces for each in done.answers] == [0]
    assert [each.decided for each in opened.known.answers["0219"]] == [0, 65]
    events = opened.ledger.events("trial", "0219")
    assert [(each.act, each.what) for each in events][-2:] == [
        ("answer registered", "0 decided on 2018-01-04"),
        ("answer registered", "65 decided on 2018-01-08, 4 of them minors"),
    ]
    assert opened.ledger.broken_events() == []


def test_the_same_answer_told_twice_is_kept_once(opened: RoundSession) -> None:
    told(opened, "0219", decided="65", on="2018-01-04")
    done = told(opened, "0219", decided="65", on="4.1.2018")

    assert [each.is_new for each in done.answers] == [False]
    assert len(opened.known.answers["0219"]) == 1


def test_more_time_is_given_until_a_day_and_then_it_is_overdue(place: Path) -> None:
    with session(place, clock=Clock(ANSWERED_AT)) as opened:
        told(opened, "Ås", late_until="1.2.2018")
        found = {each.number: each.answer for each in status(opened).letters}
        assert found["0214"] is not None
        assert (found["0214"].state, str(found["0214"].due)) == ("extended", "2018-02-01")
        assert found["0219"] is not None
        assert (found["0219"].state, found["0219"].overdue_days) == ("overdue", 3)
    with session(place, clock=Clock(datetime(2018, 2, 1, 22, 30, tzinfo=UTC))) as opened:
        (line,) = status(opened, only=["Ås"]).letters
        assert line.answer is not None
        assert line.answer.state == "extended"
    # half past eleven in the evening of 1 February in UTC is the day after in Norway
    with session(place, clock=Clock(datetime(2018, 2, 1, 23, 30, tzinfo=UTC))) as opened:
        (line,) = status(opened, only=["Ås"]).letters
        assert line.answer is not None
        assert (line.answer.state, line.answer.overdue_days) == ("overdue", 1)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({}, "--decided: The answer says no number."),
        ({"minors": "4"}, "--decided: The answer says no number."),
        ({"decided": "-", "on": "2018-01-04"}, "--decided: “-” is not a number."),
        ({"decided": "1.200", "on": "2018-01-04"}, "--decided: “1.200” can be read in two ways."),
        ({"decided": "120000", "on": "2018-01-04"}, "--decided: 120000 is more than any"),
        ({"decided": "10"}, "--on: The day of the decision is missing."),
        ({"decided": "10", "on": "4. januar"}, "--on: “4. januar” is not a date."),
        ({"decided": "10", "on": "2018-01-10"}, "--on: 2018-01-10 has not come yet"),
        ({"decided": "10", "on": "2017-11-05"}, "--on: 2017-11-05 is before the letter of 2017-11"),
        ({"decided": "10", "minors": "11", "on": "2018-01-04"}, "--minors: 11 minors are more"),
        (
            {"decided": "10", "on": "2018-01-04", "late_until": "2018-02-01"},
            "--late-until: It has decided, so it needs no more time.",
        ),
        ({"late_until": "2018-01-06"}, "--late-until: 2018-01-06 gives no more time"),
        ({"late_until": "2018-02-01", "on": "2018-01-04"}, "--on: This is told of a decision"),
    ],
)
def test_what_does_not_fit_is_a_fault_and_nothing_is_kept(
    opened: RoundSession, typed: dict[str, str], fault: str
) -> None:
    (found,) = faults(opened, **typed)
    assert found.startswith(fault)


def test_all_faults_are_told_at_once(opened: RoundSession) -> None:
    assert [
        each.partition(":")[0] for each in faults(opened, decided="3", minors="4", on="2019-01-01")
    ] == ["--minors", "--on"]


def test_what_is_likely_a_slip_is_a_warning(opened: RoundSession) -> None:
    done = told(opened, "0219", decided="650", on="2018-01-04", conditions="Bare familier.")

    assert [each.what for each in done.warnings] == [
        "650 are more than three times the 65 that were asked for.",
        "It makes conditions, which no decision to settle refugees can have.",
    ]
    assert done.is_kept
    assert opened.known.answers["0219"][0].conditions == "Bare familier."


def test_a_letter_that_was_not_sent_has_no_answer(opened: RoundSession) -> None:
    with pytest.raises(Refused, match="0834 Vinje in the round trial has not been sent"):
        told(opened, "Vinje", decided="10", on="2018-01-04")
    with pytest.raises(WrongUse, match="Oslo"):
        told(opened, "Oslo", decided="10", on="2018-01-04")
    assert opened.known.answers == {}


def test_answers_go_on_while_the_allocation_has_faults(place: Path) -> None:
    allocation = place / "data" / "rounds" / "trial" / "allocation.csv"
    text = allocation.read_text(encoding="utf-8")
    allocation.write_text(text.replace("0219;Bærum;65", "0219;Bærum;mange"), encoding="utf-8")

    with session(place, clock=Clock(ANSWERED_AT)) as opened:
        assert opened.has_faults
        done = told(opened, "Bærum", decided="50", on="2018-01-04")
        assert (done.answers[0].asked, done.answers[0].state) == (65, "fewer")
        (line,) = status(opened, only=["Bærum"]).letters
        assert line.answer is not None
        assert line.answer.state == "fewer"

    allocation.unlink()
    with session(place, clock=Clock(ANSWERED_AT)) as opened:
        told(opened, "0214", decided="10", on="2018-01-04")
        found = status(opened).answers
        assert found is not None
        assert (found.areas, found.total.asked, found.total.decided) == ((), 108, 60)


# -- many -----------------------------------------------------------------------------------------


def write(place: Path, *rows: str, header: str = HEADER) -> Path:
    path = place / "svar.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_spreadsheet_of_answers_is_read_and_blank_is_no_answer(
    opened: RoundSession, place: Path
) -> None:
    path = write(
        place,
        "0214;Ås;10;0;2018-01-04;kommunestyret;;;18/1",
        "0219;Bærum;50;4;4.1.2018;;;;",
        "1515;Herøy;;;;;;1.2.2018;",
        "1940;Kåfjord;0;;2018-01-04;;;;",
        "2011;Kautokeino;;;;;;;",
        "Sum;;60;;;;;;",
    )

    done = answers(opened, path)

    assert {each.number: each.state for each in done.answers} == {
        "0214": "yes",
        "0219": "fewer",
        "1515": "extended",
        "1940": "no",
    }
    assert [str(each.place) for each in done.warnings] == ["svar.csv, row 7", "svar.csv"]
    assert "No answer is told in row 6." in str(done.warnings[1])
    assert opened.known.answers["1940"][0].decided == 0
    assert opened.known.answers["1940"][0].minors is None
    assert "2011" not in opened.known.answers


def test_a_workbook_is_read_alike(opened: RoundSession, place: Path) -> None:
    header = ["kommunenr", "Vedtatt 2018", "Vedtaksdato"]
    path = workbook(place / "svar.xlsx", cells(header, [214, 10, date(2018, 1, 4)]))

    (line,) = answers(opened, path).answers
    assert (line.number, line.decided, str(line.decided_on)) == ("0214", 10, "2018-01-04")


def test_all_faults_of_a_spreadsheet_are_told_and_none_of_it_is_kept(
    opened: RoundSession, place: Path
) -> None:
    path = write(
        place,
        "0214;Ås;10;;2018-01-04;;;;",
        "0219;Bærum;50;60;2018-01-04;;;;",
        "0834;Vinje;10;;2018-01-04;;;;",
        "0301;Oslo;10;;2018-01-04;;;;",
        "1515;Ås;12;;;;;;",
        "0214;Ås;8;;2018-01-04;;;;",
        "1940;Kåfjord;ja;;2018-01-04;;;;",
    )

    with pytest.raises(FaultyInput) as found:
        answers(opened, path)

    told_at = [(each.place.row, each.place.column) for each in found.value.findings]
    assert sorted(told_at, key=str) == [
        (3, "herav EM"),
        (4, "kommunenummer"),
        (5, "kommunenummer"),
        (6, "kommune"),
        (6, "vedtaksdato"),
        (7, "kommunenummer"),
        (8, "vedtatt"),
    ]
    assert opened.known.answers == {}


def test_a_dry_run_keeps_nothing(opened: RoundSession, place: Path) -> None:
    path = write(place, "0214;Ås;10;;2018-01-04;;;;")

    done = answers(opened, path, dry_run=True)

    assert ([each.state for each in done.answers], done.is_kept) == (["yes"], False)
    assert opened.known.answers == {}


def test_a_spreadsheet_read_again_adds_nothing_and_brings_nothing_back(
    opened: RoundSession, place: Path
) -> None:
    path = write(place, "0214;Ås;10;;2018-01-04;;;;", "0219;Bærum;50;;2018-01-04;;;;")
    answers(opened, path)
    told(opened, "0214", decided="8", on="2018-01-08")

    done = answers(opened, path)

    assert [(each.number, each.is_new) for each in done.answers] == [("0219", False)]
    (warning,) = done.warnings
    assert "another one has taken its place" in warning.what
    assert [each.decided for each in opened.known.answers["0214"]] == [10, 8]


# -- where the round stands -----------------------------------------------------------------------


def test_the_status_tells_who_has_answered_and_the_sums(opened: RoundSession, place: Path) -> None:
    answers(
        opened,
        write(
            place,
            "0214;Ås;10;0;2018-01-04;;;;",
            "0219;Bærum;50;2;2018-01-04;;;;",
            "1515;Herøy;;;;;;1.2.2018;",
        ),
    )

    found = status(opened)
    assert found.answers is not None
    assert found.answers.states == {"yes": 1, "fewer": 1, "extended": 1, "overdue": 2}
    total = found.answers.total
    assert (total.municipalities, total.answered) == (5, 2)
    assert (total.asked, total.decided, total.gap) == (108, 60, 48)
    assert (total.asked_minors, total.decided_minors) == (7, 2)
    assert (found.answers.national, found.answers.national_gap) == (118, 58)
    areas = {each.area: (each.asked, each.decided, each.gap) for each in found.answers.areas}
    assert areas["IMDi Øst"] == (75, 60, 15)
    assert {e.number: e.answer for e in found.letters}["0834"] is None, "nobody has it"

    unanswered = status(opened, answers=UNANSWERED).letters
    assert [each.number for each in unanswered] == ["1515", "1940", "2011"]
    assert [e.number for e in status(opened, answers=OVERDUE).letters] == ["1940", "2011"]
    part = status(opened, region="Øst").answers
    assert part is not None
    assert (part.total.asked, part.national) == (75, None)


# -- a reminder -----------------------------------------------------------------------------------

REMINDER = """
name = { nb = "purring", nn = "purring" }
answer = true
follows = ["request"]
audience = "unanswered"
must_say = ["earlier.reference", "earlier.asked"]
"""
LETTER = """{% extends "layout.html" %}
{% block subject %}Purring til {{ municipality.name }}{% endblock %}
{% block body %}
<p>I brevet {{ earlier.reference }} av {{ earlier.date | long_date }} ba vi om
{{ earlier.asked | number }}. Svar innen {{ deadline | long_date }}.</p>
{% endblock %}
"""
REMINDED = "kommunenummer;kommunenavn\n0214;Ås\n0219;Bærum\n"


@pytest.fixture
def reminder(place: Path) -> Path:
    """A round of reminders to Ås and Bærum, approved and sealed."""
    write_kind(place, "reminder", REMINDER, LETTER)
    folder = write_round(place, "reminder", REMINDED, kind="reminder", follows="trial")
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("letter_date = 2017-11-06", "letter_date = 2018-01-09")
    settings.write_text(text.replace('"17-08', '"18-08'), encoding="utf-8")
    generated(place, name="reminder")
    approved(place, name="reminder", clock=lambda: datetime.now(UTC))  # the key is of today
    return place


def reminders(place: Path) -> RoundSession:
    return session(place, name="reminder", clock=Clock(ANSWERED_AT))


def pdfs(place: Path, folder: str) -> list[str]:
    return [each.name[:4] for each in sorted((place / "output/reminder" / folder).glob("*.pdf"))]


def test_who_answers_after_a_reminder_was_approved_is_not_reminded(reminder: Path) -> None:
    with reminders(reminder) as opened:
        assert [(e.number, e.state) for e in status(opened).letters] == [
            ("0214", "final"),
            ("0219", "final"),
        ]
    with session(reminder, clock=Clock(ANSWERED_AT)) as opened:
        told(opened, "Bærum", decided="50", on="2018-01-04")
        told(opened, "Ås", late_until="2018-02-01")

    with reminders(reminder) as opened:
        found = status(opened)
        assert [each.number for each in found.letters] == ["0214"]
        (dropped,) = found.dropped
        assert (dropped.label, dropped.was) == ("0219 Bærum", "approved")
        assert dropped.because == "it has answered (50 decided on 2018-01-04)"
        with server() as (office, way):
            send_round(opened, way)
    assert {each.to[0].partition("@")[2] for each in office.mailbox} == {"as.kommune.example"}

    assert pdfs(reminder, "letters") == ["0214", "0219"]
    done = generated(reminder, name="reminder")
    assert [each[:4] for each in done.removed] == ["0219", "0219"]
    assert pdfs(reminder, "letters") == ["0214"]


def test_a_draft_of_a_reminder_goes_when_the_answer_comes(reminder: Path) -> None:
    with session(reminder, name="reminder") as opened:
        withdraw(opened, (), "en ny dato")
    generated(reminder, name="reminder")
    assert pdfs(reminder, "drafts") == ["0214", "0219"]
    with session(reminder, clock=Clock(ANSWERED_AT)) as opened:
        told(opened, "Bærum", decided="0", on="2018-01-04")

    generated(reminder, name="reminder")

    assert pdfs(reminder, "drafts") == ["0214"], "a no is an answer"


def test_when_all_have_answered_nobody_is_reminded(reminder: Path) -> None:
    with session(reminder, clock=Clock(ANSWERED_AT)) as opened:
        for who in ("Ås", "Bærum"):
            told(opened, who, decided="10", on="2018-01-04")

    generated(reminder, name="reminder")
    with reminders(reminder) as opened:
        found = status(opened)
        assert found.letters == ()
        assert [each.number for each in found.dropped] == ["0214", "0219"]
        with server() as (office, way):
            assert send_round(opened, way).counts == {}
    assert office.mailbox == []
    assert pdfs(reminder, "letters") == []


def test_an_answer_that_comes_while_a_person_reads_what_would_be_sent_is_heeded(
    reminder: Path,
) -> None:
    shown: list[list[str]] = []

    def agree(post: Post) -> bool:
        shown.append(sorted({each.letter.number for each in post.to_send}))
        if len(shown) == 1:
            with session(reminder, clock=Clock(ANSWERED_AT)) as other:
                told(other, "Bærum", decided="50", on="2018-01-04")
        return True

    with reminders(reminder) as opened, server() as (office, way):
        send_round(opened, way, agree=agree)

    assert shown == [["0214", "0219"], ["0214"]]
    assert {each.to[0].partition("@")[2] for each in office.mailbox} == {"as.kommune.example"}


def test_a_reminder_that_was_sent_stays_and_is_told_of(reminder: Path) -> None:
    with reminders(reminder) as opened, server() as (_, way):
        send_round(opened, way)
    with session(reminder, clock=Clock(ANSWERED_AT)) as opened:
        told(opened, "Bærum", decided="50", on="2018-01-04")

    generated(reminder, name="reminder")
    with reminders(reminder) as opened:
        (dropped,) = status(opened).dropped
    assert (dropped.was, dropped.because[:15]) == ("sent", "it has answered")
    assert pdfs(reminder, "letters") == ["0214", "0219"]
