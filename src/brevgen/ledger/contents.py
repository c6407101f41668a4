"""What letters have said, kept by digest, so that it can be shown again word for word.

A content is kept once, however often and by whomever it is shown or approved. The ledger knows
nothing of what stands in it.
"""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, insert, select

from brevgen.ledger import schema


def digest_of(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(connection: Connection, digest: str) -> str:
    """The text with this digest.

    Raises:
        LookupError: there is none.
    """
    column = schema.contents.c
    text = connection.execute(select(column.text).where(column.digest == digest)).scalar()
    if text is None:
        raise LookupError(f"the ledger has no content with the digest {digest}")
    assert isinstance(text, str)
    return text


def write(connection: Connection, texts: Iterable[tuple[str, str]]) -> None:
    """Keep texts, each beside its digest; those kept already are passed over.

    Raises:
        ValueError: a digest is not that of its text.
    """
    wanted: dict[str, str] = {}
    for digest, text in texts:
        if digest != digest_of(text):
            raise ValueError(f"{digest} is not the SHA-256 of the content it is said to be of")
        wanted[digest] = text
    column = schema.contents.c
    there = connection.execute(select(column.digest).where(column.digest.in_(wanted))).scalars()
    new = wanted.keys() - set(there)
    if new:
        connection.execute(
            insert(schema.contents),
            [{"digest": digest, "text": wanted[digest]} for digest in sorted(new)],
        )
