"""Letters and the references given to them, as they stand in the ledger."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from brevgen.ledger import schema, told
from brevgen.ledger.chain import Act
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.records import REQUEST
from brevgen.ledger.references import (
    Holder,
    NewReference,
    Used,
    find_conflicts,
    new_references,
    references_after,
    references_of,
)
from brevgen.settings.series import Series

RESTORED = "ledger restored"
"""The event that tells of it; its reference is the highest that was used by then, if known."""

_NO_SERIES = Series("00-00000", "00-00000")
"""Where references come from files, and none from a series."""

_HOW = {"series": told.FROM_SERIES, "allocation": told.FROM_ALLOCATION}


class ReferencesReader(ReadingDoor):
    """References, and whose they are."""

    def used(self) -> Used:
        """Every reference ever given, in any round, and whose it is."""
        with self._file.reading() as connection:
            return read_used(connection)

    def references(self, round_name: str) -> dict[str, str]:
        """The references the letters of a round have, by municipality number in order."""
        return references_of(round_name, self.used())

    def highest_used(self) -> tuple[str, ...]:
        """The highest references used, as was told when the ledger was put back from a copy."""
        with self._file.reading() as connection:
            return read_highest(connection)

    def find_reference(self, reference: str) -> Holder | None:
        """The letter this reference was given to, in any round."""
        with self._file.reading() as connection:
            return read_used(connection, [reference]).get(reference)


class ReferencesWriter(WritingDoor, ReferencesReader):
    """Giving references."""

    def give_references(
        self,
        round_name: str,
        numbers: Sequence[str],
        series: Series,
        given: Mapping[str, str],
    ) -> dict[str, str]:
        """Give each municipality its reference, once: who has one in the round keeps it.

        Those with one in the allocation get that, also in place of one they have, as long as
        their letter was never approved; the one given up is never used again. The others get, in
        order of municipality number, the lowest of the series that nobody ever had and that are
        not in the allocation.

        Args:
            numbers: the municipalities that are to have a reference, 4 digits each.
            series: the references the round may give.
            given: municipality number to reference, for those that have one in the allocation; also
                of municipalities not asked for here, whose references are left free for them.

        Returns:
            municipality number to reference for each of `numbers`, in order of number.

        Raises:
            FaultyInput: references in the allocation are in conflict; every one is listed.
            Refused: too few are left in the series.
            In either case nothing is given.
        """
        with self._act() as act:
            used = read_used(act.connection)
            highest = read_highest(act.connection)
            new = new_references(round_name, numbers, series, given, used, highest=highest)
            _give(act, round_name, new, series)
        return references_after(round_name, numbers, used, new)

    def record_restored(
        self, last_event: int, found: Mapping[str, Mapping[str, str]], highest: Sequence[str]
    ) -> tuple[str, ...]:
        """Write down that the ledger was put back from a copy, and what was given since that.

        Args:
            last_event: the number of the copy's last event.
            found: by round, municipality number to a reference its letter bears, as files tell;
                letters get them back where nothing speaks against it.
            highest: the highest references that were ever used, one for each way of counting.

        Returns:
            the references that could not go back to the letters that bear them.
        """
        with self._act() as act:
            used = dict(read_used(act.connection))
            conflicting: list[str] = []
            for round_name, given in sorted(found.items()):
                against = {each.municipality for each in find_conflicts(round_name, given, used)}
                conflicting += [given[number] for number in sorted(against)]
                fitting = {each: given[each] for each in given if each not in against}
                new = new_references(round_name, fitting, _NO_SERIES, fitting, used)
                _give(act, round_name, new, _NO_SERIES)
                used |= {each.reference: Holder(round_name, each.municipality) for each in new}
            what = told.FROM_COPY.format(event=last_event)
            for reference in dict.fromkeys((*highest, *conflicting)) or ("",):
                act.tell(RESTORED, what, round_name="", reference=reference)
        return tuple(conflicting)


def read_used(connection: Connection, only: Collection[str] | None = None) -> Used:
    """References ever given, in any round, and whose they are.

    Args:
        only: just these, and others of the same letters; None for all.
    """
    given, letter = schema.references.c, schema.letters.c
    query = (
        select(given.reference, given.letter, letter.round, letter.municipality)
        .join_from(schema.references, schema.letters)
        .order_by(given.id)
    )
    theirs = select(given.letter).where(given.reference.in_(only or ()))
    if only is not None:
        query = query.where(given.letter.in_(theirs))
    approved = (
        select(given.letter)
        .select_from(
            schema.manifest_letters.join(schema.manifests).join(
                schema.references, given.reference == schema.manifest_letters.c.reference
            )
        )
        .where(schema.manifests.c.act == "approved")
    )
    if only is not None:
        approved = approved.where(given.letter.in_(theirs))
    fixed = set(connection.execute(approved.distinct()).scalars())
    rows = connection.execute(query).all()
    latest = {row.letter: row.reference for row in rows}
    return {
        row.reference: Holder(
            row.round,
            row.municipality,
            is_current=latest[row.letter] == row.reference,
            is_fixed=row.letter in fixed,
        )
        for row in rows
    }


def read_highest(connection: Connection) -> tuple[str, ...]:
    """The highest references that were used when the ledger was put back from a copy.

    All up to them may be in use: the copy did not know what was given after it.
    """
    event = schema.events.c
    query = select(event.reference).where(event.act == RESTORED, event.reference != "")
    return tuple(connection.execute(query.order_by(event.id)).scalars())


def check_holders(connection: Connection, letters: Iterable[tuple[str, Holder]]) -> None:
    """See to it that each reference is that of the letter beside it, and not given up.

    A letter recorded under another's reference would be a defect: better none than that.

    Raises:
        ValueError: one is not the reference of the letter it is said to be of.
    """
    wanted = list(letters)
    given = read_used(connection, [reference for reference, _ in wanted])
    for reference, letter in wanted:
        holder = given.get(reference)
        if holder is None or holder != letter or not holder.is_current:
            raise ValueError(
                f"{reference} was not given to municipality {letter.municipality} "
                f"in round {letter.round}"
            )


def _give(act: Act, round_name: str, new: Sequence[NewReference], series: Series) -> None:
    letter = schema.letters
    for each in new:
        what = _HOW[each.how].format(first=series.first, last=series.last)
        if each.replaces:
            what = told.IN_PLACE_OF.format(how=what, earlier=each.replaces)
        event = act.tell(
            "reference changed" if each.replaces else "reference given",
            what,
            round_name=round_name,
            municipality=each.municipality,
            reference=each.reference,
        )
        key = {"round": round_name, "kind": REQUEST, "municipality": each.municipality}
        if not each.replaces:
            act.insert(letter, [{**key, "event": event}])
        number = act.connection.execute(select(letter.c.id).filter_by(**key)).scalar_one()
        row = {"reference": each.reference, "letter": number, "given_at": act.at, "how": each.how}
        act.insert(schema.references, [{**row, "event": event}])
