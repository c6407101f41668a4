"""Is this file ours, unchanged, sealed by whom, and which letter is it in the ledger.

Every file gets an answer, whatever is wrong with it, with the others, or with the round's data. The
ledger is asked first; a round's data are read only to see whether its letters still say the same.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from brevgen.actor import Actor
from brevgen.characters import as_typed
from brevgen.errors import BrevgenError, UnreadableFile
from brevgen.files import MEGABYTE, read_bytes, sha256
from brevgen.language import tr, when
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Approval, SealedFile
from brevgen.letter.letter import letter_for
from brevgen.render.file_approval import FileApproval, read_approval
from brevgen.rounds.passkey_signature import reason_against_approval
from brevgen.rounds.session import Clock, RoundSession
from brevgen.rounds.traces import missing_ledger
from brevgen.rounds.verification import LedgerAnswer, PasskeyAnswer, Verification
from brevgen.seal.roots import Roots, read_roots
from brevgen.seal.verify import SealReport, verify_seal
from brevgen.workspace import Workspace

LARGEST = 20 * MEGABYTE
"""Bytes of a file that is looked at; a sealed letter has some 50 kB."""


def verify(
    files: Iterable[Path], workspace: Workspace | None, actor: Actor, clock: Clock
) -> list[Verification]:
    """Check the seals of files, and look the letters up in the ledger if there is one.

    Args:
        workspace: whose roots are trusted and whose ledger is asked; None for none.
        clock: tells the time, aware.

    Raises:
        FaultyInput: the file of a root that the settings name is missing or is none.
    """
    roots, organisation_number = Roots(), ""
    if workspace is not None:
        settings = workspace.settings.seal
        roots = read_roots(settings, workspace.root)
        organisation_number = settings.organisation_number
    now = clock()
    with ExitStack() as stack:
        lookup = _Lookup(workspace, actor, clock, stack)
        answers = []
        for file in files:
            try:
                data = read_bytes(file, most=LARGEST)
            except UnreadableFile as error:
                problem = f"{error.what} {error.remedy}"
                answers.append(Verification(file, SealReport(), problems=(problem,)))
                continue
            seal = verify_seal(data, roots, organisation_number=organisation_number)
            answer = Verification(file, seal, read_approval(data), problems=seal.problems)
            found = lookup.look_up(answer, sha256(data))
            answers.append(_with_end_of_certificate(found, now))
    return answers


def _with_end_of_certificate(found: Verification, now: datetime) -> Verification:
    """Say where only the sealing machine's word tells that the certificate was valid then."""
    seal = found.seal
    if seal.timestamped or seal.certificate_ends is None or now <= seal.certificate_ends:
        return found
    what = tr(
        "The certificate ended on {date}; that the file was sealed before is the sealing machine's"
        " word.",
        date=f"{seal.certificate_ends:%Y-%m-%d}",
    )
    if found.ledger is not None and found.ledger.known:
        return replace(found, remarks=(*found.remarks, what))
    return replace(found, doubts=(*found.doubts, what))


