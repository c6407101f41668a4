"""Everything known about one round, read and checked in one go."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from brevgen.facts import checks, dates, forgotten
from brevgen.facts.allocation import Allocation, AllocationRow, read_allocation
from brevgen.facts.allocation_file import find_allocation
from brevgen.facts.audience import check_follows, hold_to_audience
from brevgen.facts.contacts import Contact, read_contacts
from brevgen.facts.earlier import EarlierLetter, Followed
from brevgen.facts.municipalities import Municipality, Register, name_key, read_register
from brevgen.facts.offices import check_offices
from brevgen.findings import Findings
from brevgen.settings.kind import Kind, Kinds
from brevgen.settings.round import NATIONAL, ROUND_FILE, Copy, Round
from brevgen.settings.round_file import kind_of_round, read_round


@dataclass(frozen=True)
class RoundFacts:
    """All facts of a round.

    Args:
        name: the round's name, e.g. `2018`.
        round: its settings.
        allocation: what is asked of whom.
        register: all municipalities.
        contacts: where they are reached, by number.
        kind: the kind of its letters.
        kinds: all kinds that rounds may be of.
        followed: the round it follows; None where it follows none.
    """

    name: str
    round: Round
    allocation: Allocation
    register: Register
    contacts: Mapping[str, Contact]
    kind: Kind
    kinds: Kinds
    followed: Followed | None = None

    @cached_property
    def municipalities(self) -> dict[str, Municipality]:
        """The municipalities of the round's register day, by number."""
        return self.register.on(self.round.register_day)

    def asked(self) -> Iterator[tuple[AllocationRow, Municipality]]:
        """The rows with their municipalities, in order of municipality number.

        Where the round has faults, rows of a number that no municipality bears are left out.
        """
        municipalities = self.municipalities
        for row in sorted(self.allocation.rows, key=lambda row: row.number):
            if row.number in municipalities:
                yield row, municipalities[row.number]

    def earlier(self, number: str) -> EarlierLetter | None:
        """The earlier letter to a municipality; None where its letter refers to none."""
        is_cited = self.followed is not None and self.kind.has_earlier
        return self.followed.letters.get(number) if self.followed and is_cited else None

    def area(self, municipality: Municipality) -> str:
        """What figures are summed by: the office's region or counties, else the county."""
        region, county = municipality.region, municipality.county
        key = self.round.office_key(region=region, county=county)
        if key not in (None, NATIONAL):
            return str(key)
        return (region if self._by_region else "") or county

    def is_in(self, municipality: Municipality, area: str) -> bool:
        """Whether a municipality is in an area as people name it.

        That is its county, the key of its office, or, where the round has offices by region, its
        region, with or without `IMDi` before it. Regions are left in the register after they have
        closed, and then for a part of the municipalities only.
        """
        names = {self.area(municipality), municipality.county}
        names |= {municipality.region} if self._by_region else set()
        names |= {name.removeprefix("IMDi ") for name in names}
        return name_key(area) in map(name_key, names)

    def copies(self, municipality: Municipality) -> tuple[Copy, ...]:
        """Who gets a copy of a municipality's letter."""
        copies = self.round.dispatch.copies
        return tuple(
            copy for copy in copies if not copy.region or self.is_in(municipality, copy.region)
        )

    @cached_property
    def _by_region(self) -> bool:
        return any(m.region in self.round.offices for m in self.municipalities.values())


Follow = Callable[[str, Round, Findings], Followed]
"""Tells what the ledger knows of a round that another follows: by its name and settings."""


def follow_nothing(name: str, round_: Round, findings: Findings) -> Followed:
    """What is known of a round where there is no ledger."""
    del round_, findings
    return Followed(name)


def read_round_facts(
    folder: Path,
    data: Path,
    findings: Findings,
    *,
    kinds: Kinds,
    follow: Follow = follow_nothing,
    today: date | None = None,
) -> RoundFacts | None:
    """Read and check all facts of a round; None where something could not be read at all.

    Args:
        data: the folder with the register and the contacts.
        kinds: the kinds that a round may be of.
        follow: tells of the round that this one follows.
        today: the day it is in Norway; without it nothing is said of what may have been forgotten.
    """
    settings = folder / ROUND_FILE
    round_ = read_round(settings, findings, shown_as=settings.name, kinds=kinds)
    kind = kind_of_round(settings, kinds)
    register_file, contacts_file = data / "municipalities.csv", data / "contacts.csv"
    register = read_register(register_file, findings, shown_as=register_file.name)
    contacts = read_contacts(
        contacts_file,
        findings,
        shown_as=contacts_file.name,
        register=register,
        day=round_.register_day if round_ else None,
    )
    followed = None
    if round_ is not None and kind is not None:
        followed_round = check_follows(round_, kind, kinds, folder, findings)
        if followed_round is not None:
            followed = follow(round_.follows, followed_round, findings)
    before = len(findings.faults)
    allocation = _read_allocation(folder, round_, kind, followed, findings)
    if allocation is not None and followed is not None:
        allocation = hold_to_audience(allocation, followed, round_, findings)
    complete = len(findings.faults) == before
    if round_ is not None:
        dates.check_dates(round_, findings, shown_as=settings.name)
        if today is not None and not findings.only_faults:
            others = forgotten.other_rounds(folder, kinds)
            findings.items += forgotten.forgotten(folder.name, round_, today, others)
        if register is not None:
            check_offices(round_, register, findings, shown_as=settings.name)
    if round_ is not None and allocation is not None:
        checks.check_references(allocation, round_, findings)
        checks.check_figures(allocation, round_, findings, complete=complete)
        if register is not None:
            checks.check_municipalities(allocation, register, round_, findings)
            checks.check_organisation_numbers(allocation, register, round_, findings)
    if contacts is not None and allocation is not None:
        checks.check_contacts(allocation, contacts, findings, shown_as=contacts_file.name)
    if round_ is None or register is None or contacts is None or allocation is None or kind is None:
        return None
    return RoundFacts(folder.name, round_, allocation, register, contacts, kind, kinds, followed)


def _read_allocation(
    folder: Path,
    round_: Round | None,
    kind: Kind | None,
    followed: Followed | None,
    findings: Findings,
) -> Allocation | None:
    """The allocation; None where it cannot be read, or its columns are not known."""
    file = find_allocation(folder, findings)
    if file is None or kind is None:
        return None
    return read_allocation(
        file,
        kind,
        findings,
        shown_as=file.name,
        year=round_.settlement_year if round_ is not None else None,
        earlier=followed.letters if followed is not None else None,
    )
