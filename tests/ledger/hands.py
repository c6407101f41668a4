"""What another hand does to a ledger, and the letter it does it to."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from brevgen.settings.ledger import LedgerPlace
from tests.support.approving import sealed
from tests.support.databases import as_owner, schema_of

AAS = sealed("0214", "17-09100")


def by_another_hand(place: LedgerPlace, *statements: str) -> None:
    """Change a ledger as somebody does who takes the triggers out of the way."""
    if not isinstance(place, Path):
        with as_owner(schema_of(place)) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'", statement))
        return
    with closing(sqlite3.connect(place)) as raw, raw:
        triggers = raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
