"""Runs Flood/flood.c, the client of all servers that take telemetry in."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stream:
    """What came of one connection."""

    port: int
    accepted: int
    """Samples that the server says it took; all that were sent."""
    seconds: float
    """From the first byte of data to the end of the server's answer."""

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds


def run(program: Path, records: Path, ports: list[int], seconds: float) -> list[Stream]:
    """As fast as the servers take it, for so long."""
    command = [str(program), str(records), str(seconds), "0", *map(str, ports)]
    end = subprocess.run(command, capture_output=True, text=True, check=False)
    if end.returncode != 0:
        raise SystemExit(f"bench: a server did not take all that it was sent: {end.stderr or end.stdout}")
    return [Stream(item["port"], item["accepted"], item["seconds"]) for item in json.loads(end.stdout)]


def start(program: Path, records: Path, ports: list[int], rate: float) -> subprocess.Popen[bytes]:
    """At so many messages per second and connection, until it is killed."""
    command = [str(program), str(records), "86400", str(rate), *map(str, ports)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)
