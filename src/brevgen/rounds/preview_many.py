"""Many letters as they would be now, in one file to read them all; nothing else is written."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from brevgen.files import make_folder, read_bytes, write_whole
from brevgen.language import tr, tr_many, untranslated
from brevgen.letter.letter import Letter
from brevgen.letter.wording import spaced
from brevgen.pool.workers import Workers
from brevgen.render.booklet import BoundLetter, bound, contact_sheet, table_pages
from brevgen.rounds.letter_status import LetterStatus, task_for
from brevgen.rounds.messages import LARGEST
from brevgen.rounds.preview import as_they_would_be
from brevgen.rounds.session import RoundSession

Which = Literal["all", "changed", "variants"]
"""All letters; those that were never shown or approved as they are now; one of each variant."""

_MINORS = {
    "none": untranslated("no minors"),
    "one": untranslated("one minor"),
    "one under 15": untranslated("one minor, under 15"),
    "several": untranslated("several minors"),
    "several, one under 15": untranslated("several minors, one of them under 15"),
    "several, some under 15": untranslated("several minors, some of them under 15"),
    "several under 15": untranslated("several minors, all under 15"),
    "nobody else": untranslated("nobody but one minor"),
    "nobody else under 15": untranslated("nobody but one minor, under 15"),
    "only": untranslated("only minors"),
    "only, one under 15": untranslated("only minors, one of them under 15"),
    "only, some under 15": untranslated("only minors, some of them under 15"),
    "only under 15": untranslated("only minors, all under 15"),
}
"""The cases of unaccompanied minors that letters have words of their own for."""

_FORMS = {"nb": untranslated("bokmål"), "nn": untranslated("nynorsk")}

_FACTS = {
    "municipality": untranslated("municipality"),
    "asked": untranslated("number asked for"),
    "minors": untranslated("unaccompanied minors"),
    "minors_under_15": untranslated("minors under 15"),
    "reference": untranslated("reference"),
    "your_reference": untranslated("the municipality's reference"),
    "office": untranslated("signatory and contact"),
    "approved": untranslated("approval"),
}
"""The facts that letters of one variant can differ in, as a person calls them."""


@dataclass(frozen=True)
class Variant:
    """A kind of letter there is in a round, and one letter that stands for all of it.

    Args:
        form: the written form.
        minors: the case of unaccompanied minors.
        office: the office that is in it.
        kind: the kind of letter.
        shown: the letter that stands for it, the first.
        others: those that it stands for.
        differs: the facts in which any of these differs from the one shown, and the only ones.
    """

    form: str
    minors: str
    office: str
    kind: str
    shown: LetterStatus
    others: tuple[LetterStatus, ...]

    @property
    def differs(self) -> tuple[str, ...]:
        """Names of the facts in which others differ from the one shown; all else is the same."""
        mine = self.shown.letter
        return tuple(
            field.name
            for field in fields(Letter)
            if any(
                getattr(each.letter, field.name) != getattr(mine, field.name)
                for each in self.others
            )
        )


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
        session: the round.
        chosen: municipality numbers.
        which: all of the chosen, or some.
        folder: where `WHICH.pdf` and `WHICH-sheet.pdf` go.
        workers: who make letters.
        progress: called with letters made and letters to make.

    Returns:
        what there is to read; None where nothing has changed.

    Raises:
        FaultyInput: the round, the stylesheet or the Word styles have faults.
        Refused: the series is too short for the round.
        PartlyDone: a process was lost.
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


def variants_of(letters: Sequence[LetterStatus]) -> tuple[Variant, ...]:
    """The variants there are among letters, in the order of the first of each."""
    found: dict[tuple[str, str, str, str], list[LetterStatus]] = {}
    for each in letters:
        letter = each.letter
        key = (letter.written_form, _minors_case(letter), letter.office.name, letter.kind)
        found.setdefault(key, []).append(each)
    return tuple(Variant(*key, those[0], tuple(those[1:])) for key, those in found.items())


def variant_rows(variants: Sequence[Variant]) -> list[dict[str, str | int]]:
    """The table of variants, as a person reads it: header to cell."""
    return [
        {
            tr("Variant"): ", ".join(
                (tr(_FORMS[each.form]), each.office, tr(_MINORS[each.minors]))
            ),
            tr("Shown"): each.shown.label,
            tr("Others like it"): len(each.others),
            tr("What differs in them"): ", ".join(
                tr(_FACTS.get(name, name)) for name in each.differs
            ),
        }
        for each in variants
    ]


def _variant_table(title: str, variants: Sequence[Variant]) -> bytes:
    """The table of variants as PDF."""
    rows = variant_rows(variants)
    return table_pages(title, list(rows[0]), [list(row.values()) for row in rows])


def _minors_case(letter: Letter) -> str:
    minors, young = letter.minors, letter.minors_under_15
    is_all = minors == letter.asked
    if not minors:
        return "none"
    if minors == 1:
        one = "nobody else" if is_all else "one"
        return f"{one} under 15" if young else one
    many = "only" if is_all else "several"
    if young == minors:
        return f"{many} under 15"
    return {0: many, 1: f"{many}, one under 15"}.get(young, f"{many}, some under 15")


def _changed(session: RoundSession, letters: Sequence[LetterStatus]) -> list[LetterStatus]:
    """The letters whose words or look nobody has approved and the actor was not shown."""
    shown: Mapping[str, str] = {}
    if session.ledger is not None:
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
            each.number: read_bytes(
                (drafts if each.number in is_there else elsewhere) / f"{each.stem}.pdf",
                most=LARGEST,
            )
            for each in letters
            if each.number not in faults
        }
    return pdfs, faults


def _bound(each: LetterStatus, pdf: bytes) -> BoundLetter:
    asked = tr_many(
        "{number} refugee", "{number} refugees", each.row.asked, number=spaced(each.row.asked)
    )
    return BoundLetter(
        each.municipality.county, each.label, f"{asked} · {each.letter.reference}", pdf
    )
