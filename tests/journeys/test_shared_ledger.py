"""Two offices with a workspace each share one ledger in PostgreSQL."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from brevgen.settings.ledger import LedgerDatabase
from tests.support.databases import schema_of_its_own
from tests.support.made_rounds import copied, give_key, made_once, make_drafts
from tests.support.running import Ran, finish, start
from tests.support.samples import ROWS, make_round, make_workspace

pytestmark = pytest.mark.postgresql


@pytest.fixture
def database() -> Iterator[LedgerDatabase]:
    with schema_of_its_own() as place:
        yield place


def share(workspace: Path, place: LedgerDatabase) -> Path:
    with (workspace / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[ledger]\nurl = "{place}"\n')
    return workspace


def run(workspace: Path, *words: str) -> Ran:
    ran = finish(start(workspace, *words))
    assert ran.code == 0, ran.err
    return ran


def references(workspace: Path, round_name: str) -> list[str]:
    letters = json.loads(run(workspace, "status", round_name, "--json").out)["letters"]
    return [each["reference"] for each in letters]


def test_two_offices_at_once_give_no_number_twice(tmp_path: Path, database: LedgerDatabase) -> None:
    rows = [re.sub(r"17-\d{5}", "", row) for row in ROWS]
    offices = []
    for name in ("east", "west"):
        place = share(make_workspace(tmp_path / name), database)
        make_round(place, rows, name=name)
        offices.append((place, name))
    run(offices[0][0], "ledger", "make")

    started = [start(place, "generate", name, "--jobs", "1") for place, name in offices]
    assert [finish(each).code for each in started] == [0, 0]

    given = [each for place, name in offices for each in references(place, name)]
    assert len(given) == len(set(given)) == 2 * len(rows)
    assert not list(tmp_path.glob("*/data/ledger.sqlite3"))
    assert run(offices[0][0], "verify", "--ledger").out.endswith(
        "The ledger holds: every row is as it was written.\n"
    )


def test_a_round_goes_on_in_postgresql_where_its_file_left_off(
    shared: Path, tmp_path: Path, database: LedgerDatabase
) -> None:
    workspace = copied(made_once(shared, "drafted trial", make_drafts), tmp_path / "workspace")
    give_key(workspace)
    before = references(workspace, "trial")
    ran = finish(start(workspace, "ledger", "copy", "data/ledger.sqlite3"))
    assert ran.code == 2
    assert "brevgen.toml names no database" in ran.err

    share(workspace, database)
    told = run(workspace, "ledger", "copy", "data/ledger.sqlite3")
    assert "row by row and hash by hash it is the same" in " ".join(told.out.split())
    assert references(workspace, "trial") == before
    run(workspace, "approve", "trial", "--yes", "--jobs", "1")
    found = json.loads(run(workspace, "verify", "--ledger", "--json").out)
    assert (found["holds"], found["sealed"], len(found["files"]["missing"])) == (True, 6, 0)

    run(workspace, "ledger", "backup", "copy.sqlite3")
    with closing(sqlite3.connect(workspace / "copy.sqlite3")) as copy:
        (last,) = copy.execute("SELECT hash FROM events ORDER BY id DESC").fetchone()
    assert last == found["hash"]


def test_a_server_that_is_not_there_is_told_in_a_sentence(workspace: Path) -> None:
    share(workspace, LedgerDatabase("postgresql://brevgen@/letters?host=/nowhere"))
    ran = finish(start(workspace, "generate", "trial"))
    assert ran.code == 4
    assert "cannot be reached" in ran.err
    assert not (workspace / "output").exists()
