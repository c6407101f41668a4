"""Next year's round, begun from an earlier one: what stays is kept, what must be new is emptied."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from brevgen.actor import Actor
from brevgen.errors import WrongUse
from brevgen.facts.allocation import Allocation, read_allocation
from brevgen.facts.allocation_file import find_allocation
from brevgen.facts.audience import audience_of
from brevgen.facts.forgotten import year_named
from brevgen.facts.municipalities import Register, read_register
from brevgen.facts.selection import means_nobody, means_several
from brevgen.files import read_bytes
from brevgen.findings import Findings
from brevgen.language import tr
from brevgen.ledger import told
from brevgen.rounds.carried import Carried, allocation_csv, carried, empty_csv, following_csv
from brevgen.rounds.empty_settings import empty_settings
from brevgen.rounds.following import follow_in
from brevgen.rounds.following_settings import following_settings
from brevgen.rounds.kinds import good_kinds, kinds_of
from brevgen.rounds.next_settings import NextDates, next_dates, next_settings
from brevgen.rounds.round_folder import begun_folder, checked_name
from brevgen.settings.kind import Kind, Kinds
from brevgen.settings.round import ROUND_FILE, Round
from brevgen.settings.round_file import kind_of_round, read_round
from brevgen.settings.toml_file import MAX_SETTINGS
from brevgen.workspace import Workspace

ALLOCATION = "allocation.csv"


@dataclass(frozen=True)
class NewRound:
    """A round that was begun.

    Args:
        name: its name.
        folder: its folder.
        dates: its settlement year, the letters' date and the deadline.
        carried: its municipalities, with the figures of the earlier round.
        lost: the earlier round's municipalities of which no successor is known.
    """

    name: str
    folder: Path
    dates: NextDates
    carried: tuple[Carried, ...]
    lost: tuple[str, ...]


def new_round(
    workspace: Workspace, clock: Callable[[], datetime], actor: Actor, name: str, earlier: str
) -> NewRound:
    """Begin a round from an earlier one, which stays as it is.

    Words are kept and marked to be looked over; dates are moved on, to working days; national
    figures, sums and references are emptied, so that `check` asks for them. The allocation has the
    municipalities that were asked, or their successors, with the earlier figures beside empty
    columns. All of it is written, or nothing.

    Args:
        clock: tells the time, aware.
        name: what the round is to be called; a year at its beginning is the settlement year.
        earlier: the name of the round it is begun from.

    Raises:
        WrongUse: there is no such earlier round, or the new name cannot be used.
        FaultyInput: the earlier round, or the register, has faults.
        PartlyDone: it cannot be written.
        LedgerError: the ledger cannot be used.
    """
    earlier = workspace.round_name(earlier)
    name = checked_name(workspace, name)
    round_, register, allocation = _read(workspace, earlier)
    years = (year_named(name) or round_.settlement_year + 1) - round_.settlement_year
    dates = next_dates(round_, years)
    rows, lost = carried(allocation, register, dates.register_day)
    settings = next_settings(_settings_of(workspace, earlier), round_, dates, earlier)
    files = _files(settings, allocation_csv(rows, allocation, earlier))
    how = told.BEGUN_FROM.format(earlier=earlier)
    folder = begun_folder(workspace, clock, actor, name, files, how)
    return NewRound(name, folder, dates, rows, lost)


def left_out(workspace: Workspace, earlier: str, day: date) -> tuple[str, ...]:
    """The municipalities of an earlier round of which no successor on a day is known.

    Raises:
        WrongUse: there is no such round.
        FaultyInput: that round, or the register, has faults.
    """
    _, register, allocation = _read(workspace, workspace.round_name(earlier))
    return carried(allocation, register, day)[1]


def new_empty_round(
    workspace: Workspace, clock: Callable[[], datetime], actor: Actor, name: str, kind_name: str
) -> Path:
    """Begin a round of a kind with nothing filled in; its folder.

    Args:
        clock: tells the time, aware.
        kind_name: its kind, one that follows no other round.

    Raises:
        WrongUse: there is no such kind, it follows another round, or the name cannot be used.
        FaultyInput: a `kind.toml` has faults.
        PartlyDone: it cannot be written.
        LedgerError: the ledger cannot be used.
    """
    name = checked_name(workspace, name)
    kinds = good_kinds(workspace)
    kind = kinds.get(kind_name)
    if kind is None or kind.follows:
        alone = [each for each, one in kinds.items() if one is not None and not one.follows]
        raise WrongUse(
            tr(
                "There is no kind “{kind}” that stands alone. There are: {kinds}.",
                kind=kind_name,
                kinds=", ".join(alone) or "–",
            )
        )
    files = _files(empty_settings(kind, kind_name), empty_csv(kind))
    return begun_folder(workspace, clock, actor, name, files, "")


@dataclass(frozen=True)
class NewFollowingRound:
    """A round that was begun to follow another.

    Args:
        name: its name.
        folder: its folder.
        kind: its kind, by name.
        follows: the name of the round it follows.
        municipalities: the numbers of those it is for, in order.
    """

    name: str
    folder: Path
    kind: str
    follows: str
    municipalities: tuple[str, ...]


def new_following_round(
    workspace: Workspace,
    clock: Callable[[], datetime],
    actor: Actor,
    name: str,
    kind_name: str,
    follows: str,
    only: Collection[str] = (),
) -> NewFollowingRound:
    """Begin a round of a kind that follows another one, for those whom the kind is for.

    The settings are those of the round that is followed; what cannot be the same is emptied, so
    that `check` asks for it. The allocation has the municipalities of the kind's audience, with
    what the earlier letter said beside empty columns. All of it is written, or nothing.

    Args:
        clock: tells the time, aware.
        kind_name: its kind.
        follows: the name of the round that it follows.
        only: those of its audience who are to get it, by number or name; none for all of them.

    Raises:
        WrongUse: there is no such kind or round, the kind does not follow rounds of that one's
            kind, one of `only` is not of its audience, the new name cannot be used, or the
            round would be for nobody.
        FaultyInput: a `kind.toml`, the round that is followed, or the register has faults.
        PartlyDone: it cannot be written.
        LedgerError: the ledger cannot be used.
    """
    follows = workspace.round_name(follows)
    name = checked_name(workspace, name)
    kinds = good_kinds(workspace)
    kind = _following_kind(kinds, kind_name)
    round_, register, allocation = _read(workspace, follows)
    if round_.kind not in kind.follows:
        raise WrongUse(
            tr(
                "A round of the kind “{kind}” does not follow one of the kind “{other}”. It"
                " follows: {kinds}.",
                kind=kind_name,
                other=round_.kind,
                kinds=", ".join(kind.follows),
            )
        )
    findings = Findings(only_faults=True)
    followed = follow_in(workspace, kinds)(follows, round_, findings)
    findings.stop_on_faults()
    numbers = audience_of(kind, followed, register, round_)
    municipalities = register.on(round_.register_day)
    if only:
        chosen = {_meant(who, register, round_) for who in only}
        if others := sorted(chosen - set(numbers)):
            raise WrongUse(
                tr(
                    "A letter of the kind “{kind}” is not for: {municipalities}. They may have"
                    " answered meanwhile.",
                    kind=kind_name,
                    municipalities=", ".join(municipalities[each].label for each in others),
                )
            )
        numbers = sorted(chosen)
    if not numbers:
        raise WrongUse(_nobody(kind, follows))
    settings = following_settings(_settings_of(workspace, follows), kind, kind_name, follows)
    rows = following_csv([municipalities[n] for n in numbers], kind, allocation.kind, followed)
    how = told.FOLLOWING.format(earlier=follows)
    folder = begun_folder(workspace, clock, actor, name, _files(settings, rows), how)
    return NewFollowingRound(name, folder, kind_name, follows, tuple(numbers))


def _following_kind(kinds: Kinds, name: str) -> Kind:
    """A kind that follows others."""
    following = [each for each, kind in kinds.items() if kind is not None and kind.follows]
    kind = kinds.get(name)
    if kind is None or not kind.follows:
        raise WrongUse(
            tr(
                "There is no kind “{kind}” that follows another round. There are: {kinds}.",
                kind=name,
                kinds=", ".join(following) or "–",
            )
        )
    return kind


def _meant(who: str, register: Register, round_: Round) -> str:
    """The number of the one municipality that is meant by a number or a name."""
    found = register.find(who, round_.register_day)
    if not found:
        raise means_nobody(who)
    if len(found) > 1:
        raise means_several(who, (each.label for each in found))
    return found[0].number


def _nobody(kind: Kind, follows: str) -> str:
    """Why a round would be for nobody."""
    match kind.audience:
        case "others":
            return tr("All municipalities are in the round {round} already.", round=follows)
        case "unanswered" | "overdue":
            return tr(
                "Nobody has a letter of the round {round} without having answered it.",
                round=follows,
            )
        case "answered":
            return tr("No decision is registered for the round {round} yet.", round=follows)
        case "changed":
            return tr(
                "The allocation of the round {round} says what its letters said. Put the new"
                " figures into it first.",
                round=follows,
            )
        case "allocation":
            return tr(
                "No letter of the round {round} has been approved or sent yet.", round=follows
            )


def _read(workspace: Workspace, name: str) -> tuple[Round, Register, Allocation]:
    """What is needed of the earlier round; every fault in it at once."""
    findings = Findings(only_faults=True)
    folder = workspace.round_folder(name)
    kinds = kinds_of(workspace, findings)
    settings, shown_as = folder / ROUND_FILE, f"{name}/{ROUND_FILE}"
    round_ = read_round(settings, findings, shown_as=shown_as, kinds=kinds)
    kind = kind_of_round(settings, kinds)
    register_file = workspace.data / "municipalities.csv"
    register = read_register(register_file, findings, shown_as=register_file.name)
    file = find_allocation(folder, findings)
    allocation = None
    if file is not None and kind is not None:
        year = round_.settlement_year if round_ is not None else None
        shown_as = f"{name}/{file.name}"
        allocation = read_allocation(file, kind, findings, shown_as=shown_as, year=year)
    findings.stop_on_faults()
    assert round_ is not None, "without faults everything was read"
    assert register is not None, "without faults everything was read"
    assert allocation is not None, "without faults everything was read"
    return round_, register, allocation


def _settings_of(workspace: Workspace, name: str) -> str:
    """The text of a round's settings."""
    file = workspace.round_folder(name) / ROUND_FILE
    return read_bytes(file, most=MAX_SETTINGS).decode("utf-8-sig")


def _files(settings: str, rows: bytes) -> dict[str, bytes]:
    """The files of a round, by their names."""
    return {ROUND_FILE: settings.encode(), ALLOCATION: rows}
