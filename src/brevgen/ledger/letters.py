"""The letters themselves: drafts as last made, and final letters byte for byte as sealed."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, insert, or_, select

from brevgen.errors import LedgerDamaged
from brevgen.language import tr
from brevgen.ledger import chain, schema, told
from brevgen.ledger.door import ReadingDoor, WritingDoor
from brevgen.ledger.giving import check_holders
from brevgen.ledger.manifests import approved_contents
from brevgen.ledger.records import LetterFiles, MadeDocument, SealedFile, SealedLetter
from brevgen.ledger.references import Holder

_OF_DRAFTS = tuple(column.name for column in schema.documents.columns if column.name != "letter")


class LettersReader(ReadingDoor):
    """Drafts and final letters."""

    def documents(self, round_name: str) -> dict[str, MadeDocument]:
        """The drafts made in a round, by municipality number, in order of number."""
        with self._file.reading() as connection:
            return _drafts(connection, round_name)

    def sealed_files(self, round_name: str) -> dict[tuple[str, str], SealedFile]:
        """The final letters of a round by municipality number and content digest, in that order.

        Where a content has a TEST seal and a real one, it is the real one.
        """
        wanted = schema.letters.c.round == round_name
        with self._file.reading() as connection:
            files = [_sealed_file(row) for row in connection.execute(_sealed_query(wanted))]
        return {(file.municipality, file.content_digest): file for file in files}

    def find_sealed(self, pdf_sha256: str) -> SealedFile | None:
        """The final letter, of any round, whose sealed PDF has this SHA-256.

        None where there is none, or where another hand has put it into the ledger.
        """
        with self._file.reading() as connection:
            query = _sealed_query(schema.sealed.c.pdf_sha256 == pdf_sha256)
            rows = chain.intact_rows(connection, query)
        return next(map(_sealed_file, rows), None)

    def sealed_pdf(self, reference: str, content_digest: str) -> bytes:
        """The sealed PDF of one content of a letter, exactly as it was recorded.

        Raises:
            LookupError: this content of the letter was not sealed.
            LedgerDamaged: what is kept is not what was recorded.
        """
        return self._sealed_bytes(reference, content_digest, "pdf")

    def sealed_docx(self, reference: str, content_digest: str) -> bytes:
        """The DOCX beside the sealed PDF of one content of a letter, exactly as it was recorded.

        Raises:
            LookupError: this content of the letter was not sealed.
            LedgerDamaged: what is kept is not what was recorded.
        """
        return self._sealed_bytes(reference, content_digest, "docx")

    def _sealed_bytes(
        self, reference: str, content_digest: str, which: Literal["pdf", "docx"]
    ) -> bytes:
        """From the real seal rather than from a TEST seal."""
        kept = schema.sealed.c
        query = (
            select(kept[which], kept[f"{which}_sha256"], kept[f"{which}_name"], kept.event)
            .where(kept.reference == reference, kept.content_digest == content_digest)
            .order_by(kept.is_test)
        )
        with self._file.reading() as connection:
            found = connection.execute(query).first()
            if found is None:
                raise LookupError(f"{reference} was not sealed with the content {content_digest}")
            intact = chain.intact(connection, [found.event])
        data, digest, name, event = found
        is_file = isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == digest
        if not is_file or event not in intact:
            raise LedgerDamaged(
                tr(
                    "What the ledger keeps as {file} (reference {reference}) is not the file that"
                    " was sealed: another hand or a broken disk has changed the ledger. Nothing of"
                    " it was used. Put the ledger back from a backup.",
                    file=name,
                    reference=reference,
                )
            )
        return bytes(data)


class LettersWriter(WritingDoor, LettersReader):
    """Recording drafts and final letters."""

    def record_documents(self, made: Sequence[MadeDocument]) -> None:
        """Remember drafts in place of the earlier ones of the same letters.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of; nothing is
                remembered.
        """
        with self._act() as act:
            check_holders(act.connection, ((each.reference, _holder(each)) for each in made))
            for each in made:
                number = _letter(act.connection, each.reference)
                act.connection.execute(_forget(number))
                fields = asdict(replace(each, account=act.account))
                values = {name: fields[name] for name in _OF_DRAFTS}
                act.connection.execute(insert(schema.documents).values(letter=number, **values))
                _tell_of_files(act, "draft made", each)

    def remove_documents(
        self, round_name: str, municipalities: Iterable[str]
    ) -> list[MadeDocument]:
        """Forget the drafts of letters that are no longer wanted; their references stay given.

        Returns:
            the drafts forgotten, in order of municipality number; municipalities that have none
            are passed over.
        """
        unwanted = set(municipalities)
        with self._act() as act:
            there = _drafts(act.connection, round_name)
            removed = [document for number, document in there.items() if number in unwanted]
            for each in removed:
                act.connection.execute(_forget(_letter(act.connection, each.reference)))
                _tell_of_files(act, "draft removed", each)
        return removed

    def record_sealed(self, letters: Sequence[SealedLetter]) -> None:
        """Keep letters just sealed, for good, and forget their drafts.

        Raises:
            ValueError: a reference was not given to the letter it is said to be of, its content was
                never approved, a digest is not that of the bytes, or it was sealed already; nothing
                is kept and no draft forgotten.
        """
        with self._act() as act:
            check_holders(
                act.connection, ((each.file.reference, _holder(each.file)) for each in letters)
            )
            approved = approved_contents(act.connection, [each.file.reference for each in letters])
            for each in letters:
                _check_sealed(act.connection, each, approved)
                event = _tell_of_files(act, "sealed", each.file)
                fields = asdict(each.file)
                del fields["round"], fields["municipality"]
                fields |= {"event": event, "pdf": each.pdf, "docx": each.docx}
                act.insert(schema.sealed, [fields])
                act.connection.execute(_forget(_letter(act.connection, each.file.reference)))


def _holder(each: LetterFiles) -> Holder:
    return Holder(each.round, each.municipality)


def _letter(connection: Connection, reference: str) -> int:
    given = schema.references.c
    query = select(given.letter).where(given.reference == reference)
    return int(connection.execute(query).scalar_one())


def _forget(letter: int) -> Any:
    return delete(schema.documents).where(schema.documents.c.letter == letter)


def _drafts(connection: Connection, round_name: str) -> dict[str, MadeDocument]:
    letter = schema.letters.c
    told = [schema.documents.c[name] for name in _OF_DRAFTS]
    query = (
        select(letter.round, letter.municipality, *told)
        .join_from(schema.documents, schema.letters)
        .where(letter.round == round_name)
        .order_by(letter.municipality)
    )
    rows = connection.execute(query).mappings()
    return {row["municipality"]: MadeDocument(**row) for row in rows}


def _sealed_query(condition: ColumnElement[bool]) -> Select[Any]:
    letter, kept = schema.letters.c, schema.sealed.c
    told = [column for column in kept if column.name not in ("pdf", "docx")]
    return (
        select(letter.round, letter.municipality, *told)
        .select_from(schema.sealed.join(schema.references).join(schema.letters))
        .where(condition)
        .order_by(letter.municipality, kept.content_digest, kept.is_test.desc())
    )


def _sealed_file(row: Row[Any]) -> SealedFile:
    fields = dict(row._mapping)
    del fields["event"]
    return SealedFile(**fields)


def _check_sealed(
    connection: Connection, letter: SealedLetter, approved: Collection[tuple[str, str]]
) -> None:
    file, kept = letter.file, schema.sealed.c
    for name, digest, content in (
        (file.pdf_name, file.pdf_sha256, letter.pdf),
        (file.docx_name, file.docx_sha256, letter.docx),
    ):
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"{digest} is not the SHA-256 of {name}")
    if (file.reference, file.content_digest) not in approved:
        raise ValueError(f"{file.reference} was never approved with this content")
    same = and_(
        kept.reference == file.reference,
        kept.content_digest == file.content_digest,
        kept.is_test == file.is_test,
    )
    query = select(kept.reference).where(or_(same, kept.pdf_sha256 == file.pdf_sha256))
    if connection.execute(query).first() is not None:
        raise ValueError(f"{file.pdf_name} is sealed already, and a final letter never changes")


def _tell_of_files(act: chain.Act, what: str, each: LetterFiles) -> int:
    words, subject = told.FILES, ""
    if isinstance(each, SealedFile):
        words = told.FILES_TEST_SEALED if each.is_test else told.FILES_SEALED
        subject = each.sealed_by
    return act.tell(
        what,
        words.format(pdf=each.pdf_name, docx=each.docx_name, subject=subject),
        round_name=each.round,
        municipality=each.municipality,
        reference=each.reference,
    )
