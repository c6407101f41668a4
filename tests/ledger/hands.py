"""What another hand does to a ledger, and the letter it does it to."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, select, update

from brevgen.ledger import chain, schema
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


def with_a_new_chain(file: Path, *statements: str) -> None:
    """Change a ledger, a file, and write the whole chain anew over what stands there then."""
    by_another_hand(file, *statements)
    events = schema.events
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        previous = chain.mark(connection).identity
        rows = chain._rows_of(connection, range(1, chain.mark(connection).sequence + 1))
        for event in connection.execute(select(events).order_by(events.c.id)).all():
            fields = {name: value for name, value in event._mapping.items() if name != "hash"}
            previous = chain.event_hash(previous, fields, rows.get(event.id, []))
            connection.execute(update(events).where(events.c.id == event.id).values(hash=previous))
    engine.dispose()
