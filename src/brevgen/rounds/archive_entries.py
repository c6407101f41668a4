"""What of a round the archive gets: every letter that is sealed, as the ledger knows it.

Works from the ledger, so that a fault in the allocation is no hindrance. Of the round's files only
the register is asked, for organisation numbers, and the kind for what it is called.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from brevgen.archive.entries import (
    ArchivedFile,
    ArchivedParty,
    ArchivedSeal,
    CaseFile,
    Classification,
    Handover,
    JournalEntry,
    JournalStatus,
    Restriction,
)
from brevgen.channels.recipients import shared_title
from brevgen.errors import LedgerDamaged
from brevgen.language import speaking, tr, untranslated
from brevgen.ledger.records import ArchiveNumber, Delivery, SealedFile
from brevgen.rounds.session import RoundSession
from brevgen.seal.roots import Roots, read_roots

if TYPE_CHECKING:  # what takes long to load is loaded by those who need it
    from brevgen.ledger.reader import LedgerReader
    from brevgen.ledger.records import Approval

Why = Literal["not sealed", "date not kept"]
WHY: Mapping[Why, str] = {
    "not sealed": untranslated("it is not approved and sealed"),
    "date not kept": untranslated("an earlier brevgen approved it, which did not keep its date"),
}
"""Why a letter is left out, as the manifest says it and as a person reads it."""

_HAS_IT = ("sent", "reached otherwise")


@dataclass(frozen=True)
class FinalLetter:
    """A sealed letter, with what the ledger knows of it.

    Args:
        number: municipality number.
        label: number and name.
        file: its final files.
        approval: the approval of what it says.
        dated: the date on it.
        record: the facts it states; empty where an earlier brevgen did not keep them.
        sent_at: when somebody first had it, aware; None while nobody has.
        copies: the names of those who have a copy.
        archived: what the archive calls it; None while that is not known.
    """

    number: str
    label: str
    file: SealedFile
    approval: "Approval"
    dated: date
    record: Mapping[str, Any]
    sent_at: datetime | None
    copies: tuple[str, ...]
    archived: ArchiveNumber | None

    @property
    def reference(self) -> str:
        """Its reference."""
        return self.file.reference

    @property
    def status(self) -> JournalStatus:
        """Whether it was sent."""
        return "Ekspedert" if self.sent_at is not None else "Godkjent av leder"

    @property
    def content_digest(self) -> str:
        """Of what it says."""
        return self.file.content_digest

    @property
    def digests(self) -> dict[str, str]:
        """The names of its files, with their digests."""
        file = self.file
        return {file.pdf_name: file.pdf_sha256, file.docx_name: file.docx_sha256}


@dataclass(frozen=True)
class LeftOut:
    """A letter that the archive does not get.

    Args:
        label: number and name of the municipality.
        reference: its reference; empty where it has none.
        why: why not, in a word or two.
    """

    label: str
    reference: str
    why: Why


def final_letters(session: RoundSession) -> tuple[list[FinalLetter], list[LeftOut]]:
    """The letters that are sealed, in order of municipality number, and those left out."""
    known, history = session.known, session.ledger.approval_history(session.name)
    found, left_out = [], []
    for number in sorted(known.references):
        label, file = session.label(number), known.final(number)
        if file is None:
            left_out.append(LeftOut(label, known.references[number], "not sealed"))
            continue
        approval = [e for e in history[number] if e.content_digest == file.content_digest][-1]
        record = approval.facts or {}
        dated = _date(session, record)
        if dated is None:
            left_out.append(LeftOut(label, file.reference, "date not kept"))
            continue
        deliveries = known.deliveries.get(number, ())
        copied = [each for each in deliveries if each.role == "copied" and any(_had(each))]
        times = [at for each in deliveries if each.role != "copied" for at in _had(each)]
        letter = FinalLetter(
            number=number,
            label=label,
            file=file,
            approval=approval,
            dated=dated,
            record=record,
            sent_at=min(times, default=None),
            copies=tuple(dict.fromkeys(each.name or each.title for each in copied)),
            archived=known.archived(number),
        )
        found.append(letter)
    return found, left_out


def _had(delivery: Delivery) -> Iterator[datetime]:
    """When the recipient had it."""
    return (each.at for each in delivery.receipts if each.state in _HAS_IT)


def _date(session: RoundSession, record: Mapping[str, Any]) -> date | None:
    if "date" in record:
        return date.fromisoformat(record["date"])
    facts = session.readable_facts
    return facts.round.letter_date if facts is not None else None


def handover(
    session: RoundSession,
    ledger: "LedgerReader",
    letters: Sequence[FinalLetter],
    on_letter: Callable[[], object],
) -> Handover:
    """All that a round hands over, each seal verified.

    Args:
        ledger: the ledger that keeps the letters.
        letters: those that are sealed; at least one.
        on_letter: called after each.

    Raises:
        LedgerDamaged: what the ledger keeps does not hold to its seal.
        FaultyInput: the settings name a root that is missing or is none.
    """
    settings = session.workspace.settings
    roots = read_roots(settings.seal, session.workspace.root)
    entries = []
    for letter in letters:
        entries.append(_entry(session, ledger, letter, roots))
        on_letter()
    own, agency = settings.archive, settings.agency
    kind = session.kind
    called = kind.name.nb if kind is not None else session.name
    about = {"kind": called, "round": session.name, "year": letters[0].record.get("year", "")}
    if own.cases == "round":
        cases = [CaseFile(session.name, own.title_of_case(**about), tuple(entries))]
    else:
        cases = [
            CaseFile(
                letter.reference,
                own.title_of_case(
                    **about,
                    municipality=_municipality(letter),
                    number=letter.number,
                    reference=letter.reference,
                ),
                (entry,),
            )
            for letter, entry in zip(letters, entries, strict=True)
        ]
    unit = own.unit or agency.short_name
    return Handover(
        ledger=ledger.mark().identity,
        round=session.name,
        system=own.system,
        creator=own.creator or agency.name.nb,
        unit=unit,
        responsible=own.responsible or unit,
        cases=tuple(cases),
        part=own.part,
        classification=Classification(**own.classification.model_dump())
        if own.classification
        else None,
        restriction=Restriction(**own.access.model_dump()) if own.access else None,
    )


def _municipality(letter: FinalLetter) -> str:
    """The municipality's name, as the letter has it."""
    told = letter.record.get("municipality")
    return str(told["name"]) if isinstance(told, dict) else letter.label.partition(" ")[2]


