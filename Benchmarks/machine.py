"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

PYTHON_PEERS = ("bsk", "dask", "grpcio", "procrastinate", "scipy")
DEBIAN_PEERS = ("libgrpc++1.51", "libnghttp2-14", "parallel", "slurm-wlm")


def description() -> dict[str, object]:
    return {
        "processor": _processor(),
        "processors": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30), 1),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "swift": _first_line("swift", "--version"),
        "python": platform.python_version(),
        "python_packages": {name: _version(name) for name in PYTHON_PEERS},
        "debian_packages": {name: _first_line("dpkg-query", "-W", "-f", "${Version}\n", name) for name in DEBIAN_PEERS},
    }


def load() -> float:
    """How many processes have wanted to run during the last minute: what else the machine was busy with."""
    return round(os.getloadavg()[0], 2)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _first_line(*command: str) -> str:
    try:
        lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    except OSError:
        return ""
    return lines[0] if lines else ""