class _Lookup:
    """Where files are looked up: the ledger, and rounds, each opened once for all files.

    Args:
        workspace: whose ledger and rounds; None for none.
        actor: who asks.
        clock: tells the time, aware.
        stack: closes the ledger in the end.
    """

    def __init__(
        self, workspace: Workspace | None, actor: Actor, clock: Clock, stack: ExitStack
    ) -> None:
        self._workspace, self._actor, self._clock = workspace, actor, clock
        self._ledger: LedgerReader | None = None
        self._unreadable = ""
        self._rounds: dict[str, _Round] = {}
        if workspace is not None and workspace.has_ledger:
            try:
                self._ledger = stack.enter_context(LedgerReader(workspace.ledger))
            except (BrevgenError, OSError) as error:
                self._unreadable = tr("The ledger cannot be read: {reason}", reason=error)
        elif workspace is not None:
            self._unreadable = missing_ledger(workspace)

    def look_up(self, answer: Verification, digest: str) -> Verification:
        """What there is to say of a file with this SHA-256, beside what it says of itself."""
        if self._unreadable:
            return replace(answer, doubts=(self._unreadable,))
        if self._ledger is None:
            return answer
        try:
            return self._ask(answer, self._ledger, digest)
        except Exception as error:  # whatever one file meets, the others get their answers
            doubt = tr("It could not be looked up: {error}", error=repr(error))
            return replace(answer, doubts=(doubt,))

    def _ask(self, answer: Verification, ledger: LedgerReader, digest: str) -> Verification:
        file = ledger.find_sealed(digest)
        if file is None:
            unknown = (*answer.problems, tr("The ledger does not know this file."))
            return replace(answer, ledger=LedgerAnswer(known=False), problems=unknown)
        if file.round not in self._rounds:
            self._rounds[file.round] = _Round(self._open(file.round), file.round, ledger)
        round_ = self._rounds[file.round]
        messages = round_.messages.get(file.municipality, ())
        left = {each.pdf_sha256 for each in messages if each.has_left}
        times = [each.sent_at for each in messages if each.pdf_sha256 == digest]
        approvals = round_.approvals.get(file.municipality, [])
        # The latest approval of these words decides, whenever the seal was made: a second approval
        # of the same words leaves the first seal standing, and clocks may have been put back.
        approval = next(
            (each for each in reversed(approvals) if each.content_digest == file.content_digest),
            None,
        )
        known = LedgerAnswer(
            True,
            file.round,
            file.municipality,
            file.reference,
            approval.signatory if approval else "",
            approval.account if approval else "",
            approval.at if approval else None,
            max((at for at in times if at is not None), default=None),
            _passkey(ledger, approval),
        )
        against = []
        if approval is None:
            against.append(tr("The ledger has no approval of what it says."))
        elif approval.withdrawn is not None:
            against.append(
                tr("Its approval was withdrawn: {reason}", reason=approval.withdrawn.reason)
            )
        elif approval != approvals[-1]:
            against.append(tr("A later version of the letter has been approved."))
        if known.passkey is not None and not known.passkey.holds:
            against.append(
                tr(
                    "The passkey’s signature of its approval does not hold: {reason}",
                    reason=known.passkey.reason,
                )
            )
        if answer.approval is not None and answer.approval not in _as_told(approvals, file):
            against.append(
                tr(
                    "The file tells of an approval that the ledger does not have: {at} in the name"
                    " of {signatory} by the account {account}.",
                    at=when(answer.approval.at),
                    signatory=answer.approval.signatory,
                    account=answer.approval.account,
                )
            )
        if left and digest not in left:
            against.append(tr("Another version of the letter has been sent."))
        answer = replace(answer, ledger=known, problems=(*answer.problems, *against))
        if known.passkey is None and approval is not None and self._passkeys_are_required:
            unsigned = tr(
                "Its approval is not signed with a passkey, which the settings ask for by now."
            )
            answer = replace(answer, remarks=(*answer.remarks, unsigned))
        return answer if against else round_.compare(answer, file, is_sent=digest in left)

    @property
    def _passkeys_are_required(self) -> bool:
        return (
            self._workspace is not None and self._workspace.settings.approval.passkey == "required"
        )

    def _open(self, round_name: str) -> RoundSession | None:
        """The round, opened to compare its letters with; None where it cannot be."""
        assert self._workspace is not None, "its ledger was opened"
        try:
            return RoundSession(self._workspace, round_name, self._actor, self._clock)
        except (BrevgenError, OSError):
            return None


def _as_told(approvals: Iterable[Approval], file: SealedFile) -> list[FileApproval]:
    """The approvals of a sealed letter's words, as files tell them; one may be told of."""
    return [
        FileApproval.of(each)
        for each in approvals
        if (each.reference, each.content_digest) == (file.reference, file.content_digest)
    ]


def _passkey(ledger: LedgerReader, approval: Approval | None) -> PasskeyAnswer | None:
    if approval is None or approval.signature is None:
        return None
    reason = reason_against_approval(ledger, approval)
    passkey = approval.signature.passkey
    return PasskeyAnswer(
        not reason, passkey.account, passkey.name, passkey.at, passkey.host, reason
    )


class _Round:
    """What the letters of a round would say now, as far as its data can be read.

    Args:
        session: the round, opened; None where it cannot be.
        name: its name.
        ledger: tells what was approved and sent.
    """

    def __init__(self, session: RoundSession | None, name: str, ledger: LedgerReader) -> None:
        self.messages = ledger.deliveries(name)
        self.approvals = ledger.approval_history(name)
        self._name = name
        self._unreadable = ""
        if session is None or session.has_faults:
            self._unreadable = tr(
                "It could not be compared with the data of the round {round}, which are not there"
                " or have faults: brevgen check {round} shows them.",
                round=as_typed(name),
            )
        else:
            self._session = session
            self._rows = {row.number: (row, place) for row, place in session.facts.asked()}

    def compare(self, answer: Verification, file: SealedFile, *, is_sent: bool) -> Verification:
        """Say where the letter would say something else now; what is sent stands as it was sent."""
        if self._unreadable:
            if is_sent:
                return replace(answer, remarks=(self._unreadable,))
            return replace(answer, doubts=(self._unreadable,))
        if file.municipality not in self._rows:
            what = tr(
                "{municipality} is not asked any more in the round {round}.",
                municipality=file.municipality,
                round=self._name,
            )
        elif self._says_now(file) != file.content_digest:
            if is_sent:
                what = tr("The round has other figures or words for this letter by now.")
            else:
                what = tr("Its approval has lapsed: the letter would say something else now.")
        else:
            return answer
        return replace(answer, remarks=(what,)) if is_sent else replace(answer, problems=(what,))

    def _says_now(self, file: SealedFile) -> str:
        """The digest of what the letter would say if it were approved now."""
        row, municipality = self._rows[file.municipality]
        agency = self._session.workspace.settings.agency
        letter = letter_for(
            row,
            municipality,
            self._session.facts.round,
            kind=self._session.facts.kind,
            earlier=self._session.facts.earlier(file.municipality),
            reference=file.reference,
            agency=agency,
            approved=True,
        )
        return self._session.content(letter).digest()
