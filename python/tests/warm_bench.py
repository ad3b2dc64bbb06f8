"""Scenarios given as text, each with a host that has learned and vetted it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from warm_host import WarmHost

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("TETRYX_")},
    "PYTHONUNBUFFERED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MARK": "the host's",
}


class Bench:
    """Starts hosts for scenarios given as text, and ends them with the test."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._library = library
        self.folder = folder
        self._hosts: list[WarmHost] = []

    def renewed(self, name: str) -> Bench:
        """One with an empty folder below this one's, which ends with this one."""
        folder = self.folder / re.sub(r"\W+", "-", name)
        while folder.exists():
            folder = folder.with_name(folder.name + "-2")
        folder.mkdir()
        other = Bench(self._library, folder)
        other._hosts = self._hosts
        return other

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def host(self, scenario: str, *, plan: Path | None = None, **environment: str) -> WarmHost:
        path = self.write("scenario.py", scenario)
        self._hosts.append(WarmHost(self._library, path, {**ENVIRONMENT, **environment}, plan=plan))
        return self._hosts[-1]

    def close(self) -> None:
        for host in self._hosts:
            host.close()
