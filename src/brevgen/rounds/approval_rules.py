"""Who may approve what: each rule a small function that answers with a reason, or with nothing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from brevgen.language import tr


@dataclass(frozen=True)
class Candidate:
    """What the rules need to know of a letter that somebody wants to approve.

    Args:
        label: number and name of the municipality.
        is_draft: whether it lies there as a draft that says what it would say now.
        made_by: the account that made the draft.
        signatory: in whose name it would be approved.
        accounts: the accounts that may approve in that name; empty where anyone may.
        is_sent_back: whether it was sent back, and nobody has changed it or asked anew since.
    """

    label: str
    is_draft: bool
    made_by: str
    signatory: str
    accounts: tuple[str, ...]
    is_sent_back: bool = False


@dataclass(frozen=True)
class Approver:
    """Who wants to approve, and how.

    Args:
        account: the account the command runs under.
        name: in whose name, if said; empty for each letter's own signatory.
        four_eyes: whether the account that made a draft may not approve it.
        also: other names of the same person.
    """

    account: str
    name: str
    four_eyes: bool
    also: tuple[str, ...] = ()

    def is_among(self, accounts: Collection[str]) -> bool:
        """Whether some of these accounts are the approver's own."""
        return not {self.account, *self.also}.isdisjoint(accounts)


Rule = Callable[[Candidate, Approver], str]


def must_be_a_draft(letter: Candidate, approver: Approver) -> str:
    """What nobody can have read, nobody can approve."""
    if letter.is_draft:
        return ""
    return tr("there is no draft that says what the letter would say now; make the draft first")


def must_bear_the_name(letter: Candidate, approver: Approver) -> str:
    """An approval in somebody's name is only for letters that bear the name."""
    if not approver.name or approver.name.casefold() == letter.signatory.casefold():
        return ""
    return tr(
        "it bears the name of {signatory}, not of {other}",
        signatory=letter.signatory,
        other=approver.name,
    )


def account_must_be_allowed(letter: Candidate, approver: Approver) -> str:
    """Where a round lists accounts for a signatory, only they may approve in that name."""
    if not letter.accounts or approver.is_among(letter.accounts):
        return ""
    return tr(
        "the account {account} may not approve in the name of {signatory}; {accounts} may",
        account=approver.account,
        signatory=letter.signatory,
        accounts=", ".join(letter.accounts),
    )


def must_be_other_eyes(letter: Candidate, approver: Approver) -> str:
    """With four eyes, the account that made the draft may not approve it."""
    if approver.four_eyes and approver.is_among([letter.made_by]):
        return tr(
            "the account {account} made the draft; another one must approve it",
            account=approver.account,
        )
    return ""


def must_not_be_sent_back(letter: Candidate, approver: Approver) -> str:
    """What was sent back is not approved together with the rest, as if nobody had said so."""
    if not letter.is_sent_back:
        return ""
    return tr("it was sent back, and has neither been changed nor asked for anew since")


RULES: tuple[Rule, ...] = (
    must_be_a_draft,
    must_not_be_sent_back,
    must_bear_the_name,
    account_must_be_allowed,
    must_be_other_eyes,
)


def reason_against(letter: Candidate, approver: Approver) -> str:
    """The first reason why a letter may not be approved; empty where it may."""
    return next((text for rule in RULES if (text := rule(letter, approver))), "")


def reasons_against(letters: Sequence[Candidate], approver: Approver) -> dict[str, list[str]]:
    """Every reason why letters may not be approved, with the letters it holds for, by label."""
    against: dict[str, list[str]] = {}
    for letter in letters:
        if reason := reason_against(letter, approver):
            against.setdefault(reason, []).append(letter.label)
    return against
