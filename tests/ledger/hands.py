"""What another hand does to a ledger, and the letter it does it to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.approving import sealed

AAS = sealed("0214", "17-09100")


def by_another_hand(path: Path, *statements: str) -> None:
    """Change the file as somebody does who takes the triggers out of the way."""
    with closing(sqlite3.connect(path)) as raw, raw:
        triggers = raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
