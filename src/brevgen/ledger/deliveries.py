"""What became of each letter on its way to each recipient: every receipt, never changed."""

from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from brevgen.characters import cleaned
from brevgen.errors import SentInOtherWords
from brevgen.language import tr
from brevgen.ledger import chain, schema, told
from brevgen.ledger.chain import Act
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.giving import check_holders
from brevgen.ledger.records import STATES, TO_SEND, Delivery, Receipt, ReceiptState
from brevgen.ledger.references import Holder

_ACTS: dict[ReceiptState, str] = {
    "to send": "to be sent again",
    "sending": "handed over",
    "reported": "report received",
}
"""What an event says of a receipt, where it is not the state itself."""


class DeliveriesReader(ReadingDoor):
    """Deliveries and their receipts."""

    def deliveries(self, round_name: str) -> dict[str, tuple[Delivery, ...]]:
        """The deliveries of a round, the first begun first, by municipality number in order.

        Letters that were never handed over to anybody are not there.
        """
        with self._file.reading() as connection:
            return _of_round(connection, round_name)

    def find_delivery(self, external_id: str) -> Delivery | None:
        """The delivery that is called so outside (a Message-ID, a service's id), of any round."""
        receipt = schema.receipts.c
        told = select(receipt.delivery).where(receipt.external_id == external_id)
        is_it = or_(
            schema.deliveries.c.external_id == external_id, schema.deliveries.c.id.in_(told)
        )
        with self._file.reading() as connection:
            found = _select(connection, is_it)
        return found[0] if found else None

    def deliveries_to(self, channel: str, recipient_key: str) -> list[Delivery]:
        """All deliveries to a recipient through a channel, of any round, the first begun first."""
        delivery = schema.deliveries.c
        to = and_(delivery.channel == channel, delivery.recipient_key == recipient_key)
        with self._file.reading() as connection:
            return _select(connection, to)

    def deliveries_hold(self, round_name: str) -> bool:
        """Whether all that is told of the sending of a round's letters is as it was written.

        Unlike approvals, a receipt that another hand has changed is told all the same: a letter
        that has left must never count as one that has not.
        """
        event, receipt, letter = schema.events.c, schema.receipts.c, schema.letters.c
        acts = {*_ACTS.values(), *STATES}
        told = select(event.id).where(event.round == round_name, event.act.in_(acts))
        written = (
            select(receipt.event)
            .select_from(
                schema.receipts.join(schema.deliveries).join(schema.references).join(schema.letters)
            )
            .where(letter.round == round_name)
        )
        with self._file.reading() as connection:
            last, count = connection.execute(select(func.max(event.id), func.count())).one()
            found = [*connection.execute(told).scalars(), *connection.execute(written).scalars()]
            numbers = {chain.event_number(each) for each in found}
            return (last or 0) == count and not chain.unfit(connection, numbers)


class DeliveriesWriter(WritingDoor, DeliveriesReader):
    """Recording deliveries and receipts."""

    def begin_sending(self, delivery: Delivery) -> bool:
        """Write down that a letter is about to be handed over, which forbids it to all others.

        Returns:
            whether it may be handed over; False where it was, or somebody else is at it.

        Raises:
            SentInOtherWords: the letter has left in other words.
            ValueError: the reference was not given to the letter it is said to be of, or a second
                copy was never ordered.
        """
        with self._act() as act:
            there = _find(act.connection, delivery)
            if there is not None and there.state not in TO_SEND:
                return False
            if there is None and delivery.copy > 1:
                raise ValueError(f"copy {delivery.copy} to {delivery.recipient_key} not ordered")
            _check_words(act.connection, delivery)
            if there is None:
                _add(act, delivery, "sending", "")
            else:
                _note(act, delivery, "sending", "")
        return True

    def order_copy(self, delivery: Delivery, words: str) -> None:
        """Write down that a sealed letter that has left is to be sent once more.

        Args:
            delivery: the new one: its copy higher by one than the recipient's last, 1 for somebody
                who has had none; its external id its own.
            words: why, for a person to read; not empty.

        Raises:
            SentInOtherWords: the letter has left in other words.
            ValueError: there is no reason, or the copy does not follow the last one.
        """
        if not cleaned(words):
            raise ValueError("a letter is not sent again without a reason")
        with self._act() as act:
            copies = [each.copy for each in _select(act.connection, _same(delivery))]
            if delivery.copy != max(copies, default=0) + 1:
                raise ValueError(f"copy {delivery.copy} does not follow copies {copies}")
            _check_words(act.connection, delivery)
            _add(act, delivery, "to send", words)

    def record_receipt(
        self, delivery: Delivery, state: ReceiptState, words: str, external_id: str | None = None
    ) -> None:
        """Write down what was found out about a delivery.

        Args:
            state: where it stands now; `reported` for what is told beside that.
            words: the server's, a person's or English; what cannot be printed in one line is taken
                out.
            external_id: what the channel calls the delivery, where it tells so only now.

        Raises:
            LookupError: the ledger does not know the delivery.
        """
        with self._act() as act:
            _note(act, delivery, state, words, external_id)

    def mark_interrupted_uncertain(self, round_name: str) -> int:
        """Mark what was being handed over by a command that is no more; how many there were.

        To be called only with the round's lock, while nobody else is sending.
        """
        with self._act() as act:
            found = _of_round(act.connection, round_name)
            interrupted = [
                each for own in found.values() for each in own if each.state == "sending"
            ]
            for each in interrupted:
                _note(act, each, "uncertain", told.CUT_OFF)
        return len(interrupted)


