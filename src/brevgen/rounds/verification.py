"""What there is to say of a file that was verified: by its seal, by itself and by the ledger."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, computed_field
from pydantic.dataclasses import dataclass

from brevgen.language import tr, untranslated
from brevgen.render.file_approval import FileApproval
from brevgen.seal.verify import SealReport

Verdict = Literal["good", "seal good", "uncertain", "not good"]
"""The letter that counts; a good seal, and no ledger to ask; nothing speaks against it, but not all
could be looked at; or something does not hold."""


@dataclass(frozen=True)
class PasskeyAnswer:
    """What the signature of an approval says.

    Args:
        holds: whether it is by the passkey, over exactly the letters that were approved.
        account: whose passkey it is.
        name: what its owner calls it.
        registered_at: when it was registered, aware.
        host: the host name of the desk it was registered and used on.
        reason: why the signature does not hold; empty where it does.
    """

    holds: bool
    account: str
    name: str
    registered_at: datetime | None
    host: str
    reason: str = ""


@dataclass(frozen=True)
class LedgerAnswer:
    """What the ledger knows of a file.

    Args:
        known: whether exactly this file was sealed by this workspace; else nothing is told.
        round: the letter's round.
        municipality: its municipality's number.
        reference: its reference.
        approved_in_the_name_of: the signatory it was approved for.
        approved_by: the account that approved it.
        approved_at: when, aware.
        sent_at: when it was sent, aware; None for not sent.
        passkey: the passkey that signed the approval; None where none did.
    """

    known: bool
    round: str = ""
    municipality: str = ""
    reference: str = ""
    approved_in_the_name_of: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    passkey: PasskeyAnswer | None = None


@dataclass(frozen=True)
class Verification:
    """All that can be said of a file.

    Args:
        file: its path.
        seal: what its seal says.
        approval: what the file itself tells of its approval; None where it tells nothing, as
            letters sealed by earlier versions of brevgen.
        ledger: what the ledger says; None where there is none, or it cannot be read.
        problems: what does not hold; sentences.
        doubts: what could not be looked at, so that nobody can call it good; sentences.
        remarks: what is worth knowing of a good file; sentences.
    """

    file: Path
    seal: SealReport
    approval: FileApproval | None = None
    ledger: LedgerAnswer | None = None
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict:
        """In a word."""
        if self.problems:
            return untranslated("not good")
        if self.doubts:
            return untranslated("uncertain")
        return untranslated("good") if self.ledger is not None else untranslated("seal good")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def holds(self) -> bool:
        """Whether all that there is to look at holds."""
        return self.verdict in ("good", "seal good")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def approval_held_by_seal(self) -> bool:
        """Whether what the file tells of its approval is as it was sealed, whoever sealed it."""
        seal = self.seal
        return self.approval is not None and seal.intact and seal.covers_whole_file

    @property
    def conclusion(self) -> str:
        """The verdict in one line, with the reasons for it."""
        match self.verdict:
            case "not good":
                reasons = " ".join((*self.problems, *self.doubts))
                return tr("NOT GOOD: {reasons}", reasons=reasons)
            case "uncertain":
                return tr(
                    "UNCERTAIN: nothing speaks against it, but not all could be looked at."
                    " {reasons}",
                    reasons=" ".join(self.doubts),
                )
            case "seal good":
                return tr("The seal is good. There is no ledger here to look the letter up in.")
            case "good":
                if self.ledger is not None and self.ledger.passkey is not None:
                    return tr(
                        "Good: sealed, unchanged, and the letter that counts; its approval is"
                        " signed with a passkey of {account}.",
                        account=self.ledger.passkey.account,
                    )
                return tr("Good: sealed, unchanged, and the letter that counts.")


def as_json(answers: list[Verification]) -> Any:
    """Verifications with their verdicts, as JSON can hold them."""
    return TypeAdapter(list[Verification]).dump_python(answers, mode="json")
