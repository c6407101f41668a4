"""Next year's round, begun from an earlier one: what stays is kept, what must be new is emptied."""

import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath

from brevgen.errors import PartlyDone, WrongUse
from brevgen.facts.allocation import Allocation, read_allocation
from brevgen.facts.allocation_file import find_allocation
from brevgen.facts.forgotten import year_named
from brevgen.facts.municipalities import Register, read_register
from brevgen.files import read_bytes, write_whole
from brevgen.findings import Findings, shortened
from brevgen.rounds.carried import Carried, allocation_csv, carried
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.next_settings import NextDates, next_dates, next_settings
from brevgen.settings.round import ROUND_FILE, Round
from brevgen.settings.round_file import kind_of_round, read_round
from brevgen.settings.toml_file import MAX_SETTINGS
from brevgen.workspace import MAX_ROUND_NAME, Workspace

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


def new_round(workspace: Workspace, name: str, earlier: str) -> NewRound:
    """Begin a round from an earlier one, which stays as it is.

    Words are kept and marked to be looked over; dates are moved on, to working days; national
    figures, sums and references are emptied, so that `check` asks for them. The allocation has the
    municipalities that were asked, or their successors, with the earlier figures beside empty
    columns. All of it is written, or nothing.

    Args:
        workspace: where.
        name: what the round is to be called; a year at its beginning is the settlement year.
        earlier: the name of the round it is begun from.

    Raises:
        WrongUse: there is no such earlier round, or the new name cannot be used.
        FaultyInput: the earlier round, or the register, has faults.
    """
    earlier = workspace.round_name(earlier)
    name = _checked_name(workspace, name)
    round_, register, allocation = _read(workspace, earlier)
    years = (year_named(name) or round_.settlement_year + 1) - round_.settlement_year
    dates = next_dates(round_, years)
    rows, lost = carried(allocation, register, dates.register_day)
    settings_file = workspace.round_folder(earlier) / ROUND_FILE
    text = read_bytes(settings_file, most=MAX_SETTINGS).decode("utf-8-sig")
    settings = next_settings(text, round_, dates, earlier)
    files = {
        ROUND_FILE: settings.encode(),
        # with the byte order mark Excel reads it as UTF-8
        ALLOCATION: allocation_csv(rows, allocation, earlier).encode("utf-8-sig"),
    }
    folder = workspace.data / "rounds" / name
    _write(folder, files)
    return NewRound(name, folder, dates, rows, lost)


def _checked_name(workspace: Workspace, typed: str) -> str:
    """The name of the new round, as its folder is called."""
    name = unicodedata.normalize("NFC", typed.rstrip("/"))
    if (
        name in ("", "..")
        or PurePath(name).name != name
        or name[0] == "."
        or not name.isprintable()
    ):
        raise WrongUse(
            f"“{typed}” cannot be the name of a round. Write a name such as 2028, without a path."
        )
    if len(name.encode()) > MAX_ROUND_NAME:
        most = MAX_ROUND_NAME // 2
        raise WrongUse(f"The name “{shortened(name, 60)}” is too long. Use {most} letters at most.")
    there = {unicodedata.normalize("NFC", each).casefold() for each in workspace.rounds()}
    if name.casefold() in there:
        raise WrongUse(f"There is a round “{name}” already. Give the new one another name.")
    if workspace.has_ledger:
        from brevgen.ledger.reader import LedgerReader  # takes long to load

        with LedgerReader(workspace.ledger) as ledger:
            if name in ledger.rounds():
                raise WrongUse(
                    f"The ledger knows letters of a round “{name}”. Give the new one another name."
                )
    return name


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


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise WrongUse(f"There is something at {folder} already. Choose another name.") from None
    try:
        for name, data in files.items():
            write_whole(folder / name, data)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise PartlyDone(f"The round cannot be written ({error.strerror}). Nothing was.") from error
