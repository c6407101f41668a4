"""Where the ledger lies: a file or a database, and never a password."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from brevgen.settings.ledger import LedgerDatabase, LedgerSettings

WORKSPACE = Path("/srv/letters")
URL = "postgresql://brevgen@db.imdi.example:5433/letters?sslmode=verify-full"


def test_it_is_a_file_unless_a_database_is_named():
    assert LedgerSettings().place(WORKSPACE) == WORKSPACE / "data" / "ledger.sqlite3"
    assert LedgerSettings(file="/ledger/a.db").place(WORKSPACE) == Path("/ledger/a.db")
    settings = LedgerSettings(url=URL, password_file="secret/ledger")
    assert settings.place(WORKSPACE) == LedgerDatabase(
        URL, "BREVGEN_LEDGER_PASSWORD", WORKSPACE / "secret" / "ledger"
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://brevgen:hemmelig@db.example/letters",
        "postgresql://brevgen@db.example/letters?password=hemmelig",
        "postgresql://brevgen@db.example/letters?PassWord=hemmelig",
    ],
)
def test_an_address_with_a_password_is_refused_and_the_password_not_shown(url):
    with pytest.raises(ValidationError) as refused:
        LedgerSettings(url=url)
    assert "settings hold no secrets" in refused.value.errors()[0]["msg"]
    assert "hemmelig" not in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "url", ["mysql://a@b/c", "db.example/letters", "postgresql://a:hemmelig@b", "postgresql:///"]
)
def test_what_is_no_address_of_a_database_is_refused(url):
    with pytest.raises(ValidationError) as refused:
        LedgerSettings(url=url)
    assert "not the address of a PostgreSQL database" in refused.value.errors()[0]["msg"]
    assert "hemmelig" not in refused.value.errors()[0]["msg"]


def test_a_file_and_a_database_are_one_too_many():
    with pytest.raises(ValidationError, match="two ledgers"):
        LedgerSettings(file="x.sqlite3", url=URL)
