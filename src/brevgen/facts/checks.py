"""Whether the facts fit together: the allocation with the register, the round and the contacts.

Each check is a small function that puts what it finds into `Findings` and goes on.
"""

from collections.abc import Mapping

from brevgen.facts.allocation import Allocation
from brevgen.facts.contacts import Contact
from brevgen.facts.municipalities import Register, name_key, names_of
from brevgen.findings import Findings, Place
from brevgen.settings.round import ROUND_FILE, Round


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
            region, county = municipality.region, municipality.county
            if round_.office(region=region, county=county) is None:
                area = ", ".join(filter(None, (region, county)))
                findings.fault(
                    f"The round has no office for {municipality.label} ({area}).",
                    "Add one for the region, the county or “national” under [offices] in"
                    f" {ROUND_FILE}.",
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
    """No municipality below the minimum, and figures that add up to the round's sums.

    Where rows had to be left out for their faults (not `complete`), sums say nothing.
    """
    wanted, national = round_.control_sums, round_.national
    table = "national" if round_.sums is None else "sums"
    for row in allocation.rows:
        if wanted.minimum is not None and row.asked < wanted.minimum:
            findings.fault(
                f"{row.name} is asked for {row.asked}, fewer than the round's {wanted.minimum}.",
                f"Put the number right, or minimum under [{table}] in {ROUND_FILE}.",
                allocation.place(row, "antall"),
            )
    if not complete:
        return
    asked, minors = (row.asked for row in allocation.rows), (row.minors for row in allocation.rows)
    sums = (
        ("asked", "total", sum(asked), "refugees"),
        ("minors", "minors", sum(each or 0 for each in minors), "unaccompanied minors"),
        ("municipalities", "municipalities", len(allocation.rows), "municipalities"),
    )
    for key, national_key, found, noun in sums:
        expected, everywhere = getattr(wanted, key), getattr(national, national_key)
        place = Place(allocation.table.file, allocation.table.sheet)
        if expected is not None and found != expected:
            name = national_key if round_.sums is None else key
            findings.fault(
                f"The allocation has {found} {noun}, the round {expected}"
                f" ({abs(found - expected)} too {'many' if found > expected else 'few'}).",
                f"Find the row that is wrong, or put {name} under [{table}] in {ROUND_FILE} right."
                + _OWN_SUMS * (round_.sums is None),
                place,
            )
        elif found > everywhere:
            findings.warn(
                f"The allocation has {found} {noun}; letters say that there are {everywhere} in the"
                " whole country.",
                f"See that {national_key} under [national] in {ROUND_FILE} is right.",
                place,
            )


_OWN_SUMS = (
    " If the round asks only a part of the country, leave [national] as letters are to say it, and"
    " write the round's own sums as [sums]."
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
    """Every reference the allocation brings is written as the round's are.

    It need not be one of the series: the archive may have given it apart from these.
    """
    series = round_.series
    for row in allocation.rows:
        if row.reference and not series.fits(row.reference):
            findings.fault(
                f"“{row.reference}” is no reference of the pattern {series.pattern}.",
                f"Write it like {series.first}, or, if the archive writes it so, change pattern"
                f" under [references] in {ROUND_FILE}.",
                allocation.place(row, "vår_ref"),
            )
