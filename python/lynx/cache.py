"""Outputs that were computed before, in a file: the same code, scenario, seed and parameters are not run twice."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading

from lynx.evaluation import Outcome
from lynx.points import Row


class Cache:
    """A file of SQLite that several processes may share. `identity` is a digest of all that is not a parameter."""

    def __init__(self, path: str | os.PathLike[str], identity: str) -> None:
        self._identity = identity
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS outcomes (key BLOB PRIMARY KEY, outputs TEXT NOT NULL) WITHOUT ROWID"
        )

    def _key(self, row: Row) -> bytes:
        # JSON tells 1 from 1.0, as the scenario does.
        return hashlib.sha256(json.dumps([self._identity, row]).encode()).digest()

    def get(self, row: Row) -> Outcome | None:
        with self._lock:
            found = self._database.execute("SELECT outputs FROM outcomes WHERE key = ?", (self._key(row),)).fetchone()
        return None if found is None else Outcome(json.loads(found[0]), None, None)

    def put(self, row: Row, outcome: Outcome) -> None:
        with self._lock:
            self._database.execute(
                "INSERT OR REPLACE INTO outcomes VALUES (?, ?)", (self._key(row), json.dumps(dict(outcome.outputs)))
            )
