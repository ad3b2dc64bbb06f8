"""The ledger's database, and a look into it that does not go through the control plane."""

from __future__ import annotations

import os
import pwd
import sqlite3
import subprocess
from pathlib import Path
from typing import Protocol


class Database(Protocol):
    @property
    def url(self) -> str:
        """What `lynxctl serve --database` is given."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def rows(self, sql: str) -> list[tuple[str, ...]]: ...

    def number(self, sql: str) -> int: ...


class SQLite:
    def __init__(self, work: Path) -> None:
        self._path = work / "ledger.sqlite"

    @property
    def url(self) -> str:
        return str(self._path)

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        connection = sqlite3.connect(self._path)
        try:
            return [tuple("" if value is None else str(value) for value in row) for row in connection.execute(sql)]
        finally:
            connection.close()

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])


class PostgreSQL:
    """Debian's PostgreSQL, on a socket of its own, durable as by default; without a network."""

    def __init__(self, work: Path) -> None:
        self._home = work / "postgres"
        self._server: subprocess.Popen[bytes] | None = None
        versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        if not versions:
            raise SystemExit("chaos: PostgreSQL's server is not installed; 'make setup' installs it")
        self._programs = versions[-1].parent
        # PostgreSQL refuses to run as root.
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self._uid = self._user.pw_uid if self._user else None
        self._gid = self._user.pw_gid if self._user else None

    @property
    def url(self) -> str:
        return self.address("postgres")

    def address(self, database: str) -> str:
        user = self._user.pw_name if self._user else pwd.getpwuid(os.geteuid()).pw_name
        return f"postgresql://{user}@/{database}?host={self._home}"

    def start(self) -> None:
        self._home.mkdir(mode=0o700)
        if self._user:
            os.chown(self._home, self._user.pw_uid, self._user.pw_gid)
        self._run("initdb", "--pgdata", f"{self._home}/data", "--auth", "trust", "--encoding", "UTF8", "--locale", "C")
        log = (self._home.parent / "postgres.log").open("ab")
        self._server = subprocess.Popen(
            [
                str(self._programs / "postgres"),
                "-D",
                f"{self._home}/data",
                "-k",
                str(self._home),
                "-c",
                "listen_addresses=",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            user=self._uid,
            group=self._gid,
        )
        self._run("pg_isready", "--host", str(self._home), "--timeout", "30", again=True)

    def stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(30)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()

    def rows(self, sql: str, database: str = "postgres") -> list[tuple[str, ...]]:
        answer = subprocess.run(
            [str(self._programs / "psql"), "--no-psqlrc", "-At", "-F", "\t", "-d", self.address(database), "-c", sql],
            check=True,
            capture_output=True,
            text=True,
        )
        return [tuple(line.split("\t")) for line in answer.stdout.splitlines()]

    def number(self, sql: str) -> int:
        return int(self.rows(sql)[0][0])

    def _run(self, program: str, *arguments: str, again: bool = False) -> None:
        for _ in range(300 if again else 1):
            end = subprocess.run(
                [str(self._programs / program), *arguments],
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                user=self._uid,
                group=self._gid,
            )
            if end.returncode == 0:
                return
            if again:
                subprocess.run(["sleep", "0.1"], check=True)
        raise SystemExit(f"chaos: {program} failed: {end.stderr.strip() or end.stdout.strip()}")
