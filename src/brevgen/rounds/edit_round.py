"""The `round.toml` of a round changed as a person would: only what is changed, all else kept.

Who changes it says what was shown to her. If somebody else has changed the file since, nothing is
written, and what both did is told.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from brevgen.errors import Refused, UnreadableFile
from brevgen.facts.dates import check_dates
from brevgen.files import make_folder, read_bytes, write_whole
from brevgen.findings import FaultyInput, Findings, Place
from brevgen.language import tr
from brevgen.rounds.file_events import Note, all_or_nothing, noting
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.round_text import RoundText, changed_keys, unfinished
from brevgen.rounds.session import RoundSession
from brevgen.settings.round import ROUND_FILE, Deadline, Round
from brevgen.settings.round_file import read_round
from brevgen.settings.toml_file import MAX_SETTINGS
from brevgen.settings.types import Day
from brevgen.workspace import Workspace


class ChangedMeanwhile(Refused):
    """Somebody else has changed the file since it was shown.

    Args:
        now: what it says now.
    """

    def __init__(self, now: RoundText) -> None:
        super().__init__(
            tr("Somebody else has changed the settings meanwhile. Nothing was written.")
        )
        self.now = now


def round_text(workspace: Workspace, name: str) -> RoundText:
    """The `round.toml` of a round as it is now; empty where there is none.

    Raises:
        FaultyInput: it cannot be read.
    """
    file = workspace.round_folder(name) / ROUND_FILE
    if not file.exists():
        return RoundText(b"")
    try:
        return RoundText(read_bytes(file, most=MAX_SETTINGS))
    except UnreadableFile as reason:
        raise FaultyInput.of(reason.what, reason.remedy, Place(ROUND_FILE)) from reason


def read_text(workspace: Workspace, text: RoundText, findings: Findings) -> Round | None:
    """What a text that is not written yet says, with its faults, those of its dates too."""
    kinds = kinds_of(workspace, Findings())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ROUND_FILE
        file.write_bytes(text.data)
        round_ = read_round(file, findings, shown_as=ROUND_FILE, kinds=kinds)
    dated = round_ or _with_dates(text.keys or {})
    if dated is not None:
        check_dates(dated, findings, shown_as=ROUND_FILE)
    return round_


def _with_dates(keys: Mapping[str, Any]) -> Round | None:
    """A round of which nothing but the dates is known; None where these are not filled in."""
    kinds: dict[str, Any] = {"letter_date": Day, "deadline": Deadline}
    try:
        dates: dict[str, Any] = {
            key: TypeAdapter(kind).validate_python(keys.get(key)) for key, kind in kinds.items()
        }
    except ValidationError:
        return None
    return Round.model_construct(**dates)


def write_settings(session: RoundSession, new: RoundText, shown: str) -> bool:
    """Write another `round.toml`; whether anything was written.

    What is not filled in yet may stay so; what is wrong is never written.

    Args:
        new: the file as it is to be.
        shown: the digest of the file that was shown to the actor.

    Raises:
        Refused: the actor may not; `ChangedMeanwhile` where it is another file by now.
        FaultyInput: what is to be written has faults.
        RoundLocked: somebody is changing the round.
    """
    session.actor.must_have("make")
    with held(session) as note:
        now = round_text(session.workspace, session.name)
        if now.digest != shown:
            raise ChangedMeanwhile(now)
        if new.data == now.data:
            return False
        findings = Findings()
        read_text(session.workspace, new, findings)
        if any(not unfinished(fault, new) for fault in findings.faults):
            raise FaultyInput(findings.items)
        file = session.workspace.round_folder(session.name) / ROUND_FILE
        with all_or_nothing([file]):
            write_whole(file, new.data)
            note(session.name, "settings changed", ", ".join(changed_keys(now, new)))
    return True


@contextmanager
def held(session: RoundSession) -> Iterator[Note]:
    """Hold a round's lock, for a change of its files; what writes that change down.

    Raises:
        RoundLocked: somebody is changing the round.
        LedgerError: the ledger cannot be used.
    """
    from brevgen.ledger.engine import store_at

    make_folder(session.workspace.ledger_folder)
    place, clock, actor = session.workspace, session.clock, session.actor
    lock = store_at(place.ledger).round_lock(session.name, actor, clock)
    with lock, noting(place, clock, actor) as note:
        yield note
