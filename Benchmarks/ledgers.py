"""Ledgers of any size, made from one real batch by copying its rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from databases import PostgreSQL

# Parents before children: the others refer to them.
FIRST = ["batches", "jobs"]


def grow_sqlite(path: Path, batch: str, copies: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    unfinished = connection.execute("SELECT SUM(pending + claimed + running) FROM batches").fetchone()[0]
    if unfinished:
        raise SystemExit(f"bench: {path} has {unfinished} unfinished jobs, which a measurement would claim")
    tables = [str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {
        table: [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")] for table in ordered(tables)
    }
    numbers = f"(WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {copies}) SELECT k FROM n)"
    connection.execute("BEGIN")
    for table, names in columns.items():
        if "batch_id" in names:
            connection.execute(copy(table, names, batch, numbers, "printf('%08x', n.k)"))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def grow_postgres(server: PostgreSQL, database: str, batch: str, copies: int) -> None:
    found = server.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", database)
    for table in ordered([row[0] for row in found]):
        names = [
            row[0]
            for row in server.rows(
                "SELECT column_name FROM information_schema.columns "
                f"WHERE table_schema = 'public' AND table_name = '{table}'",
                database,
            )
        ]
        if "batch_id" in names:
            numbers = f"(SELECT generate_series(1, {copies}) AS k)"
            server.rows(copy(table, names, batch, numbers, "lpad(to_hex(n.k), 8, '0')"), database)
    server.rows("VACUUM ANALYZE", database)


def ordered(tables: list[str]) -> list[str]:
    return [name for name in FIRST if name in tables] + sorted(name for name in tables if name not in FIRST)


def copy(table: str, columns: list[str], batch: str, numbers: str, suffix: str) -> str:
    """A batch's id ends in eight hexadecimal digits; those of the copies count."""
    values = [f"'{batch[:-8]}' || {suffix}" if name == "batch_id" else f"t.{name}" for name in columns]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {', '.join(values)} FROM {table} AS t, {numbers} AS n WHERE t.batch_id = '{batch}'"
    )
