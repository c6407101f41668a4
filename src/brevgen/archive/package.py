"""The folder that is handed over, and the same as one zip file; the same bytes for the same values.

melding-001/arkivmelding.xml    with its PDFs and DOCXs beside it, as one message holds them
journal.csv, journal.json       the journal
sha256sums.txt                  of all these, as `sha256sum -c` reads it
manifest.json, manifest.json.p7s    what is in it and how far the ledger had come, sealed
"""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from brevgen.archive.arkivmelding import FILE, arkivmelding
from brevgen.archive.entries import ArchivedFile, Handover, JournalEntry, Message
from brevgen.archive.journal import CSV, JSON, journal_csv, journal_json
from brevgen.files import make_folder, sha256, sha256_of_file, write_whole
from brevgen.ledger.records import LedgerMark

SUMS, MANIFEST, SEAL = "sha256sums.txt", "manifest.json", "manifest.json.p7s"
WHAT = "brevgen archive"
"""What a manifest says that it is of."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip file: the first that there can be."""
_ORDINARY_FILE = 0o100644 << 16

BytesOf = Callable[[JournalEntry, ArchivedFile], bytes]
"""Finds the bytes of a letter's file."""


def write_package(
    folder: Path,
    handover: Handover,
    messages: tuple[Message, ...],
    bytes_of: BytesOf,
    *,
    mark: LedgerMark,
    left_out: dict[str, str],
    progress: Callable[[int, int], None],
) -> bytes:
    """Write all but the seal into an empty folder.

    Args:
        messages: the same, as it is shared out.
        bytes_of: finds the files.
        mark: how far the ledger has come.
        left_out: the references of letters that are not in it, and why, in a few English words.
        progress: told of how many letters of how many are written.

    Returns:
        the manifest, to be sealed.
    """
    done, total = 0, len(handover.entries)
    for message in messages:
        place = folder / message.folder
        write_whole(place / FILE, arkivmelding(handover, message))
        for entry in message.entries:
            for file in entry.files:
                write_whole(place / file.name, bytes_of(entry, file))
            done += 1
            progress(done, total)
    write_whole(folder / CSV, journal_csv(handover))
    write_whole(folder / JSON, journal_json(handover))
    sums = "".join(f"{sha256_of_file(folder / name)}  {name}\n" for name in files_in(folder))
    write_whole(folder / SUMS, sums.encode())
    manifest = _manifest(handover, messages, mark, left_out, sha256(sums.encode()))
    write_whole(folder / MANIFEST, manifest)
    return manifest


def _manifest(
    handover: Handover,
    messages: tuple[Message, ...],
    mark: LedgerMark,
    left_out: dict[str, str],
    sums: str,
) -> bytes:
    told: dict[str, Any] = {
        "what": WHAT,
        "round": handover.round,
        "ledger": {"identity": mark.identity, "event": mark.sequence, "hash": mark.hash},
        "sha256sums": sums,
        "letters": [
            {
                "reference": entry.reference,
                "municipality": entry.municipality,
                "system_id": str(handover.system_id("journalpost", entry.reference)),
                "message": message.folder,
                "status": entry.status,
                "content": entry.content_digest,
                "case_number": entry.case_number,
                "journal_number": entry.journal_number,
                "files": {file.name: file.sha256 for file in entry.files},
            }
            for message in messages
            for entry in message.entries
        ],
        "left_out": dict(sorted(left_out.items())),
    }
    return (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()


def files_in(folder: Path) -> list[str]:
    """The files in a folder and below, as paths from there, in order."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def write_zip(folder: Path, path: Path, *, called: str) -> None:
    """Pack a folder into a zip file.

    Nothing is squeezed: letters hardly shrink, and versions of zlib would differ.

    Args:
        path: the zip file; there is none yet.
        called: what the folder is called in it.
    """
    make_folder(path.parent)
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as package:
        for name in files_in(folder):
            entry = zipfile.ZipInfo(f"{called}/{name}", _LONG_AGO)
            entry.external_attr = _ORDINARY_FILE
            entry.create_system = 3  # whatever the system it is made on
            package.writestr(entry, (folder / name).read_bytes())
