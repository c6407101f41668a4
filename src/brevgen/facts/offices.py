"""Which office a municipality has, and whether the round's offices fit the register."""

import difflib
from collections.abc import Collection

from brevgen.facts.municipalities import Municipality, Register, name_key
from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.settings.round import NATIONAL, Office, Round


def office_of(municipality: Municipality, round_: Round) -> Office:
    """The office of a municipality in a round without faults."""
    office = round_.office(region=municipality.region, county=municipality.county)
    assert office is not None, "the checks have found an office for every municipality"
    return office


def check_offices(round_: Round, register: Register, findings: Findings, *, shown_as: str) -> None:
    """Every office, and every copy, is for regions or counties of the register on its day."""
    day = round_.register_day
    municipalities = register.on(day).values()
    regions = {m.region for m in municipalities if m.region}
    counties = {m.county for m in municipalities if m.county}
    for key, office in round_.offices.items():
        if key != NATIONAL and key not in regions and not office.counties:
            findings.fault(
                tr(
                    "There is no region “{key}” on {day}, so no municipality has this office.",
                    key=key,
                    day=day,
                ),
                _other_office(key, regions, counties),
                Place(shown_as, column=f"offices.{key}"),
            )
        for county in office.counties:
            if county not in counties:
                findings.fault(
                    tr("There is no county “{county}” on {day}.", county=county, day=day),
                    _other_name(county, counties),
                    Place(shown_as, column=f"offices.{key}.counties"),
                )
    areas = counties | (round_.offices.keys() - {NATIONAL})
    areas |= regions if regions & round_.offices.keys() else set()
    for number, copy in enumerate(round_.dispatch.copies):
        if copy.region and copy.region not in areas:
            findings.fault(
                tr("There is no region or county “{area}” on {day}.", area=copy.region, day=day),
                _other_name(copy.region, areas),
                Place(shown_as, column=f"dispatch.copies.{number}.region"),
            )


def _other_office(key: str, regions: Collection[str], counties: Collection[str]) -> str:
    """How the key of an office that is no region is meant."""
    if name_key(key) in map(name_key, counties):
        county = _nearest(key, counties)
        return tr('That is a county: write counties = ["{county}"] in the office.', county=county)
    if not (near := _nearest(key, regions)):
        return tr('Name its counties, such as counties = ["Oslo"], or remove it.')
    if name_key(key) == name_key(near):
        return tr('Write [offices."{key}"]. See its blanks and capital letters.', key=near)
    return tr('Write [offices."{key}"].', key=near)


def _other_name(name: str, known: Collection[str]) -> str:
    near = _nearest(name, known)
    if not near:
        return tr("There are: {names}.", names=", ".join(sorted(known)))
    if name_key(name) == name_key(near):
        return tr("Write “{name}”. See its blanks and capital letters.", name=near)
    return tr("Write “{name}”.", name=near)


def _nearest(name: str, known: Collection[str]) -> str:
    """The nearest of the names there are; empty if none is near."""
    by_key = {name_key(each): each for each in sorted(known)}
    near = difflib.get_close_matches(name_key(name)[:100], by_key, n=1)
    return by_key[near[0]] if near else ""
