"""What these tests share: a small workspace for each, and commands that may take only so much."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.bounds import Ended, Nursery, Run
from tests.support.samples import ROWS, make_round, make_workspace


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take every test for slow that runs commands within bounds."""
    for item in items:
        if "nursery" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


def bare(text: str) -> str:
    """A text without blanks."""
    return "".join(text.split())


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    process = Nursery()
    yield process
    process.close()


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the round `trial`, and no more of the rest than it needs."""
    place = make_workspace(tmp_path_factory.mktemp("untouched") / "workspace")
    make_round(place)
    for name in ("2018", "2024"):
        shutil.rmtree(place / "data" / "rounds" / name)
    for form in ("nb", "nn"):  # short ones, since every command reads them
        blocks = (f"{{% block {name} %}}{{% endblock %}}" for name in ("subject", "body"))
        message = place / "templates" / "messages" / "request" / f"{form}.html"
        message.write_text("".join(('{% extends "layout.html" %}', *blocks)), encoding="utf-8")
    # and one of each other region that has an office
    asked = {row[:4] for row in ROWS} | {"0403", "1201"}
    for path in (place / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        with path.open("w", encoding="utf-8", newline="") as file:
            few = csv.writer(file)
            few.writerow(header)
            for row in rows:
                if row[0] in asked:
                    gone = {"etterfølger": ""}  # of those that are not asked nothing is known here
                    few.writerow(gone.get(key, cell) for key, cell in zip(header, row, strict=True))
    return place


@pytest.fixture
def place(untouched: Path, tmp_path: Path) -> Path:
    """A copy of that workspace, to break."""
    return Path(shutil.copytree(untouched, tmp_path / "workspace"))


@pytest.fixture
def run(nursery: Nursery, place: Path) -> Run:
    """Run a command in the workspace, within bounds."""
    return lambda *words: nursery.run(place, *words)


@pytest.fixture
def refused(run: Run, place: Path) -> Run:
    """See that a command finds a fault at a place, says what to do, and leaves nothing behind."""

    def see(where: str, what: str, *, command: str = "generate") -> Ended:
        assert all((where, what)), "an empty text is in every message"
        before = sorted(place.rglob("*"))
        ended = run(command, "trial")
        found = ended.faults()
        assert ended.code == 1, (ended.out, ended.err)
        # without blanks, since a long message goes on in the next line of its cell
        assert any(
            bare(where) in bare(its_place) and bare(what) in bare(its_what + remedy)
            for its_place, its_what, remedy in found
        ), found
        assert all(remedy for _, _, remedy in found), found
        left = set(place.rglob("*")) - {*before, place / ".out", place / ".err"}
        assert not left, "nothing is written, no reference given"
        return ended

    return see
