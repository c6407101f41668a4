"""Templates saved: only without faults, and what was there before is kept as a version.

The two written forms of a letter must fit each other, so they are read, checked and saved as one
sheet. Who saves says what was loaded: nothing that somebody else saved meanwhile is overwritten.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from brevgen.actor import Actor
from brevgen.errors import PartlyDone, Refused
from brevgen.files import make_folder, os_reason, write_whole
from brevgen.findings import FaultyInput, Finding
from brevgen.language import tr
from brevgen.letter.contract import MAX_TEMPLATE
from brevgen.rounds.file_events import all_or_nothing, noting
from brevgen.rounds.template_sheets import Sheet, Texts, digest_of, texts_of, tidy
from brevgen.rounds.template_versions import keep_version, versions
from brevgen.workspace import Workspace


class SavedMeanwhile(Refused):
    """Somebody else has saved since the texts were loaded; nothing was overwritten."""


Check = Callable[[Sheet, Texts], Sequence[Finding]]
"""Tells every fault there would be with some texts."""


def save(
    workspace: Workspace,
    actor: Actor,
    clock: Callable[[], datetime],
    sheet: Sheet,
    texts: Texts,
    *,
    loaded: str,
    check: Check,
) -> None:
    """Save all files of a sheet, if none has a fault; what was there before is kept as a version.

    Args:
        clock: tells the time, aware.
        sheet: which files.
        texts: what they are to say.
        loaded: digest of the texts that were loaded and changed.
        check: tells every fault.

    Raises:
        Refused: the actor may not.
        SavedMeanwhile: the files are not those that were loaded.
        FaultyInput: there are faults; all of them.
        PartlyDone: a file cannot be written; those that were are as before.
        LedgerError: the ledger cannot be used.
    """
    actor.must_have("make")
    texts = {file: tidy(texts[file]) for file in sheet.files}
    check_sizes(texts)
    findings = list(check(sheet, texts))
    if any(each.severity == "fault" for each in findings):
        raise FaultyInput(findings)
    with _told_of_the_disk(), _one_at_a_time(workspace):
        before = texts_of(workspace, sheet)
        if digest_of(before) != loaded:
            raise SavedMeanwhile(tr("Somebody else has saved since you began."))
        if before == texts:
            return
        kept = versions(workspace, sheet)
        if not kept or digest_of(kept[0].texts) != digest_of(before):
            keep_version(workspace, sheet, before, at=clock(), account="")
        version = keep_version(workspace, sheet, texts, at=clock(), account=str(actor))
        try:
            changed = [file for file in sheet.files if texts[file] != before[file]]
            folder = workspace.templates.parent
            with (
                noting(workspace, clock, actor) as note,
                all_or_nothing([folder / each for each in changed]),
            ):
                for each in changed:
                    write_whole(folder / each, texts[each].encode())
                note("", "templates changed", ", ".join(changed))
        except BaseException:
            version.unlink()
            raise


def check_sizes(texts: Texts) -> None:
    """Refuse texts beyond measure.

    Raises:
        Refused: one is longer than a template may be.
    """
    for file, text in texts.items():
        if len(text.encode("utf-8", "replace")) > MAX_TEMPLATE:
            raise Refused(
                tr("{file} is longer than {most} kB.", file=file, most=MAX_TEMPLATE // 1024)
            )


@contextmanager
def _told_of_the_disk() -> Iterator[None]:
    """Say of files that cannot be written that nothing was saved."""
    try:
        yield
    except OSError as error:
        raise PartlyDone(
            tr(
                "The templates cannot be written ({reason}). Nothing was saved.",
                reason=os_reason(error),
            )
        ) from error


@contextmanager
def _one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Hold everybody else's saving of templates off."""
    make_folder(workspace.state)
    # to be read only, so that the next account need not be the one that made it
    lock = os.open(workspace.state / "templates.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
