"""Handing a round over to the archive: a folder and a zip file, made whole, checked, and sealed."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from brevgen.archive.check import check_package, read_schema
from brevgen.archive.entries import ArchivedFile, Handover, JournalEntry, messages_of
from brevgen.archive.package import MANIFEST, SEAL, write_package, write_zip
from brevgen.archive.told import HandedOver, letters_in, new_and_changed
from brevgen.errors import PartlyDone, Refused, UnreadableFile
from brevgen.files import (
    MEGABYTE,
    make_folder,
    os_reason,
    read_bytes,
    share_like_folder,
    write_whole,
)
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.rounds.archive_entries import FinalLetter, LeftOut, final_letters, handover
from brevgen.rounds.session import RoundSession
from brevgen.seal.key import SealKey, open_key

if TYPE_CHECKING:  # what takes long to load is loaded by those who need it
    from lxml import etree

    from brevgen.ledger.reader import LedgerReader

MOST_MANIFEST = 20 * MEGABYTE
_ASIDE, _ASIDE_ZIP, _BEFORE = ".archive.part", ".archive.zip.part", ".archive.before"


@dataclass(frozen=True)
class PlannedArchive:
    """What would be handed over now.

    Args:
        letters: the letters that are sealed.
        left_out: those that are not.
        new: the references of letters that were not in it when it was last made.
        changed: of those that are another there: they were sent since or sealed anew, or their
            number in the archive was replaced.
        is_made: whether it was made before.
    """

    letters: tuple[FinalLetter, ...]
    left_out: tuple[LeftOut, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    is_made: bool


@dataclass(frozen=True)
class Archived:
    """What was handed over.

    Args:
        round: the round's name.
        folder: where it lies, from the workspace.
        zip: the same as one file.
        letters: how many letters are in it.
        sent: how many of them were sent.
        messages: how many `arkivmelding.xml` there are.
        new: the references of letters that were not in it when it was last made.
        changed: of those that were another then: they were sent since or sealed anew, or their
            number in the archive was replaced.
        left_out: the letters that are not in it.
        validated: whether each message was held to the official schema.
        unverified_seals: how many letters have a seal that proves nothing or not all.
    """

    round: str
    folder: str
    zip: str
    letters: int
    sent: int
    messages: int
    new: tuple[str, ...]
    changed: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    validated: bool
    unverified_seals: int


def zip_of(session: RoundSession) -> Path:
    """Where the zip file lies, if it was made."""
    folder = session.workspace.archive(session.name)
    return folder.with_name(f"{folder.name}.zip")


def planned_archive(session: RoundSession) -> PlannedArchive:
    """What would be handed over now; seals are not verified yet."""
    letters, left_out = final_letters(session)
    before = _before(session.workspace.archive(session.name))
    new, changed = new_and_changed({each.reference: _told(each) for each in letters}, before)
    return PlannedArchive(tuple(letters), tuple(left_out), new, changed, bool(before))


def archive(
    session: RoundSession,
    *,
    schemas: Path | None = None,
    progress: Callable[[int, int], None],
) -> Archived:
    """Make the folder and the zip file anew, in place of those that are there.

    Args:
        schemas: the folder with the official schemas; None for the one of the settings, if any.
        progress: told of how many steps of how many are done; two steps a letter.

    Raises:
        Refused: no letter is sealed.
        FaultyInput: key, roots or schemas are at fault, or what was made does not hold; nothing
            that was there has changed.
        LedgerDamaged: what the ledger keeps does not hold to its seal.
        PartlyDone: the disk is full, or somebody has a file of it open.
    """
    session.actor.must_have("follow up")
    if not final_letters(session)[0]:
        raise _nothing(session)
    schema = _schema(session, schemas)
    key = open_key(session.workspace.settings.seal, session.workspace.root, session.clock())
    if key.notice:
        session.tell(key.notice)
    with session.changing() as ledger:
        try:
            return _make(session, ledger, key, schema, progress)
        except OSError as error:
            raise PartlyDone(
                tr(
                    "What the archive gets cannot be written ({reason}). What was there is as it"
                    " was. Make room or close its files, and run the command again.",
                    reason=os_reason(error),
                )
            ) from error
        finally:
            _clear(session.workspace.archive(session.name))


def _nothing(session: RoundSession) -> Refused:
    return Refused(
        tr(
            "No letter of the round {round} is approved and sealed, so there is nothing for the"
            " archive yet.",
            round=session.name,
        )
    )


def _schema(session: RoundSession, schemas: Path | None) -> "etree.XMLSchema | None":
    named = session.workspace.settings.archive.schemas
    if schemas is None and named:
        schemas = session.workspace.root / named
    if schemas is None:
        session.tell(
            tr(
                "No folder with the official schemas is set, so the messages were not held to"
                " them: --schemas DIR, or archive.schemas in brevgen.toml."
            )
        )
        return None
    findings = Findings()
    schema = read_schema(schemas, findings)
    findings.stop_on_faults()
    return schema


def _make(
    session: RoundSession,
    ledger: "LedgerReader",
    key: SealKey,
    schema: "etree.XMLSchema | None",
    progress: Callable[[int, int], None],
) -> Archived:
    letters, left_out = final_letters(session)
    if not letters:  # withdrawn meanwhile
        raise _nothing(session)
    steps, total = 0, 2 * len(letters)
    progress(0, total)

    def step() -> None:
        nonlocal steps
        steps += 1
        progress(steps, total)

    told = handover(session, ledger, letters, step)
    messages = messages_of(told.cases, session.workspace.settings.archive.letters_per_message)
    output, place = session.workspace.output(session.name), session.workspace.archive(session.name)
    _clear(place)
    aside = output / _ASIDE
    make_folder(aside)
    contents = {each.reference: each.content_digest for each in letters}

    def bytes_of(entry: JournalEntry, file: ArchivedFile) -> bytes:
        find = ledger.sealed_pdf if file.variant == "Arkivformat" else ledger.sealed_docx
        return find(entry.reference, contents[entry.reference])

    manifest = write_package(
        aside,
        told,
        messages,
        bytes_of,
        mark=ledger.mark(),
        left_out={each.reference: each.why for each in left_out},
        progress=lambda done, of: step(),
    )
    write_whole(aside / SEAL, _sealed(session, key, manifest, place))
    findings = Findings()
    check_package(aside, told, messages, schema, findings)
    findings.stop_on_faults()
    before = _before(place)
    write_zip(aside, output / _ASIDE_ZIP, called=f"{session.name}-arkiv")
    share_like_folder(output / _ASIDE_ZIP)
    _publish(output, place, zip_of(session))
    new, changed = new_and_changed({each.reference: _told(each) for each in letters}, before)
    return _archived(session, told, len(messages), new, changed, left_out, schema is not None)


def _archived(
    session: RoundSession,
    told: Handover,
    messages: int,
    new: tuple[str, ...],
    changed: tuple[str, ...],
    left_out: list[LeftOut],
    validated: bool,
) -> Archived:
    workspace, entries = session.workspace, told.entries
    return Archived(
        round=session.name,
        folder=workspace.shown(workspace.archive(session.name)),
        zip=workspace.shown(zip_of(session)),
        letters=len(entries),
        sent=sum(each.sent_at is not None for each in entries),
        messages=messages,
        new=new,
        changed=changed,
        left_out=tuple(left_out),
        validated=validated,
        unverified_seals=sum(bool(each.seal.remark) for each in entries),
    )


def _sealed(session: RoundSession, key: SealKey, manifest: bytes, place: Path) -> bytes:
    """The manifest's seal: the one it has, where the same manifest has a good one already."""
    from brevgen.seal.detached import sign_detached, verify_detached
    from brevgen.seal.roots import read_roots

    try:
        if read_bytes(place / MANIFEST, most=MOST_MANIFEST) == manifest:
            seal = read_bytes(place / SEAL, most=MEGABYTE)
            settings = session.workspace.settings.seal
            roots = read_roots(settings, session.workspace.root)
            ours = settings.organisation_number
            if not verify_detached(manifest, seal, roots, organisation_number=ours).problem:
                return seal
    except UnreadableFile:
        pass
    return sign_detached(key, manifest, session.clock())


def _before(place: Path) -> dict[str, HandedOver]:
    """What was last handed over, by reference; nothing where it never was, or cannot be read."""
    try:
        return dict(letters_in(read_bytes(place / MANIFEST, most=MOST_MANIFEST)))
    except (UnreadableFile, ValueError):
        return {}


def _told(letter: FinalLetter) -> HandedOver:
    kept = letter.archived
    number = (kept.case_number, kept.journal_number) if kept is not None else ("", "")
    return HandedOver(letter.status, letter.content_digest, letter.digests, number)


def _publish(output: Path, place: Path, package: Path) -> None:
    """Let the folder appear, and the zip file beside it."""
    if place.exists():
        place.replace(output / _BEFORE)
    (output / _ASIDE).replace(place)
    (output / _ASIDE_ZIP).replace(package)


def _clear(place: Path) -> None:
    """Remove what a command that was killed has left behind; put back what it had taken away."""
    output = place.parent
    if (output / _BEFORE).exists() and not place.exists():
        (output / _BEFORE).replace(place)
    for name in (_ASIDE, _BEFORE):
        shutil.rmtree(output / name, ignore_errors=True)
    (output / _ASIDE_ZIP).unlink(missing_ok=True)
