"""Whether the facts fit together: the allocation with the register, the round and the contacts.

Each check is a small function that puts what it finds into `Findings` and goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from brevgen.facts.allocation import Allocation, AllocationRow
from brevgen.facts.contacts import Contact
from brevgen.facts.municipalities import Register, name_key, names_of
from brevgen.findings import Findings, Place
from brevgen.language import tr, written
from brevgen.settings.kind import KindColumn
from brevgen.settings.round import ROUND_FILE, Round


def check_municipalities(
    allocation: Allocation, register: Register, round_: Round, findings: Findings
) -> None:
    """Every number is a municipality of the settlement year, under its own name, with an office."""
    current = register.on(round_.register_day)
    for row in allocation.rows:
        municipality = current.get(row.number)
        if municipality is None:
            _note_none(allocation.place(row, "kommunenummer"), row, register, round_, findings)
            continue
        if name_key(row.name) not in names_of(municipality):
            findings.fault(
                tr(
                    "{number} is {name}, not {written}.",
                    number=row.number,
                    name=municipality.name,
                    written=row.name,
                ),
                tr("Put the number or the name right."),
                allocation.place(row, "kommunenavn"),
            )
        region, county = municipality.region, municipality.county
        if round_.office(region=region, county=county) is None:
            area = ", ".join(filter(None, (region, county)))
            findings.fault(
                tr(
                    "The round has no office for {municipality} ({area}).",
                    municipality=municipality.label,
                    area=area,
                ),
                tr(
                    "Add one for the region, the county or “national” under [offices] in {file}.",
                    file=ROUND_FILE,
                ),
                allocation.place(row, "kommunenummer"),
            )


def _note_none(
    place: Place, row: AllocationRow, register: Register, round_: Round, findings: Findings
) -> None:
    """The number is of no municipality then: there was never any, or it has become another."""
    day = round_.register_day
    earlier = register.ever(row.number)
    heirs = register.heirs(row.number, day)
    if earlier is None:
        findings.fault(
            tr("There is no municipality {number}.", number=row.number),
            tr("Put the number right, or add it to municipalities.csv."),
            place,
        )
    elif heirs:
        findings.fault(
            tr(
                "{municipality} is no longer a municipality on {day}: it has become {heirs}.",
                municipality=earlier.label,
                day=day,
                heirs=", ".join(heir.label for heir in heirs),
            ),
            tr("Ask the successor instead."),
            place,
        )
    else:
        findings.fault(
            tr(
                "{municipality} is not a municipality on {day}.",
                municipality=earlier.label,
                day=day,
            ),
            tr("Use the number that is valid then."),
            place,
        )


def check_figures(
    allocation: Allocation, round_: Round, findings: Findings, *, complete: bool = True
) -> None:
    """No municipality below the round's minimum, and figures that add up to its sums.

    The sums are those of [sums], or where the round has none those that letters state.
    Where rows had to be left out for their faults (not `complete`), sums say nothing.
    """
    kind = allocation.kind
    for fact, column in kind.counts.items():
        if column.least_figure:
            _check_least(allocation, round_, fact, column, findings)
    if not complete:
        return
    for fact, column in kind.counts.items():
        if column.sums_to:
            found = sum(row.count(fact) or 0 for row in allocation.rows)
            figure = _Figure(column.sums_to, fact, str(column.called))
            _check_sum(allocation, round_, found, figure, findings)
    if figure_of_rows := kind.rows_sum_to:
        figure = _Figure(figure_of_rows, figure_of_rows, tr("municipalities"))
        _check_sum(allocation, round_, len(allocation.rows), figure, findings)


@dataclass(frozen=True)
class _Figure:
    """A figure of the round: its key in [national], its key in [sums], and what it counts."""

    national: str
    own: str
    called: str

    def of(self, round_: Round) -> tuple[int | None, str, str]:
        """What the allocation is held to, with the table and the key where it stands."""
        if round_.sums is None:
            return getattr(round_.national, self.national), "national", self.national
        return getattr(round_.sums, self.own), "sums", self.own


def _check_least(
    allocation: Allocation, round_: Round, fact: str, column: KindColumn, findings: Findings
) -> None:
    name = column.least_figure
    least, table, key = _Figure(name, name, str(column.called)).of(round_)
    for row in allocation.rows:
        count = row.count(fact)
        if least is not None and count is not None and count < least:
            findings.fault(
                tr(
                    "{municipality} has {count} {called}, fewer than the round's {least}.",
                    municipality=row.name,
                    count=written(count),
                    called=column.called,
                    least=written(least),
                ),
                tr(
                    "Put the number right, or {key} under [{table}] in {file}.",
                    key=key,
                    table=table,
                    file=ROUND_FILE,
                ),
                allocation.place(row, fact),
            )


def _check_sum(
    allocation: Allocation, round_: Round, found: int, figure: _Figure, findings: Findings
) -> None:
    wanted, table, key = figure.of(round_)
    place = Place(allocation.table.file, allocation.table.sheet)
    values = {"found": written(found), "called": figure.called, "file": ROUND_FILE}
    everywhere = getattr(round_.national, figure.national)
    if wanted is not None and found != wanted:
        difference = written(abs(found - wanted))
        values |= {"wanted": written(wanted), "difference": difference, "key": key, "table": table}
        findings.fault(
            tr(
                "The allocation has {found} {called}, the round {wanted} ({difference} too many).",
                **values,
            )
            if found > wanted
            else tr(
                "The allocation has {found} {called}, the round {wanted} ({difference} too few).",
                **values,
            ),
            tr(
                "Find the row that is wrong, or put {key} under [{table}] in {file} right. If the"
                " round asks only a part of the country, leave [national] as letters are to say"
                " it, and write the round's own sums as [sums].",
                **values,
            )
            if round_.sums is None
            else tr(
                "Find the row that is wrong, or put {key} under [{table}] in {file} right.",
                **values,
            ),
            place,
        )
    elif found > everywhere:
        findings.warn(
            tr(
                "The allocation has {found} {called}; letters say that there are {everywhere} in"
                " the whole country.",
                everywhere=written(everywhere),
                **values,
            ),
            tr(
                "See that {key} under [national] in {file} is right.",
                key=figure.national,
                file=ROUND_FILE,
            ),
            place,
        )


def check_contacts(
    allocation: Allocation, contacts: Mapping[str, Contact], findings: Findings, *, shown_as: str
) -> None:
    """Every municipality that is asked can be reached."""
    for row in allocation.rows:
        contact = contacts.get(row.number)
        if contact is None or not contact.mailbox:
            who = f"{row.number} {row.name}"
            findings.fault(
                tr("{municipality} has no contact in {file}.", municipality=who, file=shown_as)
                if contact is None
                else tr(
                    "{municipality} has no mailbox in {file}.", municipality=who, file=shown_as
                ),
                tr("Write its official mailbox (postmottak) into {file}.", file=shown_as),
                allocation.place(row, "kommunenummer"),
            )


def check_organisation_numbers(
    allocation: Allocation, register: Register, round_: Round, findings: Findings
) -> None:
    """Every municipality that is asked through SvarUt has an organisation number."""
    if round_.dispatch.channel not in ("svarut", "svarut-folder"):
        return
    there = register.on(round_.register_day)
    for row in allocation.rows:
        municipality = there.get(row.number)
        if municipality is not None and not municipality.organisation_number:
            findings.fault(
                tr(
                    "{municipality} has no organisation number in the register, and letters of"
                    " this round go through SvarUt.",
                    municipality=municipality.label,
                ),
                tr("Write it into municipalities.csv, in the column orgnr."),
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
                tr(
                    "“{reference}” is no reference of the pattern {pattern}.",
                    reference=row.reference,
                    pattern=series.pattern,
                ),
                tr(
                    "Write it like {example}, or, if the archive writes it so, change pattern under"
                    " [references] in {file}.",
                    example=series.first,
                    file=ROUND_FILE,
                ),
                allocation.place(row, "vår_ref"),
            )
