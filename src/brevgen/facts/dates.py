"""The deadline, whether it can be met, and what day it is."""

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from dateutil.tz import gettz

from brevgen.findings import Findings, Place
from brevgen.language import language, tr, tr_many
from brevgen.settings.round import Round

SHORT_NOTICE = timedelta(weeks=3)
LONG_NOTICE = relativedelta(years=1)
"""Nobody is given longer to answer: the refugees are to be settled within the year after."""


def check_dates(round_: Round, findings: Findings, *, shown_as: str) -> None:
    """A deadline that can be met: after the letter, with time to answer, on a working day."""
    deadline = round_.last_day
    if deadline is None:
        return
    place = Place(shown_as, column="deadline")
    told = {"deadline": deadline, "date": round_.letter_date}
    what = ""
    if deadline < round_.letter_date:
        what = tr("The deadline {deadline} is before the letter's date {date}.", **told)
    elif deadline > round_.letter_date + LONG_NOTICE:
        what = tr("The deadline {deadline} is over a year after the letter's date {date}.", **told)
    if what:
        findings.fault(what, tr("Put one of the two right."), place)
        return
    if findings.only_faults:  # the calendar takes long to load
        return
    if reason := not_a_working_day(deadline):
        following = next_working_day(deadline)
        findings.warn(
            tr("The deadline {deadline} is {reason}.", deadline=deadline, reason=reason),
            tr(
                "The next working day is {weekday} {day}.",
                weekday=weekday(following),
                day=following,
            ),
            place,
        )
    if deadline - round_.letter_date < SHORT_NOTICE:
        days = (deadline - round_.letter_date).days
        findings.warn(
            tr_many(
                "The deadline is {count} day after the letter's date, less than three weeks.",
                "The deadline is {count} days after the letter's date, less than three weeks.",
                days,
            ),
            tr("See that the municipal councils have time to decide."),
            place,
        )


def not_a_working_day(day: date) -> str:
    """Why a day is not a working day in Norway, in a few words; empty if it is one."""
    import holidays

    if name := holidays.country_holidays("NO", years=day.year, language="no").get(day):
        return tr("a holiday ({name})", name=name)
    return {5: tr("a Saturday"), 6: tr("a Sunday")}.get(day.weekday(), "")


def weekday(day: date) -> str:
    """The name of a day's weekday, in the reader's language."""
    from babel.dates import format_date

    return format_date(day, "EEEE", locale=language())


def next_working_day(day: date) -> date:
    """The first working day after a day."""
    day += timedelta(days=1)
    while not_a_working_day(day):
        day += timedelta(days=1)
    return day


def day_in_norway(at: datetime) -> date:
    """The day it is in Norway at a moment, wherever the program runs.

    Args:
        at: the moment, aware.
    """
    return at.astimezone(gettz("Europe/Oslo")).date()
