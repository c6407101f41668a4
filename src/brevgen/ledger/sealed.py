"""The final letters, byte for byte as they were sealed, and by whom."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select

from brevgen.ledger import approvals, holders, schema
from brevgen.ledger.records import SealedFile, SealedLetter
from brevgen.ledger.references import Holder


def read(connection: Connection, round_name: str) -> dict[tuple[str, str], SealedFile]:
    """The final letters of a round by municipality number and content digest, in that order.

    Where a content has a TEST seal and a real one, it is the real one.
    """
    files = _select(connection, schema.references.c.round == round_name)
    return {(file.municipality, file.content_digest): file for file in files}


def find(connection: Connection, pdf_sha256: str) -> SealedFile | None:
    """The final letter whose sealed PDF has this SHA-256, in any round; None if there is none."""
    files = _select(connection, schema.sealed.c.pdf_sha256 == pdf_sha256)
    return files[0] if files else None


def read_bytes(
    connection: Connection, reference: str, content_digest: str, which: Literal["pdf", "docx"]
) -> bytes:
    """The bytes of the sealed PDF, or of the DOCX; of the real seal rather than of a TEST seal.

    Raises:
        LookupError: this content of the letter was not sealed.
    """
    kept = schema.sealed.c
    query = (
        select(kept[which])
        .where(kept.reference == reference, kept.content_digest == content_digest)
        .order_by(kept.is_test)
    )
    content = connection.execute(query).scalar()
    if content is None:
        raise LookupError(f"{reference} was not sealed with the content {content_digest}")
    assert isinstance(content, bytes)
    return content


def write(connection: Connection, letters: Sequence[SealedLetter]) -> None:
    """Keep letters just sealed, for good.

    Raises:
        ValueError: a reference was not given to the letter it is said to be of, its content was
            never approved, a digest is not that of the bytes, or it was sealed already.
    """
    files = [letter.file for letter in letters]
    holders.check(
        connection, ((file.reference, Holder(file.round, file.municipality)) for file in files)
    )
    for letter in letters:
        _check(connection, letter)
        fields = asdict(letter.file)
        del fields["round"], fields["municipality"]
        connection.execute(insert(schema.sealed).values(**fields, pdf=letter.pdf, docx=letter.docx))


def _check(connection: Connection, letter: SealedLetter) -> None:
    file, kept = letter.file, schema.sealed.c
    for name, digest, content in (
        (file.pdf_name, file.pdf_sha256, letter.pdf),
        (file.docx_name, file.docx_sha256, letter.docx),
    ):
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"{digest} is not the SHA-256 of {name}")
    if not approvals.was_approved(connection, file.reference, file.content_digest):
        raise ValueError(f"{file.reference} was never approved with this content")
    same = and_(
        kept.reference == file.reference,
        kept.content_digest == file.content_digest,
        kept.is_test == file.is_test,
    )
    query = select(kept.reference).where(or_(same, kept.pdf_sha256 == file.pdf_sha256))
    if connection.execute(query).first() is not None:
        raise ValueError(f"{file.pdf_name} is sealed already, and a final letter never changes")


def _select(connection: Connection, condition: ColumnElement[bool]) -> list[SealedFile]:
    given = schema.references.c
    told = [column for column in schema.sealed.columns if column.name not in ("pdf", "docx")]
    query = (
        select(given.round, given.municipality, *told)
        .join_from(schema.sealed, schema.references)
        .where(condition)
        .order_by(
            given.municipality, schema.sealed.c.content_digest, schema.sealed.c.is_test.desc()
        )
    )
    return [SealedFile(**row) for row in connection.execute(query).mappings()]
