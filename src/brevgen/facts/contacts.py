"""Where each municipality is reached: its official mailbox, its mayor and its chief executive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from brevgen.email_address import malformed
from brevgen.facts.address_owners import Owners
from brevgen.facts.municipalities import Municipality, Register, name_key, names_of
from brevgen.findings import Findings, Place
from brevgen.known_files import KnownFiles
from brevgen.language import tr, tr_many
from brevgen.tables.numbers import Reason, municipality_number
from brevgen.tables.reader import Column, Table, TableRow, read_table

COLUMNS = (
    Column("kommunenummer"),
    Column("kommunenavn", printed=True),
    Column("postmottak", synonyms=("e-post", "epost")),
    Column("ordfører", printed=True),
    Column("ordfører_epost", synonyms=("ordførers e-post",)),
    Column("rådmann", synonyms=("kommunedirektør",), printed=True),
    Column("rådmann_epost", synonyms=("kommunedirektør_epost",)),
)
ADDRESSES = ("postmottak", "ordfører_epost", "rådmann_epost")
"""The columns with addresses."""
MOST_TOLD = 3
"""Addresses that are told of those that seem to have come into the wrong row."""


@dataclass(frozen=True)
class Astray:
    """An address that looks like one of another municipality than the one in whose row it stands.

    Args:
        place: its cell.
        address: the address.
        number: municipality number of the row.
        other: whose address it looks like.
    """

    place: Place
    address: str
    number: str
    other: Municipality


@dataclass(frozen=True)
class Person:
    """Somebody who is to have the letter; name and address are empty where not known."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Contact:
    """Where one municipality is reached.

    Args:
        number: municipality number.
        mailbox: e-mail address of the official mailbox (*postmottak*).
        mayor: the *ordfører*.
        chief_executive: the *rådmann*, since 2018 *kommunedirektør*.
    """

    number: str
    mailbox: str
    mayor: Person
    chief_executive: Person


def read_contacts(
    path: Path,
    findings: Findings,
    *,
    shown_as: str,
    register: Register | None = None,
    day: date | None = None,
) -> dict[str, Contact] | None:
    """Read the contacts by municipality number; None where the file cannot be read.

    The same file is not read twice in a row where there was nothing to find in it.

    Args:
        shown_as: the file's name in them.
        register: what the names are held to; without it they are not.
        day: the day whose names count, where a number is in use on it; else its last name does.
    """
    read = partial(_read_contacts, path, shown_as=shown_as, register=register, day=day)
    contacts = _KNOWN.read(path, findings, read, register, day)
    return None if contacts is None else dict(contacts)


_KNOWN = KnownFiles[dict[str, Contact]]()


def _read_contacts(
    path: Path, findings: Findings, *, shown_as: str, register: Register | None, day: date | None
) -> dict[str, Contact] | None:
    table = read_table(path, COLUMNS, findings, shown_as=shown_as)
    if table is None:
        return None
    contacts: dict[str, Contact] = {}
    owners = Owners(register, day) if register is not None else None
    astray: list[Astray] = []
    for row in table.rows:
        cells = {column.name: str(row.cells.get(column.name, "")) for column in COLUMNS}
        for column in ADDRESSES:
            if cells[column] and (reason := malformed(cells[column])):
                findings.fault(
                    tr(
                        "“{address}” is not an e-mail address: {reason}.",
                        address=cells[column],
                        reason=reason,
                    ),
                    tr("Write it as name@municipality.example, one address in the cell."),
                    table.place(row, column),
                )
        number = municipality_number(cells["kommunenummer"])
        if isinstance(number, Reason):
            if "kommunenummer" not in row.unusable:  # else it has its fault already
                findings.fault(number.what, number.remedy, table.place(row, "kommunenummer"))
            continue
        if number in contacts:
            findings.fault(
                tr("Municipality {number} stands here a second time.", number=number),
                tr("Keep one row for each municipality."),
                table.place(row, "kommunenummer"),
            )
            continue
        if register is not None and cells["kommunenavn"]:
            _check_name(table, row, number, register, day, findings)
        if owners is not None and (found := _astray(table, row, number, owners)):
            astray.append(found)
        contacts[number] = Contact(
            number,
            cells["postmottak"],
            Person(cells["ordfører"], cells["ordfører_epost"]),
            Person(cells["rådmann"], cells["rådmann_epost"]),
        )
    _warn_of(astray, findings)
    return contacts


def _check_name(
    table: Table,
    row: TableRow,
    number: str,
    register: Register,
    day: date | None,
    findings: Findings,
) -> None:
    """A number and a name that do not belong together would send a letter to somebody else."""
    last = register.ever(number)
    then = register.on(day).get(number) if day is not None else None
    if last is None:
        findings.warn(
            tr("There is no municipality {number} in the register.", number=number),
            tr("Put the number right, or delete the row."),
            table.place(row, "kommunenummer"),
        )
        return
    name = str(row.cells["kommunenavn"])
    meant = then or last
    if name != meant.name and name_key(name) not in names_of(meant) | names_of(last):
        findings.fault(
            tr("{number} is {name}, not {written}.", number=number, name=meant.name, written=name),
            tr("See that number, name and addresses of the row belong together."),
            table.place(row, "kommunenavn"),
        )


def _astray(table: Table, row: TableRow, number: str, owners: Owners) -> Astray | None:
    """The first address of a row that looks like one of another municipality; None for none."""
    for column in ADDRESSES:
        address = str(row.cells.get(column, ""))
        if other := owners.other(address, number):
            return Astray(table.place(row, column), address, number, other)
    return None


def _warn_of(astray: Sequence[Astray], findings: Findings) -> None:
    """An address that slipped into another row would have a letter sent to somebody else."""
    if not astray:
        return
    told = [
        tr(
            "“{address}” in the row of {number} looks like one of {other}",
            address=each.address,
            number=each.number,
            other=each.other.label,
        )
        for each in astray[:MOST_TOLD]
    ]
    findings.warn(
        tr_many(
            "{count} row has an address of another municipality, it seems: {which}.",
            "{count} rows have an address of another municipality, it seems: {which}.",
            len(astray),
            which="; ".join(told) + ("; …" if len(astray) > MOST_TOLD else ""),
        ),
        tr("See that number, name and addresses of the row belong together."),
        astray[0].place,
    )
