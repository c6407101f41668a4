"""Manifests: which letters a person saw or approved together, and what each of them said.

One digest stands for all of them, so that what was approved can be named in one line and proved
later, letter by letter. What a letter said is kept once by its digest, however often it is shown.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Literal, Protocol

from sqlalchemy import Connection, func, insert, select

from brevgen.ledger import chain, schema
from brevgen.ledger.giving import check_holders
from brevgen.ledger.records import ManifestLetter
from brevgen.ledger.references import Holder


class SaysWhat(Protocol):
    """A letter and the digest of what it says: all that a manifest states."""

    @property
    def reference(self) -> str:
        """The letter's reference."""

    @property
    def content_digest(self) -> str:
        """The digest of what it says."""


def manifest_text(letters: Iterable[SaysWhat]) -> str:
    """One line for each letter, `reference content_digest`, sorted; each ends in a newline."""
    return "".join(sorted(f"{each.reference} {each.content_digest}\n" for each in letters))


def manifest_digest(letters: Iterable[SaysWhat]) -> str:
    """SHA-256 of the manifest's text, as 64 hexadecimal digits; in whatever order they come."""
    return digest_of(manifest_text(letters))


def approved_contents(
    connection: Connection, references: Collection[str]
) -> frozenset[tuple[str, str]]:
    """The contents of letters that were ever approved, taken back since or not.

    Returns:
        references with content digests.
    """
    letter, manifest = schema.manifest_letters.c, schema.manifests.c
    whole = manifest.event.label("whole")
    query = (
        select(letter.reference, letter.content_digest, letter.event, whole)
        .select_from(schema.manifest_letters.join(schema.manifests))
        .where(letter.reference.in_(references), manifest.act == "approved")
    )
    rows = chain.intact_rows(connection, query, ("event", "whole"))
    return frozenset((row.reference, row.content_digest) for row in rows)


def digest_of(text: str) -> str:
    """SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def write(
    act: chain.Act,
    what: Literal["shown", "approved"],
    round_name: str,
    letters: Sequence[ManifestLetter],
    events: Sequence[int],
) -> tuple[int, str]:
    """Write down that letters were shown or approved together, and keep what they say.

    Args:
        events: for each letter the event it belongs to.

    Returns:
        the manifest's number and its digest.
    """
    digest = keep(act, round_name, letters)
    manifest = {"digest": digest, "round": round_name, "act": what, "at": act.at}
    act.insert(schema.manifests, [{**manifest, "account": act.account, "event": events[0]}])
    last = select(func.max(schema.manifests.c.id))
    number = act.connection.execute(last).scalar_one()
    rows = [
        {
            "manifest": number,
            "reference": each.reference,
            "content_digest": each.content_digest,
            "signatory": each.signatory,
            "look": each.look,
            "facts": each.facts,
            "event": event,
        }
        for each, event in zip(letters, events, strict=True)
    ]
    act.insert(schema.manifest_letters, rows)
    return number, digest


def keep(act: chain.Act, round_name: str, letters: Sequence[ManifestLetter]) -> str:
    """Keep what letters say, and find the digest of their manifest.

    Args:
        letters: at least one.

    Raises:
        ValueError: there is no letter, a letter stands there twice, a reference was not given to
            the letter it is said to be of, or a digest is not that of its content.
    """
    if not letters:
        raise ValueError("a manifest has at least one letter")
    if len({each.reference for each in letters}) < len(letters):
        raise ValueError("a letter stands in the manifest twice")
    check_holders(
        act.connection,
        ((each.reference, Holder(round_name, each.municipality)) for each in letters),
    )
    _keep_contents(act.connection, letters)
    return manifest_digest(letters)


def _keep_contents(connection: Connection, letters: Sequence[ManifestLetter]) -> None:
    """Keep what letters say, each under its digest; what is kept already is passed over."""
    wanted: dict[str, str] = {}
    for each in letters:
        if each.content_digest != digest_of(each.content_text):
            raise ValueError(
                f"{each.content_digest} is not the SHA-256 of the content it is said to be of"
            )
        wanted[each.content_digest] = each.content_text
    column = schema.contents.c
    there = connection.execute(select(column.digest).where(column.digest.in_(wanted))).scalars()
    new = wanted.keys() - set(there)
    if new:
        connection.execute(
            insert(schema.contents),
            [{"digest": digest, "text": wanted[digest]} for digest in sorted(new)],
        )
