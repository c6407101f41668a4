"""What the journeys of sending share: many sealed letters and a private authority, made once."""

from pathlib import Path

import pytest

from tests.support.made_rounds import made_once, make_many
from tests.support.mail_servers import Authority, make_authority


@pytest.fixture(scope="session")
def sealed_many(shared: Path) -> Path:
    """Many sealed letters, not to be changed."""
    return made_once(shared, "sealed many", make_many)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A private certificate authority."""
    return make_authority(tmp_path_factory.mktemp("authority"))