def _of_round(connection: Connection, round_name: str) -> dict[str, tuple[Delivery, ...]]:
    found = _select(connection, schema.letters.c.round == round_name)
    by_number = groupby(
        sorted(found, key=lambda each: each.municipality), key=lambda each: each.municipality
    )
    return {number: tuple(each) for number, each in by_number}


def _same(delivery: Delivery) -> ColumnElement[bool]:
    """The same letter to the same recipient, whichever copy."""
    column = schema.deliveries.c
    return and_(
        column.pdf_sha256 == delivery.pdf_sha256,
        column.channel == delivery.channel,
        column.recipient_key == delivery.recipient_key,
    )


def _find(connection: Connection, delivery: Delivery) -> Delivery | None:
    copies = _select(connection, _same(delivery))
    return next((each for each in copies if each.copy == delivery.copy), None)


def _check_words(connection: Connection, delivery: Delivery) -> None:
    letter = Holder(delivery.round, delivery.municipality)
    check_holders(connection, [(delivery.reference, letter)])
    others = _select(connection, schema.deliveries.c.reference == delivery.reference)
    if any(each.has_left and each.pdf_sha256 != delivery.pdf_sha256 for each in others):
        raise SentInOtherWords(
            tr(
                "{reference} has left in other words already, and what is sent is never changed.",
                reference=delivery.reference,
            )
        )


def _add(act: Act, delivery: Delivery, state: ReceiptState, words: str) -> None:
    event = _tell(act, delivery, state, words)
    fields = {name: getattr(delivery, name) for name in _OWN}
    act.insert(schema.deliveries, [{**fields, "event": event}])
    _insert_receipt(act, delivery, event, state, words, None)


def _note(
    act: Act, delivery: Delivery, state: ReceiptState, words: str, external_id: str | None = None
) -> None:
    event = _tell(act, delivery, state, words)
    _insert_receipt(act, delivery, event, state, words, external_id)


def _insert_receipt(
    act: Act,
    delivery: Delivery,
    event: int,
    state: ReceiptState,
    words: str,
    external_id: str | None,
) -> None:
    column = schema.deliveries.c
    query = select(column.id).where(_same(delivery), column.copy == delivery.copy)
    number = act.connection.execute(query).scalar()
    if number is None:
        raise LookupError(f"the ledger knows no such delivery to {delivery.recipient_key}")
    receipt = {
        "delivery": number,
        "state": state,
        "at": act.at,
        "words": cleaned(words),
        "account": act.account,
        "external_id": external_id,
        "event": event,
    }
    act.insert(schema.receipts, [receipt])


def _tell(act: Act, delivery: Delivery, state: ReceiptState, words: str) -> int:
    if delivery.copy > 1:
        what = told.COPY_BY_CHANNEL_WITH_WORDS if words else told.COPY_BY_CHANNEL
    else:
        what = told.BY_CHANNEL_WITH_WORDS if words else told.BY_CHANNEL
    return act.tell(
        _ACTS.get(state, state),
        what.format(
            recipient=f"{delivery.title} {delivery.address or delivery.recipient_key}",
            channel=delivery.channel,
            copy=delivery.copy,
            words=words,
        ),
        round_name=delivery.round,
        municipality=delivery.municipality,
        reference=delivery.reference,
    )


_OWN = tuple(each.name for each in schema.deliveries.columns if each.name not in ("id", "event"))


def _select(connection: Connection, condition: ColumnElement[bool]) -> list[Delivery]:
    letter, receipt, delivery = schema.letters.c, schema.receipts.c, schema.deliveries.c
    query = (
        select(
            delivery.id,
            letter.round,
            letter.municipality,
            *(delivery[name] for name in _OWN),
            receipt.state,
            receipt.at,
            receipt.words,
            receipt.account,
            receipt.external_id.label("told_id"),
        )
        .select_from(
            schema.deliveries.join(schema.references).join(schema.letters).join(schema.receipts)
        )
        .where(condition)
        .order_by(delivery.id, receipt.id)
    )
    by_delivery = groupby(connection.execute(query), key=lambda row: row.id)
    return [_delivery(list(rows)) for _, rows in by_delivery]


def _delivery(rows: list[Row[Any]]) -> Delivery:
    receipts = tuple(
        Receipt(row.state, row.at, row.words, row.account, row.told_id) for row in rows
    )
    first = rows[0]
    fields = {name: getattr(first, name) for name in (*_OWN, "round", "municipality")}
    return Delivery(**fields, receipts=receipts)
