"""The documents made for each letter, as the ledger remembers them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from brevgen.ledger import holders, schema
from brevgen.ledger.records import MadeDocument
from brevgen.ledger.references import Holder

_COLUMNS = tuple(column.name for column in schema.documents.columns)


def read(connection: Connection, round_name: str) -> dict[str, MadeDocument]:
    """The documents of a round by municipality number, in order of number."""
    given = schema.references.c
    query = (
        select(given.round, given.municipality, schema.documents)
        .join_from(schema.documents, schema.references)
        .where(given.round == round_name)
        .order_by(given.municipality)
    )
    rows = connection.execute(query).mappings()
    return {row["municipality"]: MadeDocument(**row) for row in rows}


def write(connection: Connection, made: Sequence[MadeDocument], account: str) -> None:
    """Remember documents in place of the earlier ones of the same letters, and who made them.

    Raises:
        ValueError: a reference was not given to the letter it is said to be of.
    """
    holders.check(
        connection, ((each.reference, Holder(each.round, each.municipality)) for each in made)
    )
    if not made:
        return
    insertion = insert(schema.documents)
    columns = {name: insertion.excluded[name] for name in _COLUMNS if name != "reference"}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["reference"], set_=columns),
        [_columns(replace(document, account=account)) for document in made],
    )


def remove(connection: Connection, references: Iterable[str]) -> None:
    """Forget the documents of the letters with these references."""
    for reference in references:
        connection.execute(
            delete(schema.documents).where(schema.documents.c.reference == reference)
        )


def _columns(document: MadeDocument) -> dict[str, object]:
    fields = asdict(document)
    return {name: fields[name] for name in _COLUMNS}
