"""The peer: Dask's LocalCluster, each task a subprocess."""

from __future__ import annotations

import logging
import subprocess
import time

from dask.distributed import Client, LocalCluster


def run(slots: int, jobs: int) -> float:
    """No-op jobs per second; the cluster is up before."""
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with (
        LocalCluster(n_workers=2, threads_per_worker=slots // 2, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        began = time.monotonic()
        codes = client.gather(client.map(nothing, range(jobs), pure=False))
        seconds = time.monotonic() - began
    if codes != [0] * jobs:
        raise SystemExit("bench: a subprocess of Dask has failed")
    return jobs / seconds


def nothing(_: int) -> int:
    return subprocess.run(["/bin/true"], check=False).returncode
