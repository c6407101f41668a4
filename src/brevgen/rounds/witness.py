"""Witnesses of the ledger: small files, sealed by the agency, that tell how far it had come.

A ledger that is written anew after that contradicts them. Each covers all that came before it, so
one that could not be written is no loss once the next one is.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from brevgen.archive import journal
from brevgen.errors import NotSealed, UnreadableFile, WrongUse
from brevgen.files import MEGABYTE, make_folder, os_reason, read_bytes, write_whole
from brevgen.findings import FaultyInput
from brevgen.language import tr
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import LedgerMark
from brevgen.rounds.ledger_faults import sentence_of
from brevgen.rounds.session import RoundSession
from brevgen.rounds.traces import mark_told
from brevgen.seal.key import SealKey, open_key
from brevgen.seal.roots import Roots
from brevgen.workspace import Workspace

_WHAT = "brevgen ledger witness"
_ARCHIVE = "brevgen archive"
"""What the manifest of an archive says that it is; it tells how far the ledger had come, too."""
SEAL = ".p7s"
"""What the name of a witness's seal ends in, after that of the witness."""
_NO_WITNESS = (ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class Witness:
    """What a witness says, and whether the ledger agrees.

    Args:
        file: its path, as a person would type it.
        event: the number of the last event it has seen; 0 where it cannot be read.
        seen_at: when that was, as it says, aware; None where it does not say.
        sealed_by: the common name in its seal's certificate.
        timestamped: whether a trusted time stamp tells when it was sealed.
        agrees: whether the ledger says the same; None where that cannot be asked.
        problem: what does not hold, in the reader's language; empty if all is good.
    """

    file: str
    event: int = 0
    seen_at: datetime | None = None
    sealed_by: str = ""
    timestamped: bool = False
    agrees: bool | None = None
    problem: str = ""


def bear_witness(session: RoundSession, key: SealKey | None = None) -> Path | None:
    """Write down, sealed, how far the ledger has come; where that cannot be done, it is told.

    Args:
        session: the round something was written for.
        key: the agency's key; None to open it.

    Returns:
        the file; None where none is wanted, nothing is new, or none could be written.
    """
    settings = session.workspace.settings
    if not settings.ledger.witness or not settings.seal.has_key:
        return None
    mark, at = session.ledger.mark(), session.clock()
    path = witness_of(session.workspace, mark)
    if path.exists():  # nothing was written since
        return None
    try:
        key = key or open_key(settings.seal, session.workspace.root, at)
        _write(path, mark, session.name, key, at)
        return path
    except FaultyInput as fault:
        reason = "; ".join(each.what for each in fault.findings)
    except NotSealed as error:
        reason = str(error)
    except OSError as error:
        reason = os_reason(error)
    session.tell(
        tr(
            "No witness of the ledger was written ({reason}). All that was done is kept; the next"
            " witness covers it too.",
            reason=reason,
        )
    )
    return None


def witness_of(workspace: Workspace, mark: LedgerMark) -> Path:
    """Where the witness lies that has seen the ledger so far, if there is one."""
    return workspace.witnesses / f"event-{mark.sequence:06}-{mark.hash[:8]}.json"


def _write(path: Path, mark: LedgerMark, round_name: str, key: SealKey, at: datetime) -> None:
    from brevgen.seal.detached import sign_detached

    told = {
        "what": _WHAT,
        "ledger": mark.identity,
        "event": mark.sequence,
        "events": mark.sequence,
        "hash": mark.hash,
        "round": round_name,
        "at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    data = (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()
    seal = sign_detached(key, data, at)
    write_whole(path.with_name(path.name + SEAL), seal)
    write_whole(path, data)


def witness_files(workspace: Workspace, named: Iterable[Path]) -> list[Path]:
    """The witnesses that are meant: those named, all of a folder, or all of the workspace.

    Raises:
        WrongUse: one is not there.
    """
    found: list[Path] = []
    for each in named or ((workspace.witnesses,) if workspace.witnesses.is_dir() else ()):
        if not each.exists():
            raise WrongUse(tr("There is no witness {file}.", file=each))
        if each.is_dir():
            found += sorted(file for file in each.glob("*.json") if file.name != journal.JSON)
        else:
            found.append(each.with_name(each.name.removesuffix(SEAL)))
    return found


def put_aside_contradicted(workspace: Workspace, ledger: LedgerReader, at: datetime) -> None:
    """Move witnesses of what a restored ledger does not know into a folder of their own.

    They are no lie: they tell what was lost.
    """
    aside = workspace.witnesses / f"before-restore-{at.astimezone(UTC):%Y-%m-%d}"
    for file in witness_files(workspace, ()):
        try:
            mark, _ = _told_in(read_bytes(file, most=MEGABYTE))
        except (UnreadableFile, *_NO_WITNESS):
            continue
        if ledger.contradiction(mark, file.name) is not None:
            make_folder(aside)
            for each in (file, file.with_name(file.name + SEAL)):
                if each.exists():
                    each.replace(aside / each.name)


def _told_in(data: bytes) -> tuple[LedgerMark, datetime | None]:
    """How far the ledger had come, and when, as a witness or the manifest of an archive says."""
    told = json.loads(data)
    if told["what"] == _ARCHIVE:
        mark = told["ledger"]
        return mark_told(mark["identity"], mark["event"], mark["hash"]), None
    if told["what"] != _WHAT:
        raise ValueError(told["what"])
    mark = mark_told(told["ledger"], told["event"], told["hash"])
    return mark, datetime.fromisoformat(told["at"])


def hear(workspace: Workspace, file: Path, ledger: LedgerReader, roots: Roots) -> Witness:
    """What a witness says, and whether the ledger agrees."""
    from brevgen.seal.detached import verify_detached

    shown = workspace.shown(file.absolute())
    try:
        data = read_bytes(file, most=MEGABYTE)
        seal = read_bytes(file.with_name(file.name + SEAL), most=MEGABYTE)
        mark, at = _told_in(data)
    except UnreadableFile as error:
        return Witness(shown, problem=error.what)
    except _NO_WITNESS:
        return Witness(shown, problem=tr("It is no witness of a ledger."))
    ours = workspace.settings.seal.organisation_number
    report = verify_detached(data, seal, roots, organisation_number=ours)
    agrees, problem = None, report.problem
    if not problem:
        fault = ledger.contradiction(mark, shown)
        agrees, problem = fault is None, sentence_of(fault) if fault is not None else ""
    return Witness(
        shown, mark.sequence, at, report.signer_name, report.timestamped, agrees, problem
    )
