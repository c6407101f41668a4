"""Manifests: which letters a person saw or approved together, and what each of them said.

One digest stands for all of them, so that what was approved can be named in one line and proved
later, letter by letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import Connection, insert, select

from brevgen.ledger import contents, holders, schema
from brevgen.ledger.references import Holder

Act = Literal["shown", "approved"]
"""What was done with the letters of a manifest."""


class SaysWhat(Protocol):
    """A letter and the digest of what it says: all that a manifest states."""

    @property
    def reference(self) -> str:
        """The letter's reference."""

    @property
    def content_digest(self) -> str:
        """The digest of what it says."""


@dataclass(frozen=True)
class ManifestLetter:
    """A letter that is shown to someone or approved, with all it says.

    Args:
        municipality: municipality number, 4 digits as text.
        reference: the letter's reference, already given to it.
        content_digest: SHA-256 of the UTF-8 bytes of `content_text`, 64 hexadecimal digits.
        content_text: what the letter says, as `Content.digest` digests it.
        signatory: in whose name the letter is.
    """

    municipality: str
    reference: str
    content_digest: str
    content_text: str
    signatory: str


def manifest_text(letters: Iterable[SaysWhat]) -> str:
    """One line for each letter, `reference content_digest`, sorted; each ends in a newline."""
    return "".join(sorted(f"{each.reference} {each.content_digest}\n" for each in letters))


def manifest_digest(letters: Iterable[SaysWhat]) -> str:
    """SHA-256 of the manifest's text, as 64 hexadecimal digits; in whatever order they come."""
    return contents.digest_of(manifest_text(letters))


def write(
    connection: Connection,
    act: Act,
    round_name: str,
    letters: Sequence[ManifestLetter],
    *,
    at: datetime,
    account: str,
) -> str:
    """Write down that letters were shown or approved together, and keep what they say.

    Returns:
        the manifest's digest.

    Raises:
        ValueError: there is no letter, a letter stands there twice, a reference was not given to
            the letter it is said to be of, or a digest is not that of its content.
    """
    if not letters:
        raise ValueError("a manifest has at least one letter")
    if len({each.reference for each in letters}) < len(letters):
        raise ValueError("a letter stands in the manifest twice")
    holders.check(
        connection,
        ((each.reference, Holder(round_name, each.municipality)) for each in letters),
    )
    contents.write(connection, ((each.content_digest, each.content_text) for each in letters))
    digest = manifest_digest(letters)
    manifest = connection.execute(
        insert(schema.manifests).values(
            digest=digest, round=round_name, act=act, at=at, account=account
        )
    ).lastrowid
    connection.execute(
        insert(schema.manifest_letters),
        [
            {
                "manifest": manifest,
                "reference": each.reference,
                "content_digest": each.content_digest,
                "signatory": each.signatory,
            }
            for each in letters
        ],
    )
    return digest


def last_contents(connection: Connection, round_name: str) -> dict[str, str]:
    """The digest of what each letter of a round said when it was last shown or approved.

    Returns:
        municipality number to digest, in order of number.
    """
    given, letter, manifest = schema.references.c, schema.manifest_letters.c, schema.manifests.c
    query = (
        select(given.municipality, letter.content_digest)
        .select_from(schema.manifest_letters.join(schema.manifests).join(schema.references))
        .where(manifest.round == round_name)
        .order_by(given.municipality, manifest.id)
    )
    # The last of a municipality is the one that stays in the dictionary.
    return {row.municipality: row.content_digest for row in connection.execute(query)}
