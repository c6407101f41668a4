"""The `[ledger]` table of `brevgen.toml`: where the ledger lies, never what opens it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, model_validator

from brevgen.language import tr, untranslated
from brevgen.settings.types import SettingsTable, Text, TextOrNothing, Variable

DEFAULT_FILE = "data/ledger.sqlite3"


@dataclass(frozen=True)
class LedgerDatabase:
    """A ledger in a PostgreSQL database.

    Args:
        url: its address, without a password.
        password_env: the environment variable with the password.
        password_file: the file with the password on its first line instead; None for none.
    """

    url: str
    password_env: str = "BREVGEN_LEDGER_PASSWORD"  # noqa: S105 - where it stands
    password_file: Path | None = None

    def __str__(self) -> str:
        return self.url


LedgerPlace = Path | LedgerDatabase
"""Where a ledger lies: a file, or a database that several machines share."""


def _database_address(text: str) -> str:
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme != "postgresql" or len(parts.path) < 2:
        raise ValueError(
            tr(
                "“{address}” is not the address of a PostgreSQL database, such as"
                " postgresql://brevgen@db.example/brevgen",
                address=text if parts.password is None else parts.scheme,
            )
        )
    named = {name.lower() for name, _ in parse_qsl(parts.query)}
    if parts.password is not None or named & {"password", "passfile", "sslpassword"}:
        raise ValueError(
            tr("An address with a password in it will not do: settings hold no secrets.")
        )
    return text


class LedgerSettings(SettingsTable):
    """Where the ledger lies."""

    file: Text = Field(
        DEFAULT_FILE,
        description=untranslated("the ledger's file, relative to the workspace; on a local disk"),
    )
    url: Annotated[TextOrNothing, AfterValidator(_database_address)] = Field(
        "",
        description=untranslated(
            "a PostgreSQL database instead, shared by several machines:"
            " postgresql://brevgen@db.example/letters; never with a password"
        ),
    )
    password_env: Variable = Field(
        "BREVGEN_LEDGER_PASSWORD",
        description=untranslated(
            "environment variable with the password of the database's user; without one, the"
            " PostgreSQL library looks into PGPASSWORD and ~/.pgpass"
        ),
    )
    password_file: TextOrNothing = Field(
        "",
        description=untranslated(
            "file with the password on its first line instead; relative to the workspace"
        ),
    )

    witness: bool = Field(
        True,
        description=untranslated(
            "false to write no witnesses: small sealed files that tell how far the ledger had come;"
            " without a seal key there are none"
        ),
    )

    @model_validator(mode="after")
    def _one_place(self) -> "LedgerSettings":
        if self.url and self.file != DEFAULT_FILE:
            raise ValueError(tr("There are two ledgers, file and url; keep one."))
        return self

    def place(self, folder: Path) -> LedgerPlace:
        """Where the ledger lies.

        Args:
            folder: the workspace.
        """
        if not self.url:
            return folder / self.file
        file = folder / self.password_file if self.password_file else None
        return LedgerDatabase(self.url, self.password_env, file)
