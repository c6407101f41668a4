"""What the tests of facts share: the register and the rounds that ship, and a small round."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brevgen.facts.municipalities import Register, read_register
from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from brevgen.settings.round import Round
from brevgen.settings.round_file import read_round
from tests.support.samples import KINDS, ROOT, make_round, make_workspace


@pytest.fixture(scope="session")
def register() -> Register:
    """All municipalities."""
    read = read_register(ROOT / "data" / "municipalities.csv", Findings(), shown_as="x")
    assert read is not None
    return read


@pytest.fixture(scope="session")
def rounds() -> dict[str, Round]:
    """The two rounds that ship, by name."""
    found = {}
    for name in ("2018", "2024"):
        round_ = read_round(
            ROOT / "data/rounds" / name / "round.toml", Findings(), shown_as="x", kinds=KINDS
        )
        assert round_ is not None
        found[name] = round_
    return found


Read = Callable[[], tuple[Any, Findings]]
"""Reads the round: the facts, which may be None, and what was found."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace of its own."""
    return make_workspace(tmp_path / "workspace")


@pytest.fixture
def folder(place: Path) -> Path:
    """The folder of a small round in it."""
    return make_round(place)


@pytest.fixture
def read(place: Path, folder: Path) -> Read:
    """Reads that round as it is then."""

    def read_it() -> tuple[Any, Findings]:
        findings = Findings()
        return read_round_facts(folder, place / "data", findings, kinds=KINDS), findings

    return read_it
