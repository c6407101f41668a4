"""What the tests of the dispatch share: a private authority, made once."""

import pytest

from tests.support.mail_servers import Authority, make_authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A private certificate authority."""
    return make_authority(tmp_path_factory.mktemp("authority"))
