"""Many letters as they would be now, in one file to read them all; nothing else is written."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from brevgen.errors import PartlyDone, UnreadableFile
from brevgen.files import make_folder, read_bytes, write_whole
from brevgen.language import tr
from brevgen.letter.wording import spaced
from brevgen.pool.workers import Workers
from brevgen.render.booklet import BoundLetter, bound, contact_sheet, table_pages
from brevgen.rounds.letter_status import LetterStatus, task_for
from brevgen.rounds.messages import LARGEST
from brevgen.rounds.preview import as_they_would_be
from brevgen.rounds.session import RoundSession
from brevgen.rounds.variants import Variant, variant_rows, variants_of

Which = Literal["all", "changed", "variants"]
"""All letters; those that were never shown or approved as they are now; one of each variant."""


@dataclass(frozen=True)
class PreviewOfMany:
    """Letters bound in one file.

    Args:
        letters: those in it.
        booklet: the file with all their pages.
        sheet: the file that shows their pages small, side by side.
        variants: what there is of each variant, where one of each is shown.
        faults: municipality number to the rules its letter breaks; these are not in it.
        note: what a person should know of it; may be empty.
    """

    letters: tuple[LetterStatus, ...]
    booklet: Path
    sheet: Path
    variants: tuple[Variant, ...]
    faults: Mapping[str, tuple[str, ...]]
    note: str


def preview_many(
    session: RoundSession,
    chosen: Collection[str],
    which: Which,
    *,
    folder: Path,
    workers: Workers,
    progress: Callable[[int, int], None],
) -> PreviewOfMany | None:
    """Bind letters as they would be now in one PDF, and show their pages on a contact sheet.

    Drafts that are up to date are taken as they are; the others are made anew, elsewhere.

    Args:
        chosen: municipality numbers.
        which: all of the chosen, or some.
        folder: where `WHICH.pdf` and `WHICH-sheet.pdf` go.
        progress: called with letters made and letters to make.

    Returns:
        what there is to read; None where nothing has changed.

    Raises:
        FaultyInput: the round, the stylesheet or the Word styles have faults.
        Refused: the series is too short for the round.
        PartlyDone: a process was lost, or a file.
    """
    letters, note = as_they_would_be(session, chosen)
    variants: tuple[Variant, ...] = ()
    if which == "changed":
        letters = _changed(session, letters)
    elif which == "variants":
        variants = variants_of(letters)
        letters = [each.shown for each in variants]
    if not letters:
        return None
    pdfs, faults = _pdfs(session, letters, workers, progress)
    there = [_bound(each, pdfs[each.number]) for each in letters if each.number in pdfs]
    title = tr("Letters of the round {round}", round=session.name)
    booklet, sheet = folder / f"{which}.pdf", folder / f"{which}-sheet.pdf"
    if there:
        front = _variant_table(title, variants) if variants else b""
        write_whole(booklet, bound(there, title=title, front=front))
        write_whole(sheet, contact_sheet(there, title=title))
    return PreviewOfMany(tuple(letters), booklet, sheet, variants, faults, note)


def _variant_table(title: str, variants: Sequence[Variant]) -> bytes:
    """The table of variants as PDF."""
    rows = variant_rows(variants)
    return table_pages(title, list(rows[0]), [list(row.values()) for row in rows])


def _changed(session: RoundSession, letters: Sequence[LetterStatus]) -> list[LetterStatus]:
    """The letters whose words or look nobody has approved and the actor was not shown."""
    shown = session.ledger.last_shown(session.name, session.actor.account)

    def is_known(each: LetterStatus) -> bool:
        approval = session.known.approval(each.number)
        if each.is_approved or (approval and approval.look not in ("", session.look)):
            return each.is_approved
        return shown.get(each.number) == session.content(each.letter_as_approved).digest()

    return [each for each in letters if not is_known(each)]


def _pdfs(
    session: RoundSession,
    letters: Sequence[LetterStatus],
    workers: Workers,
    progress: Callable[[int, int], None],
) -> tuple[dict[str, bytes], dict[str, tuple[str, ...]]]:
    """The PDF of each letter, and the rules broken by those that cannot be made."""
    drafts = session.workspace.drafts(session.name)
    is_there = {each.number for each in letters if each.state == "draft"}
    to_make = [each for each in letters if each.number not in is_there]
    faults: dict[str, tuple[str, ...]] = {}
    make_folder(session.workspace.state)
    with TemporaryDirectory(dir=session.workspace.state) as name:
        elsewhere = Path(name)
        progress(0, len(to_make))
        tasks = [task_for(each, elsewhere, look=session.look) for each in to_make]
        with closing(workers.make(tasks)) as outcomes:
            for done, outcome in enumerate(outcomes, start=1):
                if outcome.faults:
                    faults[outcome.number] = outcome.faults
                progress(done, len(to_make))
        pdfs = {
            each.number: _read((drafts if each.number in is_there else elsewhere), each.stem)
            for each in letters
            if each.number not in faults
        }
    return pdfs, faults


def _read(folder: Path, stem: str) -> bytes:
    try:
        return read_bytes(folder / f"{stem}.pdf", most=LARGEST)
    except UnreadableFile as error:  # somebody has taken it away meanwhile
        raise PartlyDone(
            tr("{file} cannot be read: {reason}", file=f"{stem}.pdf", reason=error.what)
        ) from error


def _bound(each: LetterStatus, pdf: bytes) -> BoundLetter:
    lead, reference = each.kind.lead, each.letter.reference
    count = each.row.count(lead)
    told = f"{spaced(count)} {each.kind.columns[lead].called} · " if count is not None else ""
    return BoundLetter(each.municipality.county, each.label, f"{told}{reference}", pdf)