def _entry(
    session: RoundSession, ledger: "LedgerReader", letter: FinalLetter, roots: Roots
) -> JournalEntry:
    file, approval, archived = letter.file, letter.approval, letter.archived
    deadline = letter.record.get("deadline")
    return JournalEntry(
        reference=letter.reference,
        municipality=letter.number,
        title=_title(ledger, letter),
        dated=letter.dated,
        deadline=date.fromisoformat(deadline) if deadline else None,
        status=letter.status,
        sent_at=letter.sent_at,
        parties=(
            ArchivedParty(
                "Mottaker",
                f"{_municipality(letter)} kommune",
                _organisation_number(session, letter),
                _contact(letter),
            ),
            *(ArchivedParty("Kopimottaker", name) for name in letter.copies),
        ),
        files=(
            ArchivedFile(file.pdf_name, "Arkivformat", "PDF/A-2A", file.pdf_sha256, file.sealed_at),
            ArchivedFile(
                file.docx_name, "Produksjonsformat", "DOCX", file.docx_sha256, file.sealed_at
            ),
        ),
        seal=_seal(session, ledger, file, roots),
        content_digest=file.content_digest,
        approved_at=approval.at,
        approved_by=approval.account,
        signatory=approval.signatory,
        case_number=archived.case_number if archived else "",
        journal_number=archived.journal_number if archived else "",
    )


def _title(ledger: "LedgerReader", letter: FinalLetter) -> str:
    """The title of what it says, which the ledger keeps with its approval."""
    said = json.loads(ledger.content(letter.file.content_digest))
    return str(said["title"])


def _contact(letter: FinalLetter) -> str:
    """Whom in the municipality it is for: `Ordfører og rådmann`."""
    told = letter.record.get("municipality")
    titles = list(told.get("distribution", ())) if isinstance(told, dict) else []
    return shared_title(*titles) if len(titles) == 2 else ", ".join(titles)


def _organisation_number(session: RoundSession, letter: FinalLetter) -> str:
    """The number of who bore the municipality's number in the letter's year."""
    facts = session.readable_facts
    if facts is None:
        return ""
    year = letter.record.get("year")
    day = date(year, 1, 1) if isinstance(year, int) else letter.dated
    found = facts.register.on(day).get(letter.number) or facts.register.ever(letter.number)
    return found.organisation_number if found is not None else ""


def _seal(
    session: RoundSession, ledger: "LedgerReader", file: SealedFile, roots: Roots
) -> ArchivedSeal:
    from brevgen.seal.verify import verify_seal  # takes long to load

    pdf = ledger.sealed_pdf(file.reference, file.content_digest)
    trusted = Roots(test=roots.test) if file.is_test else Roots(roots.trusted)
    number = "" if file.is_test else session.workspace.settings.seal.organisation_number
    with speaking("nb"):
        report = verify_seal(pdf, trusted, organisation_number=number)
        problems = list(report.problems)
        if file.is_test and not problems:
            problems = [tr("It is a TEST seal, which proves nothing.")]
    if not (report.sealed and report.intact and report.covers_whole_file):
        raise LedgerDamaged(
            tr(
                "{file} is not handed over, for the ledger keeps another file than was sealed:"
                " {reason} Put the ledger back from a backup.",
                file=file.pdf_name,
                reason=" ".join(problems),
            )
        )
    return ArchivedSeal(
        state="Signatur påført, ikke verifisert" if problems else "Signatur påført og verifisert",
        sealed_by=file.sealed_by,
        sealed_at=report.sealed_at or file.sealed_at,
        timestamped=report.timestamped,
        remark=" ".join(problems),
    )
