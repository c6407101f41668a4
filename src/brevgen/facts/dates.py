"""The deadline: whether it can be met."""

from datetime import date, timedelta

from brevgen.findings import Findings, Place
from brevgen.settings.round import Round

SHORT_NOTICE = timedelta(weeks=3)


def check_dates(round_: Round, findings: Findings, *, shown_as: str) -> None:
    """A deadline that can be met: after the letter, with time to answer, on a working day."""
    deadline = round_.last_day
    place = Place(shown_as, column="deadline")
    if deadline < round_.letter_date:
        findings.fault(
            f"The deadline {deadline} is before the letter's date {round_.letter_date}.",
            "Put one of the two right.",
            place,
        )
        return
    if findings.only_faults:  # the calendar takes long to load
        return
    if reason := not_a_working_day(deadline):
        following = next_working_day(deadline)
        findings.warn(
            f"The deadline {deadline} is {reason}.",
            f"The next working day is {following:%A} {following}.",
            place,
        )
    if deadline - round_.letter_date < SHORT_NOTICE:
        days = (deadline - round_.letter_date).days
        findings.warn(
            f"The deadline is {days} days after the letter's date, less than three weeks.",
            "See that the municipal councils have time to decide.",
            place,
        )


def not_a_working_day(day: date) -> str:
    """Why a day is not a working day in Norway, in a few words; empty if it is one."""
    import holidays

    if name := holidays.country_holidays("NO", years=day.year, language="no").get(day):
        return f"a holiday ({name})"
    return {5: "a Saturday", 6: "a Sunday"}.get(day.weekday(), "")


def next_working_day(day: date) -> date:
    """The first working day after a day."""
    day += timedelta(days=1)
    while not_a_working_day(day):
        day += timedelta(days=1)
    return day
