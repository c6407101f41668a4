"""The documents made for each letter, as the ledger remembers them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from brevgen.ledger import schema

_COLUMNS = tuple(column.name for column in schema.documents.columns)


@dataclass(frozen=True)
class MadeDocument:
    """The PDF and the DOCX of one letter, as last made.

    Args:
        round: the round's name.
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference, already given to it.
        state: a draft carries the UTKAST mark.
        fingerprint: digest of everything the files were made from; same fingerprint, same bytes.
        content_digest: digest of all a reader can see, as `Content.digest` tells it.
        pdf_name: the PDF's file name.
        pdf_sha256: SHA-256 of the PDF, 64 hexadecimal digits.
        docx_name: the DOCX's file name.
        docx_sha256: SHA-256 of the DOCX, 64 hexadecimal digits.
        pages: pages of the PDF.
        made_at: when, aware; the ledger keeps whole seconds of UTC.
    """

    round: str
    municipality: str
    reference: str
    state: Literal["draft"]
    fingerprint: str
    content_digest: str
    pdf_name: str
    pdf_sha256: str
    docx_name: str
    docx_sha256: str
    pages: int
    made_at: datetime


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


def write(connection: Connection, made: Sequence[MadeDocument]) -> None:
    """Remember documents in place of the earlier ones of the same letters.

    Raises:
        ValueError: a reference was not given to the letter it is said to be of.
    """
    _check_references(connection, made)
    if not made:
        return
    insertion = insert(schema.documents)
    columns = {name: insertion.excluded[name] for name in _COLUMNS if name != "reference"}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["reference"], set_=columns),
        [_columns(document) for document in made],
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


def _check_references(connection: Connection, made: Sequence[MadeDocument]) -> None:
    """A letter under another's reference would be a defect: better none than that."""
    given = schema.references.c
    rows = connection.execute(select(given.reference, given.round, given.municipality))
    letters = {(row.reference, row.round, row.municipality) for row in rows}
    for document in made:
        if (document.reference, document.round, document.municipality) not in letters:
            raise ValueError(
                f"{document.reference} was not given to municipality {document.municipality} "
                f"in round {document.round}"
            )
