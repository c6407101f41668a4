"""What the tests of templates share: a copy of those that ship, to be broken."""

import pytest

from tests.letter.folders import copy_to


@pytest.fixture
def folder(tmp_path):
    """A copy of the templates that ship."""
    return copy_to(tmp_path / "letters")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A copy of the templates to be broken over and over."""
    return copy_to(tmp_path_factory.mktemp("templates") / "letters")
