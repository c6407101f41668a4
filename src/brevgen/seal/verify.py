"""Whether a PDF bears a seal, whose it is, and whether anything has changed since.

Judged is the seal as it was when it was made: its certificate must have been valid then. Nothing is
looked up in the network, so a certificate that was withdrawn is not noticed. Whatever bytes come
in, a report comes out.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from brevgen.seal.certificates import Owner
from brevgen.seal.roots import Roots

if TYPE_CHECKING:
    from brevgen.seal.examination import Judgement

Found = TypeVar("Found")


@dataclass(frozen=True)
class SealReport:
    """What there is to say about the seal on a file.

    Args:
        is_pdf: whether it is a PDF at all, be it damaged.
        sealed: whether there is a seal in it.
        intact: whether what was sealed is as it was sealed.
        covers_whole_file: whether every byte is either sealed or a part of the seal.
        unchanged_since: whether the file ends where the sealed part ends, in one certifying seal
            that allows no changes.
        signer_name: the common name in the seal's certificate.
        organisation: the organisation in it.
        organisation_number: its number, 9 digits; empty if the certificate does not tell.
        sealed_at: when, aware: by a good time stamp where there is one, else as the seal claims.
        timestamped: whether a trusted time stamp says so.
        chain_trusted: whether the certificate was issued under one of the roots, and valid then.
        is_test: whether it is a TEST seal, which proves nothing.
        problems: everything that is not as it should be, in plain English; empty if all is good.
    """

    is_pdf: bool = False
    sealed: bool = False
    intact: bool = False
    covers_whole_file: bool = False
    unchanged_since: bool = False
    signer_name: str = ""
    organisation: str = ""
    organisation_number: str = ""
    sealed_at: datetime | None = None
    timestamped: bool = False
    chain_trusted: bool = False
    is_test: bool = False
    problems: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the file is sealed, whole and by someone trusted; a TEST seal may be good."""
        return (
            self.sealed
            and self.intact
            and self.covers_whole_file
            and self.unchanged_since
            and self.chain_trusted
            and not self.problems
        )


def verify_seal(pdf: bytes, roots: Roots, *, organisation_number: str = "") -> SealReport:
    """Look at the seal on a file; never raises, whatever the bytes, and asks no network.

    Args:
        pdf: the file.
        roots: whom to trust.
        organisation_number: whose seal it must be; empty for anyone's.
    """
    from brevgen.seal import examination

    is_pdf = pdf.startswith(b"%PDF-")
    if not is_pdf:
        return SealReport(problems=("This is not a PDF.",))
    found = _unless_damaged(lambda: examination.find_seal(pdf))
    if found is None:
        return SealReport(is_pdf, problems=("The PDF is damaged: it cannot be read.",))
    seal, count = found
    if seal is None:
        return SealReport(is_pdf, problems=("There is no seal in the file.",))
    owner = _unless_damaged(lambda: examination.owner(seal)) or Owner()
    judgement = _unless_damaged(lambda: examination.judge(seal, pdf, roots))
    if judgement is None:
        problems: tuple[str, ...] = ("The seal is damaged: it cannot be read.",)
        judgement = examination.NOTHING
    else:
        problems = tuple(_problems(judgement, owner, count, organisation_number))
    return SealReport(
        is_pdf=is_pdf,
        sealed=True,
        intact=judgement.intact,
        covers_whole_file=judgement.covers_whole_file,
        unchanged_since=judgement.intact
        and judgement.reaches_the_end
        and judgement.forbids_changes
        and count == 1,
        signer_name=owner.name,
        organisation=owner.organisation,
        organisation_number=owner.organisation_number,
        sealed_at=judgement.sealed_at,
        timestamped=judgement.timestamped,
        chain_trusted=judgement.chain_trusted,
        is_test=judgement.is_test,
        problems=problems,
    )


def _unless_damaged(look: Callable[[], Found]) -> Found | None:
    """What is seen, or None where the file is so damaged that looking fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd certificates: the report tells what matters
        try:
            return look()
        except Exception:  # parsers fail in more ways on broken files than anyone can list
            return None


def _problems(
    seal: "Judgement", owner: Owner, count: int, organisation_number: str
) -> Iterator[str]:
    if not seal.intact:
        yield "The file was changed after it was sealed."
    if not seal.reaches_the_end:
        yield "Something was added to the file after it was sealed."
    elif not seal.covers_whole_file:
        yield "There are bytes in the file that the seal does not cover."
    if count > 1:
        yield f"There are {count} signatures in the file; a letter has one seal."
    if not seal.forbids_changes:
        yield "The seal does not forbid changes."
    if seal.intact and not seal.chain_trusted:
        yield (
            "It is a TEST seal, which proves nothing."
            if seal.is_test
            else "The seal's certificate does not lead to a trusted root, or was not valid when the"
            " file was sealed."
        )
    if (
        organisation_number
        and not seal.is_our_test
        and owner.organisation_number != organisation_number
    ):
        yield (
            f"The seal belongs to {owner.organisation or owner.name or 'someone unnamed'}"
            f" (organisation number {owner.organisation_number or 'not told'}),"
            f" not to organisation number {organisation_number}."
        )
    if seal.sealed_at is None:
        yield "The seal does not say when it was made."
    if seal.has_timestamp and not seal.timestamped:
        yield "The time stamp in the seal is not good, or not from a trusted service."
    if seal.chain_trusted and seal.oddity:
        yield seal.oddity
