"""How the counts of a row must fit together, as the kind declares it: parts, sums, differences."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from brevgen.facts.earlier import EarlierLetter
from brevgen.language import tr
from brevgen.settings.kind import EARLIER, Fact, Kind, KindColumn
from brevgen.tables.numbers import Reason


@dataclass(frozen=True)
class Counts:
    """The counts of one row, and of the earlier letter to its municipality.

    Args:
        kind: whose columns they are in.
        facts: what the row says by fact; blank cells are absent.
        earlier: the earlier letter; None where there is none.
    """

    kind: Kind
    facts: Mapping[str, Fact]
    earlier: EarlierLetter | None = None

    def get(self, name: str) -> int | None:
        """A count by its name; None where it is blank or not known."""
        if name.startswith(EARLIER):
            return self.earlier.count(name) if self.earlier is not None else None
        value = self.facts.get(name)
        return value if isinstance(value, int) else None

    def named(self, name: str) -> str:
        """A count with what it counts: `10 refugees`."""
        if name.startswith(EARLIER) and self.earlier is not None:
            reference = self.earlier.reference
            return tr(
                "{count} in the letter {reference}", count=self.get(name), reference=reference
            )
        return f"{self.get(name)} {self.kind.columns[name].called}"


def misfits(
    counts: Counts, known: Collection[str], *, is_left_out: bool = False
) -> Iterator[tuple[str, Reason]]:
    """The fact and the fault of each count that does not fit with another one.

    Args:
        known: the facts whose cells are without fault, blank or not; only these are compared.
        is_left_out: whether the row's municipality gets no letter; then only parts are looked at.
    """
    rules = (_part,) if is_left_out else (_part, _sum, _least, _difference)
    has_earlier = counts.earlier is not None
    for name, column in counts.kind.counts.items():
        if counts.get(name) is None or name not in known:
            continue
        others = [other for _, other in column.relations() if other]
        if all(has_earlier if each.startswith(EARLIER) else each in known for each in others):
            reasons = (rule(counts, name, column) for rule in rules)
            yield from ((name, reason) for reason in reasons if reason is not None)


def _part(counts: Counts, name: str, column: KindColumn) -> Reason | None:
    part, whole = counts.get(name) or 0, counts.get(column.part_of) if column.part_of else None
    if not column.part_of or part <= (whole or 0):
        return None
    if whole is None:
        return Reason(
            tr(
                "{part}: the number they are a part of is blank.",
                part=counts.named(name),
            ),
            tr("Fill in that number, or put this one right."),
        )
    return Reason(
        tr(
            "{part} are more than the {whole} they are a part of.",
            part=counts.named(name),
            whole=counts.named(column.part_of),
        ),
        tr("They are counted inside that number: put one of the two right."),
    )


def _sum(counts: Counts, name: str, column: KindColumn) -> Reason | None:
    parts = [counts.get(part) for part in column.sum_of]
    actual = sum(part or 0 for part in parts)
    if all(part is None for part in parts) or actual == counts.get(name):
        return None
    return Reason(
        tr(
            "{sum}: the parts add up to {actual} ({parts}).",
            sum=counts.named(name),
            actual=actual,
            parts=" + ".join("–" if part is None else str(part) for part in parts),
        ),
        tr("Put the sum or one of its parts right."),
    )


def _least(counts: Counts, name: str, column: KindColumn) -> Reason | None:
    count, least = counts.get(name) or 0, column.at_least
    if isinstance(least, int):
        told, wanted = str(least), least
    elif least and not column.least_figure and (other := counts.get(least)) is not None:
        told, wanted = counts.named(least), other
    else:
        return None
    if count >= wanted:
        return None
    return Reason(
        tr("{count} are fewer than {least}.", count=counts.named(name), least=told),
        tr("Put the number right."),
    )


def _difference(counts: Counts, name: str, column: KindColumn) -> Reason | None:
    if not column.differs_from or counts.get(name) != counts.get(column.differs_from):
        return None
    return Reason(
        tr(
            "{count} is the same number as {other}.",
            count=counts.named(name),
            other=counts.named(column.differs_from),
        ),
        tr("Write the new number, or delete the row if nothing changes for the municipality."),
    )
