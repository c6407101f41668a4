"""What the tests of facts share: the register and the two rounds that ship, read once."""

import pytest

from brevgen.facts.municipalities import Register, read_register
from brevgen.findings import Findings
from brevgen.settings.round import Round, read_round
from tests.support.samples import ROOT


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
        round_ = read_round(ROOT / "data/rounds" / name / "round.toml", Findings(), shown_as="x")
        assert round_ is not None
        found[name] = round_
    return found
