"""A round opened by somebody: what every use case works with.

A use case is a function of a `RoundSession` and plain values. The session reads and checks the
round once, works out once where its letters stand, and again only after something was written.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from brevgen.actor import Actor
from brevgen.errors import PartlyDone, Refused, WrongUse
from brevgen.facts.dates import day_in_norway
from brevgen.facts.round_facts import RoundFacts
from brevgen.facts.selection import means_several, municipality_meant, select
from brevgen.files import make_folder, os_reason, sha256_of_file
from brevgen.findings import FaultyInput, Findings
from brevgen.language import tr
from brevgen.letter.content import Content
from brevgen.letter.letter import Letter
from brevgen.letter.templates import Templates, read_templates
from brevgen.pool.letter_files import look
from brevgen.rounds.answer_status import AnswersReader
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.letter_status import Known, LetterStatus, StatusReader
from brevgen.rounds.opening import check
from brevgen.rounds.traces import check_ledger, remember_mark
from brevgen.settings.kind import Kind, Kinds
from brevgen.settings.round import ChannelName, Round
from brevgen.settings.round_file import read_round
from brevgen.workspace import Workspace

if TYPE_CHECKING:
    from brevgen.ledger.ledger import Ledger
    from brevgen.ledger.reader import LedgerReader
    from brevgen.ledger.records import LedgerMark, ManifestLetter

Clock = Callable[[], datetime]
"""Tells the time, aware."""


class NotAsShown(Refused):
    """It is not as it was shown to the person who wants something done with it."""

    def __init__(self) -> None:
        super().__init__(
            tr("Something has changed since the page was shown. Look at it once more.")
        )


class RoundSession:
    """A round opened by an actor; to be used in a `with` statement.

    Opening never fails for a fault in the round's files: `findings` tells all of them, and what
    needs no more than the ledger goes on. Asking for `facts` or `letters` raises `FaultyInput`.

    Args:
        workspace: the folder with settings, data, templates and output.
        name: the round's name, a folder under `data/rounds`.
        actor: who works with it.
        clock: tells the time, aware.
        tell: is told, in a sentence, what a person should know but is no result: whom we wait for.
        new_ledger: whether a new ledger may be begun although letters were made here before.
        digest_of: the digest of a letter's file; empty where there is none.

    Raises:
        WrongUse: there is no such round.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str,
        actor: Actor,
        clock: Clock,
        *,
        tell: Callable[[str], None] = lambda _: None,
        new_ledger: bool = False,
        digest_of: Callable[[Path], str] = sha256_of_file,
    ) -> None:
        self.workspace, self.name = workspace, workspace.round_name(name)
        self.actor, self.clock, self.tell = actor, clock, tell
        self._new_ledger, self._digest_of = new_ledger, digest_of
        self._ledger: LedgerReader | None = None
        self._nothing: LedgerReader | None = None
        self._templates_read: list[tuple[Path, str]] | None = None
        self._channel: ChannelName | None = None
        self.read_again()

    def __enter__(self) -> Self:
        self._ledger = self._reader()
        return self

    def __exit__(self, *_: object) -> None:
        for reader in filter(None, (self._ledger, self._nothing)):
            reader.close()
        self._ledger = self._nothing = None

    def read_again(self) -> None:
        """Read and check the round's files as they are now."""
        self._basis: object = None
        self._read_at = self._mark_of_file()
        self.findings = Findings()
        self._facts = check(self.workspace, self.name, self.findings, today=self.today())
        files = sorted(self.workspace.templates.parent.rglob("*"))
        templates = [(file, sha256_of_file(file)) for file in files if file.is_file()]
        if templates != self._templates_read:  # else what they say is not worked out again
            self._templates: dict[str, Templates] = {}
            self._contents: dict[Letter, Content] = {}
            self._templates_read = templates
        self._look = ""
        try:
            self._look = look(self.workspace.templates)
        except FaultyInput as fault:
            self.findings.items.extend(fault.findings)
        self._known: Known | None = None
        self._deliveries_hold: bool | None = None
        self._mark: LedgerMark | None = None
        self._letters: list[LetterStatus] | None = None

    # what is known -------------------------------------------------------------------------------

    @property
    def has_faults(self) -> bool:
        """Whether letters can neither be made nor compared before faults are mended."""
        return self._facts is None or bool(self.findings.faults)

    @property
    def facts(self) -> RoundFacts:
        """All facts of the round.

        Raises:
            FaultyInput: there are faults; all of them.
        """
        self.findings.stop_on_faults()
        assert self._facts is not None, "without faults everything was read"
        return self._facts

    @property
    def readable_facts(self) -> RoundFacts | None:
        """The facts as far as they could be read, faults or not; None where a file could not be."""
        return self._facts

    @property
    def round(self) -> Round:
        """The round's settings, whatever faults its spreadsheet has.

        Raises:
            FaultyInput: `round.toml` itself cannot be read.
        """
        if self._facts is not None:
            return self._facts.round
        findings = Findings()
        settings = read_round(
            self.workspace.round_folder(self.name) / "round.toml",
            findings,
            shown_as="round.toml",
            kinds=self.kinds,
        )
        if settings is None:
            raise FaultyInput(findings.items)
        return settings

    @property
    def kind(self) -> Kind | None:
        """The kind of its letters; None where the settings or the kind cannot be read."""
        if self._facts is not None:
            return self._facts.kind
        try:
            return self.kinds.get(self.round.kind)
        except FaultyInput:
            return None

    @property
    def channel(self) -> ChannelName:
        """The way its letters go: the one that was asked for, else that of its settings."""
        return self._channel or self.round.dispatch.channel

    def go_by(self, channel: ChannelName) -> None:
        """Let its letters go another way than its settings say."""
        self._channel = channel
        self.forget()

    @property
    def kinds(self) -> Kinds:
        """The kinds of letters there are; None in place of one that has faults."""
        return kinds_of(self.workspace, Findings())

    def label(self, number: str) -> str:
        """Number and name of a municipality; only the number where the register has faults."""
        register = self._facts.register if self._facts is not None else None
        municipality = register.ever(number) if register is not None else None
        return municipality.label if municipality is not None else number

    @property
    def templates(self) -> Templates:
        """The templates of the letters, which were checked when the round was read."""
        return self._templates_in("letters")

    @property
    def messages(self) -> Templates:
        """The templates of the messages that carry letters."""
        return self._templates_in("messages")

    def _templates_in(self, which: str) -> Templates:
        self.findings.stop_on_faults()
        if which not in self._templates:
            folder = self.workspace.templates if which == "letters" else self.workspace.messages
            findings = Findings()
            templates = read_templates(folder, findings, shown_as=folder.name)
            if templates is None:
                raise FaultyInput(findings.items)
            self._templates[which] = templates
        return self._templates[which]

    @property
    def look(self) -> str:
        """Digest of all that decides how letters look, as it was when the round was read.

        Raises:
            FaultyInput: the round has faults; the stylesheet and the Word styles are part of it.
        """
        self.findings.stop_on_faults()
        return self._look

    @property
    def message_digest(self) -> str:
        """Digest of all that decides what the messages around letters say.

        Raises:
            FaultyInput: the round has faults.
        """
        folder = self.workspace.messages
        files = [
            (file.relative_to(folder).as_posix(), digest)
            for file, digest in self._templates_read or ()
            if file.is_relative_to(folder)
        ]
        settings = self.workspace.settings
        mail = settings.mail
        sender = (mail.from_address, mail.from_name, mail.reply_to) if mail is not None else ()
        said = repr((files, self.facts.round, settings.agency, sender))
        return hashlib.sha256(said.encode()).hexdigest()

    def content(self, letter: Letter) -> Content:
        """What a letter says, through its template."""
        if letter not in self._contents:
            self._contents[letter] = self.templates.content(letter)
        return self._contents[letter]

    def today(self) -> date:
        """The day it is in Norway."""
        return day_in_norway(self.clock())

    @property
    def ledger(self) -> "LedgerReader":
        """The ledger, open for reading; an empty one where there is none yet."""
        if self._ledger is not None:
            return self._ledger
        if self._nothing is None:
            from brevgen.ledger.reader import LedgerReader  # takes long to load

            self._nothing = LedgerReader(self.workspace.ledger)
        return self._nothing

    @property
    def known(self) -> Known:
        """What the ledger knows of the round."""
        if self._known is None:
            self._mark = self._ledger.mark() if self._ledger is not None else None
            self._known = Known.of(self._ledger, self.name)
        return self._known

    @property
    def ledger_doubt(self) -> str:
        """That another hand has changed what the ledger tells of the sending; empty if it holds."""
        if self._deliveries_hold is None:
            self._deliveries_hold = self.ledger.deliveries_hold(self.name)
        if self._deliveries_hold:
            return ""
        return tr(
            "Do not go by what is told here of the sending: another hand or a broken disk has"
            " changed it in the ledger. “brevgen verify --ledger”, or the log in the desk, tells"
            " which rows do not hold."
        )

    @property
    def answers(self) -> AnswersReader:
        """What finds out what has come back to the letters."""
        return AnswersReader(self.known, self._facts, self.kind, self.today())

    # letters -------------------------------------------------------------------------------------

    def letters(self) -> list[LetterStatus]:
        """Where every letter of the round stands, in order of municipality number.

        Raises:
            FaultyInput: the round has faults.
        """
        if self._letters is None:
            self._letters = self.status_with(self.known)
        return self._letters

    def letter(self, number: str) -> LetterStatus | None:
        """Where one letter stands; None where the round has no such letter.

        The others are not worked out for it: there are hundreds.

        Raises:
            FaultyInput: the round has faults.
        """
        letters = self._letters
        if letters is None:
            letters = self.status_with(self.known, [number])
        return next((each for each in letters if each.number == number), None)

    def status_with(self, known: Known, only: Collection[str] | None = None) -> list[LetterStatus]:
        """Where letters would stand if the ledger knew this.

        Args:
            known: what the ledger would know.
            only: municipality numbers; None for the whole round.
        """
        reader = StatusReader(
            self.workspace,
            self.facts,
            known,
            self.look,
            self.templates,
            self.content,
            self.channel,
            self._digest_of,
        )
        return reader.letters(only)

    def choose(
        self, only: Iterable[str] = (), region: str = "", except_: Iterable[str] = ()
    ) -> set[str]:
        """The municipality numbers that are meant; all of the round where nothing is said.

        Raises:
            WrongUse: a name or region means nobody, or several.
            FaultyInput: the round has faults.
        """
        return select(self.facts, only, region, except_)

    def choose_known(self, only: Iterable[str]) -> set[str]:
        """The municipality numbers that are meant among those the ledger knows.

        For what must go on whatever faults the round's files have.

        Args:
            only: numbers, or names where the register can be read.

        Raises:
            WrongUse: a name means nobody, or several.
        """
        numbers = set()
        register = self._facts.register if self._facts is not None else None
        for who in only:
            groups = register.ever_named(who) if register is not None else []
            named = {municipality.number for group in groups for municipality in group}
            found = self.known.references.keys() & {who, *named}
            if not found and self._facts is not None:
                municipality_meant(self._facts, who)  # which tells who is meant, and why not
            if not found:
                raise WrongUse(
                    tr(
                        "No letter of the round {round} was made to “{who}”.",
                        round=self.name,
                        who=who,
                    )
                )
            if len(found) > 1:
                raise means_several(who, sorted(found))
            numbers |= found
        return numbers

    # changing ------------------------------------------------------------------------------------

    @contextmanager
    def changing(self, *, reports_always: bool = False) -> Iterator["Ledger"]:
        """Hold the round's lock, and the ledger open for writing.

        Afterwards, however it ends, the report is written anew if anything was written into the
        ledger.

        Args:
            reports_always: write the report also where nothing was written into the ledger.

        Raises:
            Refused: somebody else is changing the round and does not finish in time.
        """
        from brevgen.ledger.ledger import Ledger

        reader = self._ledger
        self.check_ledger()
        make_folder(self.workspace.ledger_folder)
        last = mark = None
        try:
            with (
                Ledger(self.workspace.ledger, self.clock, self.actor, new=True) as ledger,
                self._locked(ledger),
            ):
                self._ledger = ledger
                last = mark = self.forget_if_changed()
                try:
                    yield ledger
                finally:
                    mark = ledger.mark()
        except BaseException:
            self._after_change(reader, last, mark)
            try:
                if mark != last:
                    self.write_report()
            except PartlyDone as problem:  # what went wrong first is told, and this beside it
                self.tell(str(problem))
            raise
        self._after_change(reader, last, mark)
        if mark != last or reports_always:
            self.write_report()

    def _after_change(
        self, reader: "LedgerReader | None", last: "LedgerMark | None", mark: "LedgerMark | None"
    ) -> None:
        """Read on from a ledger that knows what was written, and remember how far it has come."""
        if reader is not None:  # it need not see what has been written since it was opened
            reader.close()
        self._ledger = self._reader()
        self.forget_if_changed()
        if mark is not None and mark != last:
            remember_mark(self.workspace, mark)

    def record_shown(self, entries: Sequence["ManifestLetter"]) -> None:
        """Remember what the actor was shown."""
        with self.noting() as ledger:
            ledger.record_shown(self.name, entries)

    @contextmanager
    def noting(self) -> Iterator["Ledger"]:
        """The ledger open for writing what changes no letter; nobody need hold the round for it."""
        from brevgen.ledger.ledger import Ledger

        with Ledger(self.workspace.ledger, self.clock, self.actor) as ledger:
            yield ledger

    @contextmanager
    def settling(self) -> Iterator["Ledger"]:
        """As `changing`, after marking as uncertain what a command that is no more handed over."""
        with self.changing() as ledger:
            ledger.mark_interrupted_uncertain(self.name)
            self.forget()
            yield ledger

    def mark_interrupted(self) -> None:
        """Mark messages as uncertain that a command was handing over when it was cut off."""
        if any(each.state == "sending" for each in self.known.messages):
            with self.settling():
                pass

    def forget(self) -> None:
        """Work out anew where the letters stand, for files or ledger say something else now."""
        self._known, self._letters, self._deliveries_hold = None, None, None

    def forget_if_changed(self) -> "LedgerMark | None":
        """Work out anew where the letters stand, if the ledger has gone on since that was done.

        Returns:
            how far the ledger has come; None where there is none.
        """
        mark = self._ledger.mark() if self._ledger is not None else None
        if mark != self._mark:
            self.forget()
        return mark

    def go_on(self) -> None:
        """Go on with what the ledger says now, after others may have written into it.

        The round is read again only if that is something else of other rounds that it rests on, and
        where letters stand is worked out anew only if it is something else of this round. Files are
        taken to lie there as they did.
        """
        mark = self._ledger.mark() if self._ledger is not None else None
        if mark == self._mark:
            return
        basis = self._basis_now()
        if mark != self._read_at if self._basis is None else basis != self._basis:
            self.read_again()
        known = Known.of(self._ledger, self.name)
        if known != self._known:
            self._known, self._letters = known, None
        self._basis, self._mark, self._deliveries_hold = basis, mark, None

    def _basis_now(self) -> object:
        """What the ledger says of other rounds that the facts of this one rest on; None without."""
        if self._ledger is None:  # it is gone since
            return None
        follows = self._facts.round.follows if self._facts is not None else ""
        return self._ledger.used(), Known.of(self._ledger, follows) if follows else None

    def check_ledger(self) -> None:
        """Refuse to go on with a ledger that does not know the letters that lie here.

        Raises:
            LedgerOutdated: it does not.
        """
        if not self._new_ledger:
            check_ledger(self.workspace)

    def _mark_of_file(self) -> "LedgerMark | None":
        """How far the ledger has come, whether it is open here or not."""
        reader = self._reader()
        if reader is None:
            return None
        with reader:
            return reader.mark()

    def _locked(self, ledger: "Ledger") -> AbstractContextManager[None]:
        """The round's lock, held by the connection that writes: where it is lost, so is that."""
        from brevgen.ledger.lock import LockHolder

        def wait(holder: LockHolder) -> None:
            self.tell(
                tr(
                    "Waiting for {holder}, who is changing the round {round} …",
                    holder=holder,
                    round=self.name,
                )
            )

        return ledger.round_lock(self.name, on_wait=wait)

    def _reader(self) -> "LedgerReader | None":
        """The ledger for reading; None where nothing was ever written into one."""
        if not self.workspace.has_ledger:
            return None
        from brevgen.ledger.reader import LedgerReader  # takes long to load

        return LedgerReader(self.workspace.ledger).__enter__()

    def write_report(self) -> None:
        """Write the report anew; a round with faults keeps the one it has."""
        if self.has_faults:
            self.tell(tr("The round has faults now, so its report stays as it was."))
            return
        from brevgen.rounds.last_year import last_year
        from brevgen.rounds.report import write_report

        before = last_year(self.facts, self.workspace.data, self.ledger)
        try:
            write_report(
                self.workspace.output(self.name),
                self.facts,
                self.letters(),
                before,
                answers=self.answers.statuses(),
                together=self.answers.together(),
            )
        except OSError as error:  # open in a spreadsheet program, or the disk is full
            raise PartlyDone(
                tr(
                    "The report cannot be written ({reason}), but all that it would tell is done"
                    " and kept. Close the report in other programs and run the command again.",
                    reason=os_reason(error),
                )
            ) from error
