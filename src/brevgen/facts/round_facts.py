"""Everything known about one round, read and checked in one go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from brevgen.facts import checks
from brevgen.facts.allocation import (
    Allocation,
    AllocationRow,
    find_allocation,
    read_allocation,
)
from brevgen.facts.contacts import Contact, read_contacts
from brevgen.facts.municipalities import Municipality, Register, read_register
from brevgen.findings import Findings
from brevgen.settings.round import Round, read_round


@dataclass(frozen=True)
class RoundFacts:
    """All facts of a round.

    Args:
        name: the round's name, e.g. `2018`.
        round: its settings.
        allocation: what is asked of whom.
        register: all municipalities.
        contacts: where they are reached, by number.
    """

    name: str
    round: Round
    allocation: Allocation
    register: Register
    contacts: Mapping[str, Contact]

    @cached_property
    def municipalities(self) -> dict[str, Municipality]:
        """The municipalities of the round's register day, by number."""
        return self.register.on(self.round.register_day)

    def asked(self) -> Iterator[tuple[AllocationRow, Municipality]]:
        """The rows with their municipalities, in order of municipality number."""
        municipalities = self.municipalities
        for row in sorted(self.allocation.rows, key=lambda row: row.number):
            yield row, municipalities[row.number]

    def area(self, municipality: Municipality) -> str:
        """What figures are summed by: the region, or the county where the round has no regions."""
        return municipality.region if self._by_region else municipality.county

    @cached_property
    def _by_region(self) -> bool:
        return any(m.region in self.round.offices for m in self.municipalities.values())


def read_round_facts(folder: Path, data: Path, findings: Findings) -> RoundFacts | None:
    """Read and check all facts of a round; None where something could not be read at all.

    Args:
        folder: the round's folder.
        data: the folder with the register and the contacts.
        findings: gets every fault and warning.
    """
    settings = folder / "round.toml"
    round_ = read_round(settings, findings, shown_as=settings.name)
    register_file, contacts_file = data / "municipalities.csv", data / "contacts.csv"
    register = read_register(register_file, findings, shown_as=register_file.name)
    contacts = read_contacts(
        contacts_file,
        findings,
        shown_as=contacts_file.name,
        register=register,
        day=round_.register_day if round_ else None,
    )
    before = len(findings.faults)
    allocation_file = find_allocation(folder, findings)
    allocation = None
    if allocation_file is not None:
        allocation = read_allocation(
            allocation_file,
            findings,
            shown_as=allocation_file.name,
            year=round_.settlement_year if round_ else None,
        )
    complete = len(findings.faults) == before
    if round_ is not None:
        checks.check_dates(round_, findings, shown_as=settings.name)
    if round_ is not None and allocation is not None:
        checks.check_references(allocation, round_, findings)
        checks.check_figures(allocation, round_, findings, complete=complete)
        if register is not None:
            checks.check_municipalities(allocation, register, round_, findings)
    if contacts is not None and allocation is not None:
        checks.check_contacts(allocation, contacts, findings, shown_as=contacts_file.name)
    if round_ is None or register is None or contacts is None or allocation is None:
        return None
    return RoundFacts(folder.name, round_, allocation, register, contacts)
