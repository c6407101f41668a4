"""The deadline: what is said of days off, of short notice, and of one that cannot be met."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.facts import dates
from brevgen.findings import Findings
from brevgen.settings.round import Round


def found(round_: Round, sent: date, deadline: date) -> list[tuple[str, str]]:
    findings = Findings()
    changed = round_.model_copy(update={"letter_date": sent, "deadline": deadline})
    dates.check_dates(changed, findings, shown_as="round.toml")
    assert all(finding.place.column == "deadline" for finding in findings.items)
    return [(finding.severity, str(finding)) for finding in findings.items]


@pytest.mark.parametrize(
    ("deadline", "why", "following"),
    [
        (date(2018, 1, 6), "a Saturday", "Monday 2018-01-08"),
        (date(2024, 2, 25), "a Sunday", "Monday 2024-02-26"),
        (date(2018, 5, 1), "a holiday (Arbeidernes dag)", "Wednesday 2018-05-02"),
        (date(2018, 5, 17), "a holiday (Grunnlovsdag)", "Friday 2018-05-18"),
        (date(2018, 12, 25), "a holiday (Første juledag)", "Thursday 2018-12-27"),
        (date(2021, 12, 25), "a holiday (Første juledag)", "Monday 2021-12-27"),
        (date(2018, 1, 1), "a holiday (Første nyttårsdag)", "Tuesday 2018-01-02"),
        (date(2018, 3, 29), "a holiday (Skjærtorsdag)", "Tuesday 2018-04-03"),
        (date(2018, 4, 2), "a holiday (Andre påskedag)", "Tuesday 2018-04-03"),
        (date(2024, 3, 28), "a holiday (Skjærtorsdag)", "Tuesday 2024-04-02"),
        (date(2018, 5, 10), "a holiday (Kristi himmelfartsdag)", "Friday 2018-05-11"),
        (date(2024, 5, 20), "a holiday (Andre pinsedag)", "Tuesday 2024-05-21"),
    ],
)
def test_a_deadline_on_a_day_off_is_a_warning_that_names_the_next_working_day(
    rounds: dict[str, Round], deadline: date, why: str, following: str
) -> None:
    assert found(rounds["2018"], deadline - timedelta(60), deadline) == [
        (
            "warning",
            f"round.toml, deadline: The deadline {deadline} is {why}."
            f" The next working day is {following}.",
        )
    ]


@pytest.mark.parametrize(
    "deadline", [date(2018, 1, 8), date(2018, 5, 16), date(2018, 12, 24), date(2018, 4, 3)]
)
def test_a_deadline_on_a_working_day_is_nothing_to_say(
    rounds: dict[str, Round], deadline: date
) -> None:
    assert found(rounds["2018"], deadline - timedelta(60), deadline) == []


@pytest.mark.parametrize(("days", "warned"), [(0, 1), (14, 1), (20, 1), (21, 0)])
def test_less_than_three_weeks_is_a_warning(
    rounds: dict[str, Round], days: int, warned: int
) -> None:
    deadline = date(2018, 1, 29)

    told = found(rounds["2018"], deadline - timedelta(days), deadline)

    warning = (
        f"round.toml, deadline: The deadline is {days} days after the letter's date, less than"
        " three weeks. See that the municipal councils have time to decide."
    )
    assert told == [("warning", warning)] * warned


def test_a_short_deadline_on_a_sunday_is_two_warnings(rounds: dict[str, Round]) -> None:
    told = found(rounds["2018"], date(2018, 1, 8), date(2018, 1, 14))

    assert [severity for severity, _ in told] == ["warning", "warning"]


def test_a_deadline_before_the_letter_is_a_fault_and_the_rest_is_not_asked(
    rounds: dict[str, Round],
) -> None:
    assert found(rounds["2018"], date(2018, 1, 8), date(2018, 1, 7)) == [
        (
            "fault",
            "round.toml, deadline: The deadline 2018-01-07 is before the letter's date 2018-01-08."
            " Put one of the two right.",
        )
    ]


def test_a_deadline_over_a_year_after_the_letter_is_a_fault(rounds: dict[str, Round]) -> None:
    assert found(rounds["2018"], date(2017, 11, 6), date(2018, 11, 6)) == []
    assert found(rounds["2018"], date(2017, 11, 6), date(2018, 11, 7)) == [
        (
            "fault",
            "round.toml, deadline: The deadline 2018-11-07 is over a year after the letter's date"
            " 2017-11-06. Put one of the two right.",
        )
    ]


@settings(deadline=None)
@given(st.dates(date(2016, 1, 1), date(2100, 12, 31)))
def test_the_next_working_day_is_the_first_after_a_day_that_is_one(day: date) -> None:
    following = dates.next_working_day(day)

    between = [day + timedelta(n) for n in range(1, (following - day).days)]
    assert following > day
    assert dates.not_a_working_day(following) == ""
    assert all(map(dates.not_a_working_day, between))
    assert following.weekday() < 5
    assert len(between) <= 6


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2018, 1, 6, 22, 59, tzinfo=UTC), date(2018, 1, 6)),
        (datetime(2018, 1, 6, 23, 0, tzinfo=UTC), date(2018, 1, 7)),
        (datetime(2018, 7, 6, 21, 59, tzinfo=UTC), date(2018, 7, 6)),
        (datetime(2018, 7, 6, 22, 0, tzinfo=UTC), date(2018, 7, 7)),
    ],
)
def test_a_day_begins_at_midnight_in_norway(at: datetime, day: date) -> None:
    assert dates.day_in_norway(at) == day
