"""How the ledger's tables, checks and triggers are written in PostgreSQL.

Texts sort as their bytes do, as in SQLite, so that the same rows have the same hash. A trigger for
each table that is written once refuses changes, removals and emptying. The version stands in a
comment, which only the tables' owner may change.
"""

import re
from typing import Any, Final

from sqlalchemy import CheckConstraint, Connection, Text, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import DDLCompiler, GenericTypeCompiler

from brevgen.ledger import schema

_COMMENT: Final = "brevgen ledger, version {version}"
"""What the table `identity` is commented with; only its owner may change that."""

_GLOB = re.compile(r"(\S+) (NOT )?GLOB '([^']*)'")


@compiles(Text, "postgresql")
def _text_type(type_: Text, compiler: GenericTypeCompiler, **options: Any) -> str:
    return 'TEXT COLLATE "C"'


@compiles(CheckConstraint, "postgresql")
def _check(constraint: CheckConstraint, compiler: DDLCompiler, **options: Any) -> str:
    """SQLite's GLOB as a regular expression; the other checks are the same in both."""
    written = compiler.visit_check_constraint(constraint, **options)  # type: ignore[no-untyped-call]
    return _GLOB.sub(_as_regular_expression, written)


def _as_regular_expression(found: re.Match[str]) -> str:
    column, negated, pattern = found.groups()
    expression = f"^{pattern}$".replace("*", ".*")
    return f"{column} {'!' if negated else ''}~ '{expression}'"


def create_tables(connection: Connection) -> None:
    """Make the tables in an empty schema, within the transaction of the connection."""
    schema.metadata.create_all(connection, checkfirst=False)
    connection.execute(
        text(
            "CREATE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION '% are written once', TG_TABLE_NAME"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    )
    for table in schema.WRITTEN_ONCE:
        for name, when in (
            ("change", 'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW'),
            ("truncate", 'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT'),
        ):
            connection.execute(
                text(
                    f"CREATE TRIGGER {table.name}_refuse_{name}"
                    f" {when.format(table=table.name)} EXECUTE FUNCTION refuse_to_change()"
                )
            )
    set_version(connection)


def set_version(connection: Connection) -> None:
    """Say that the tables are of this version."""
    comment = _COMMENT.format(version=schema.VERSION)
    connection.execute(text(f"COMMENT ON TABLE identity IS '{comment}'"))


def counting_columns() -> list[tuple[str, str]]:
    """The columns that PostgreSQL numbers by itself, each with its table."""
    columns = [table.autoincrement_column for table in schema.metadata.sorted_tables]
    return [(each.table.name, each.name) for each in columns if each is not None]


def count_on(connection: Connection) -> None:
    """Let the numbers of tables go on after the last that was carried over."""
    for table, column in counting_columns():
        connection.execute(
            text(
                f"SELECT setval('\"{table}_{column}_seq\"',"  # noqa: S608 - our own names
                f' (SELECT coalesce(max("{column}"), 0) + 1 FROM "{table}"), false)'
            )
        )


def grants(role: str) -> str:
    """SQL that lets a role work with the ledger but never change what is written once."""
    name = '"' + role.replace('"', '""') + '"'
    changed = [t.name for t in schema.metadata.sorted_tables if t not in schema.WRITTEN_ONCE]
    tables = ", ".join(f'"{table.name}"' for table in schema.metadata.sorted_tables)
    counters = ", ".join(f'"{table}_{column}_seq"' for table, column in counting_columns())
    free = ", ".join(f'"{each}"' for each in changed)
    return "\n".join(
        [
            f"GRANT SELECT, INSERT ON {tables} TO {name};",
            f"GRANT UPDATE, DELETE ON {free} TO {name};  -- drafts, which are made anew",
            f"GRANT USAGE ON SEQUENCE {counters} TO {name};",
        ]
    )


def version_in(connection: Connection) -> int | None:
    """The version of the tables in a schema; 0 for none at all, None for another program's."""
    comment, tables = connection.execute(
        text(
            "SELECT obj_description(to_regclass(quote_ident(current_schema()) || '.identity')),"
            " (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v', 'p')"
            " AND relnamespace = current_schema()::regnamespace)"
        )
    ).one()
    found = re.fullmatch(_COMMENT.format(version="([0-9]+)"), comment or "")
    if found:
        return int(found[1])
    return None if tables else 0
