"""The peer: GNU parallel with its log of jobs, as Debian ships it."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path


def run(work: Path, slots: int, jobs: int) -> float:
    """No-op jobs per second."""
    log = work / "joblog"
    log.unlink(missing_ok=True)
    numbers = "".join(f"{number}\n" for number in range(jobs))
    began = time.monotonic()
    subprocess.run(
        ["parallel", "--will-cite", "--jobs", str(slots), "--joblog", str(log), "/bin/true"],
        input=numbers,
        text=True,
        check=True,
    )
    seconds = time.monotonic() - began
    if (lines := len(log.read_text().splitlines())) != jobs + 1:
        raise SystemExit(f"bench: GNU parallel has logged {lines - 1} of {jobs} jobs")
    return jobs / seconds
