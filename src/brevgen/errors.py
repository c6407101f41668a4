"""What can go wrong for a person, one class per exit code, so that no user ever meets a traceback.

A message says what is wrong and what to do about it. Everything else that is raised is a defect in
brevgen itself.
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


class WrongUse(BrevgenError):
    """What was asked for is not there: a round, a municipality, a workspace."""

    exit_code = ExitCode.WRONG_USE


class Refused(BrevgenError):
    """A rule forbids it: not approved, already sent, a full series."""

    exit_code = ExitCode.REFUSED


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


class Unsendable(BrevgenError):
    """Something in a message can never stand in one; the text says what to mend."""
