"""Every error a person can meet, as one tree, each with its exit code; no user meets a traceback.

A message says what is wrong and what to do about it. Everything else that is raised is a defect in
brevgen itself.

    BrevgenError                     1  base
    ├── FaultyInput                  1  faults in what a person wrote (lives in `findings`)
    ├── Unsendable                   1  something that can stand in no message
    ├── NotSealed                    1  a seal failed though everything was in order
    ├── WrongUse                     2  what was asked for is not there
    ├── Refused                      3  a rule forbids it
    │   ├── MayNot                      the account has no role for it
    │   ├── RoundLocked                 another account is changing the round
    │   └── SentInOtherWords            the letter has left, and what is sent is never changed
    ├── LedgerError                  3  the ledger cannot be worked with
    │   ├── LedgerLocked                another program writes to it for too long
    │   ├── LedgerDamaged               what it says was changed or broken
    │   ├── LedgerOutdated              it is older than the files, or another one
    │   ├── LedgerTooNew                a newer brevgen made it
    │   ├── LedgerUnusable           2  nothing lies at its path, or it is out of reach
    │   │   └── NoLedger                what lies there is another program's, or holds nothing
    │   ├── LedgerUnreachable        4  its server does not answer, or the connection was lost
    │   └── LedgerDiskError          4  the disk is full, or fails
    └── PartlyDone                   4  something outside of brevgen stopped the work

    UnreadableFile                      of a file, for its reader to make a finding of
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAULTY_INPUT = 1
    WRONG_USE = 2
    REFUSED = 3
    PARTLY_DONE = 4


class BrevgenError(Exception):
    """Base of all errors a user can cause; the text tells the remedy."""

    exit_code = ExitCode.FAULTY_INPUT


class Unsendable(BrevgenError):
    """Something in a message can never stand in one; the text says what to mend."""


class WrongUse(BrevgenError):
    """What was asked for is not there: a round, a municipality, a workspace."""

    exit_code = ExitCode.WRONG_USE


class Refused(BrevgenError):
    """A rule forbids it: not approved, already sent, a full series."""

    exit_code = ExitCode.REFUSED


class MayNot(Refused):
    """The account has no role for what was asked."""


class RoundLocked(Refused):
    """Another account, or another command, is changing the round just now."""


class SentInOtherWords(Refused):
    """The letter went out in other words already; what is sent is never changed."""


class LedgerError(BrevgenError):
    """The ledger cannot be worked with; nothing was written to it."""

    exit_code = ExitCode.REFUSED


class LedgerLocked(LedgerError):
    """Another program has been writing to the ledger for longer than one waits."""


class LedgerDamaged(LedgerError):
    """What the ledger says was changed by another hand, or its file is broken."""


class LedgerOutdated(LedgerError):
    """The ledger is older than the files that lie there, or not the one they were made with."""


class LedgerTooNew(LedgerError):
    """The ledger was made by a newer brevgen."""


class LedgerUnusable(LedgerError):
    """Nothing lies at the ledger's path, or no ledger, or it may not be read or written."""

    exit_code = ExitCode.WRONG_USE


class NoLedger(LedgerUnusable):
    """What lies at the ledger's path is another program's file, or holds nothing."""


class LedgerUnreachable(LedgerError):
    """The server the ledger is on does not answer, or the connection to it was lost."""

    exit_code = ExitCode.PARTLY_DONE


class LedgerDiskError(LedgerError):
    """The disk under the ledger is full, or fails."""

    exit_code = ExitCode.PARTLY_DONE


class PartlyDone(BrevgenError):
    """Something outside of brevgen stopped the work; what was done is kept."""

    exit_code = ExitCode.PARTLY_DONE


class NotSealed(BrevgenError):
    """A letter could not be sealed though everything was in order: a service or a token failed."""


class UnreadableFile(Exception):
    """The file as a whole cannot be read: why, what to do, and where it came to a halt."""

    def __init__(self, what: str, remedy: str, *, sheet: str = "", row: int | None = None) -> None:
        super().__init__(what)
        self.what, self.remedy, self.sheet, self.row = what, remedy, sheet, row
