"""Whether the facts fit together: the allocation with the register, the round and the contacts.

Each check is a small function that puts what it finds into `Findings` and goes on.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from brevgen.facts.allocation import Allocation
from brevgen.facts.contacts import Contact
from brevgen.facts.municipalities import Register, name_key, names_of
from brevgen.findings import Findings, Place
from brevgen.settings.round import Round
from brevgen.settings.series import is_reference

SHORT_NOTICE = timedelta(weeks=3)


def check_municipalities(
    allocation: Allocation, register: Register, round_: Round, findings: Findings
) -> None:
    """Every number is a municipality of the settlement year, under its own name, with an office."""
    day = round_.register_day
    current = register.on(day)
    for row in allocation.rows:
        place = allocation.place(row, "kommunenummer")
        municipality = current.get(row.number)
        if municipality is not None:
            if name_key(row.name) not in names_of(municipality):
                findings.fault(
                    f"{row.number} is {municipality.name}, not {row.name}.",
                    "Put the number or the name right.",
                    allocation.place(row, "kommunenavn"),
                )
            if round_.office(municipality.region) is None:
                findings.fault(
                    f"The round has no office for {municipality.label} ({municipality.region}).",
                    "Add the region or “national” under [offices] in round.toml.",
                    place,
                )
            continue
        earlier = register.ever(row.number)
        heirs = register.heirs(row.number, day)
        if earlier is None:
            findings.fault(
                f"There is no municipality {row.number}.",
                "Put the number right, or add it to municipalities.csv.",
                place,
            )
        elif heirs:
            names = " and ".join(heir.label for heir in heirs)
            findings.fault(
                f"{earlier.label} is no longer a municipality on {day}: it has become {names}.",
                "Ask the successor instead.",
                place,
            )
        else:
            findings.fault(
                f"{earlier.label} is not a municipality on {day}.",
                "Use the number that is valid then.",
                place,
            )


def check_figures(
    allocation: Allocation, round_: Round, findings: Findings, *, complete: bool = True
) -> None:
    """No municipality below the minimum, and sums that equal the national figures.

    Where rows had to be left out for their faults (not `complete`), sums say nothing.
    """
    national = round_.national
    for row in allocation.rows:
        if row.asked < national.minimum:
            findings.fault(
                f"{row.name} is asked for {row.asked}, fewer than the round's {national.minimum}.",
                "Put the number right, or the minimum under [national] in round.toml.",
                allocation.place(row, "antall"),
            )
    if not complete:
        return
    sums = {
        "total": (sum(row.asked for row in allocation.rows), "refugees"),
        "minors": (sum(row.minors or 0 for row in allocation.rows), "unaccompanied minors"),
        "municipalities": (len(allocation.rows), "municipalities"),
    }
    for key, (found, noun) in sums.items():
        wanted = getattr(national, key)
        if found != wanted:
            findings.fault(
                f"The allocation has {found} {noun}, the round {wanted}"
                f" ({abs(found - wanted)} too {'many' if found > wanted else 'few'}).",
                f"Find the row that is wrong, or put {key} under [national] in round.toml right.",
                Place(allocation.table.file, allocation.table.sheet),
            )


def check_contacts(
    allocation: Allocation, contacts: Mapping[str, Contact], findings: Findings, *, shown_as: str
) -> None:
    """Every municipality that is asked can be reached."""
    for row in allocation.rows:
        contact = contacts.get(row.number)
        if contact is None or not contact.mailbox:
            what = "no contact" if contact is None else "no mailbox"
            findings.fault(
                f"{row.number} {row.name} has {what} in {shown_as}.",
                f"Write its official mailbox (postmottak) into {shown_as}.",
                allocation.place(row, "kommunenummer"),
            )


def check_references(allocation: Allocation, round_: Round, findings: Findings) -> None:
    """Every reference the allocation brings is well formed and one of the round's series."""
    for row in allocation.rows:
        place = allocation.place(row, "vår_ref")
        if row.reference and not is_reference(row.reference):
            findings.fault(f"“{row.reference}” is no reference.", "Write it like 17-09235.", place)
        elif row.reference and row.reference not in round_.series:
            findings.fault(
                f"{row.reference} is outside of the round's series, {round_.series}.",
                "Put the reference right, or the series under [references] in round.toml.",
                place,
            )


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
