"""The facts of rounds for letters through templates that are tried, read only when they change."""

from dataclasses import dataclass, field

from brevgen.facts.round_facts import RoundFacts, read_round_facts
from brevgen.files import sha256
from brevgen.findings import Findings
from brevgen.language import language, tr
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import LedgerMark
from brevgen.rounds.following import follow_in
from brevgen.settings.kind import Kinds
from brevgen.workspace import Workspace


@dataclass(frozen=True)
class _Read:
    """The facts of a round as they were read.

    Args:
        files: what tells whether a file they rest on has changed.
        ledger: how far the ledger had come; None where there was none.
        facts: the facts; None where there are faults.
        problem: why there are none.
    """

    files: str
    ledger: LedgerMark | None
    facts: RoundFacts | None
    problem: str

    def holds(self, files: str, ledger: LedgerMark | None) -> bool:
        """Whether they would be the same now; what follows no other round rests on no ledger."""
        is_alone = self.facts is not None and self.facts.followed is None
        return self.files == files and (is_alone or self.ledger == ledger)


@dataclass
class KeptFacts:
    """The facts of rounds, kept from one time to the next."""

    _read: dict[str, _Read] = field(default_factory=dict)

    def of(self, workspace: Workspace, name: str, kinds: Kinds) -> tuple[RoundFacts | None, str]:
        """The facts of a round, or None and why not; read again only when they may have changed."""
        files = sha256(f"{language()} {_files_of(workspace)} {kinds}".encode())
        ledger = _mark_of(workspace)
        kept = self._read.get(name)
        if kept is None or not kept.holds(files, ledger):
            findings = Findings(only_faults=True)
            facts = read_round_facts(
                workspace.round_folder(name),
                workspace.data,
                findings,
                kinds=kinds,
                follow=follow_in(workspace, kinds),
            )
            problem = ""
            if facts is None or findings.faults:
                first = findings.faults[0] if findings.faults else ""
                problem = tr(
                    "The round {name} has faults, so none of its letters can be shown: {fault}",
                    name=name,
                    fault=first,
                )
            kept = _Read(files, ledger, None if problem else facts, problem)
            self._read[name] = kept
        return kept.facts, kept.problem


def _files_of(workspace: Workspace) -> str:
    """What tells whether a file that the facts of rounds rest on has changed."""
    files = [
        workspace.root / "brevgen.toml",
        *workspace.data.glob("*.*sv"),
        *(workspace.data / "rounds").glob("*/*"),
    ]
    known = [(str(file), file.stat()) for file in sorted(files) if file.exists()]
    return str([(file, stat.st_mtime_ns, stat.st_size) for file, stat in known])


def _mark_of(workspace: Workspace) -> LedgerMark | None:
    """How far the ledger has come; None where there is none."""
    if not workspace.has_ledger:
        return None
    with LedgerReader(workspace.ledger) as ledger:
        return ledger.mark()
