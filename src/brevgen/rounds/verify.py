"""Is this file ours, unchanged, sealed by whom, and which letter is it in the ledger."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from brevgen.errors import BrevgenError
from brevgen.files import sha256
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import SealedFile
from brevgen.rounds.opening import open_round
from brevgen.rounds.status import Known, plan
from brevgen.seal.roots import Roots, read_roots
from brevgen.seal.verify import SealReport, verify_seal
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class LedgerAnswer:
    """What the ledger says of a file.

    Args:
        known: whether exactly this file was sealed by this workspace.
        round: the letter's round; empty where the ledger does not know the letter.
        municipality: its municipality's number.
        reference: its reference.
        approved_in_the_name_of: the signatory it was approved for.
        approved_by: the account that approved it.
        approved_at: when.
        sent: when it was sent; empty for not sent.
        problem: why it is not the letter that counts now; empty if it is.
    """

    known: bool
    round: str = ""
    municipality: str = ""
    reference: str = ""
    approved_in_the_name_of: str = ""
    approved_by: str = ""
    approved_at: str = ""
    sent: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Answer:
    """All that can be said of a file.

    Args:
        file: its path.
        seal: what its seal says.
        ledger: what the ledger says; None where there is no ledger.
    """

    file: Path
    seal: SealReport
    ledger: LedgerAnswer | None

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that does not hold."""
        ledger = (self.ledger.problem,) if self.ledger and self.ledger.problem else ()
        return (*self.seal.problems, *ledger)

    @property
    def holds(self) -> bool:
        """Whether all that can be checked holds."""
        return not self.problems

    @property
    def verdict(self) -> str:
        """In one line."""
        if self.problems:
            return f"NOT GOOD: {' '.join(self.problems)}"
        if self.ledger is None:
            return "The seal is good. There is no ledger here to look the letter up in."
        return "Good: sealed, unchanged, and the letter that counts."

    def lines(self) -> list[tuple[str, str]]:
        """What is known, as label and value."""
        seal = self.seal
        if not seal.sealed:
            return []
        pairs = [
            ("Sealed by", _signer(seal)),
            ("Sealed at", f"{seal.sealed_at:%Y-%m-%d %H:%M:%S} UTC" if seal.sealed_at else ""),
            ("Unchanged since", _yes(seal.intact and seal.covers_whole_file)),
            ("Issuer trusted", _yes(seal.chain_trusted) + (" (TEST key)" if seal.is_test else "")),
        ]
        if self.ledger is not None and self.ledger.reference:
            answer = self.ledger
            pairs += [
                ("Letter", f"{answer.reference}, round {answer.round}, {answer.municipality}"),
                ("Approved", f"{answer.approved_at} in the name of {answer.approved_in_the_name_of}"
                 f" by the account {answer.approved_by}" if answer.approved_at else "no"),
                ("Sent", answer.sent or "no"),
            ]  # fmt: skip
        return [(label, value) for label, value in pairs if value]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "file": str(self.file),
            "holds": self.holds,
            "problems": self.problems,
            "seal": asdict(self.seal),
            "ledger": asdict(self.ledger) if self.ledger else None,
        }


def _signer(seal: SealReport) -> str:
    """Whose seal it is, in one line."""
    number = f" ({seal.organisation_number})" if seal.organisation_number else ""
    return f"{seal.signer_name}, {seal.organisation}{number}"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def verify_file(path: Path, workspace: Workspace | None) -> Answer:
    """Check a file's seal, and look the letter up in the ledger if there is one.

    Args:
        path: the file; one that cannot be read is a problem in the answer.
        workspace: whose roots are trusted and whose ledger is asked; None for none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror})."
        return Answer(path, SealReport(problems=(problem,)), None)
    if workspace is None:
        seal = verify_seal(data, Roots())
    else:
        settings = workspace.settings.seal
        roots = read_roots(settings, workspace.root)
        seal = verify_seal(data, roots, organisation_number=settings.organisation_number)
    if workspace is None or not os.path.lexists(workspace.ledger):
        return Answer(path, seal, None)
    return Answer(path, seal, _ask_ledger(workspace, sha256(data)))


def _ask_ledger(workspace: Workspace, digest: str) -> LedgerAnswer:
    """What the ledger says of a file with this SHA-256."""
    with LedgerReader(workspace.ledger) as ledger:
        file = ledger.find_sealed(digest)
        if file is None:
            return LedgerAnswer(False, problem="The ledger does not know this file.")
        approvals = ledger.approvals_of(file.round, file.municipality)
        messages = ledger.deliveries(file.round).get(file.municipality, ())
    times = [each.sent_at for each in messages if each.pdf_sha256 == digest]
    sent = max((at for at in times if at is not None), default=None)
    approval = next(
        each
        for each in reversed(approvals)
        if each.content_digest == file.content_digest and each.at <= file.sealed_at
    )
    problem = ""
    if approval.withdrawn is not None:
        problem = f"Its approval was withdrawn: {approval.withdrawn.reason}"
    elif not approvals[-1].covers(file.content_digest):
        problem = "A later version of the letter has been approved."
    return LedgerAnswer(
        True,
        file.round,
        file.municipality,
        file.reference,
        approval.signatory,
        approval.account,
        f"{approval.at:%Y-%m-%d %H:%M:%S} UTC",
        sent=f"{sent:%Y-%m-%d %H:%M:%S} UTC" if sent else "",
        problem=problem or _lapsed(workspace, file),
    )


def _lapsed(workspace: Workspace, file: SealedFile) -> str:
    """Whether the letter would say something else by now, as far as the round's data are there."""
    try:
        facts, templates, _ = open_round(workspace, file.round, only_faults=True)
    except BrevgenError:
        return ""  # a round that is no longer at hand, or being worked on, says nothing of the file
    with LedgerReader(workspace.ledger) as ledger:
        known = Known.of(ledger, file.round)
    for letter in plan(workspace, facts, templates, known, only={file.municipality}):
        if letter.is_approved or letter.has_left:
            return ""  # what is sent stands as it was sent
    return "Its approval has lapsed: the letter would say something else now."
