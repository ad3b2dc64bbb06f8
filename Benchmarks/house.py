"""The real thing: a control plane and a runner, in whose jobs nothing is simulated."""

from __future__ import annotations

import json
import os
import shutil
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cluster import Node, free_port

IDLE_JOB = Path(__file__).with_name("idle_job.sh")
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Endpoint:
    """Where a running job takes telemetry."""

    port: int
    pid: int


class House:
    """A control plane with a durable ledger, and one runner. Jobs run `program ENTRYPOINT`; those of the default tell
    their telemetry endpoints (`new_endpoints`) and wait to be ended."""

    def __init__(
        self,
        work: Path,
        programs: Path,
        *,
        slots: int,
        program: str = "/bin/sh",
        environment: dict[str, str] | None = None,
        engine: str = "basilisk",
        fields: dict[str, object] | None = None,
    ) -> None:
        self._engine = engine
        self._endpoints = work / "endpoints"
        self._endpoints.mkdir(parents=True)
        self.work = work
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        common = {**os.environ, "BENCH_ENDPOINTS": str(self._endpoints)}
        serve = [str(programs / "lynxctl"), "serve", "--port", str(port), "--database", str(work / "ledger.sqlite")]
        self._control_plane = Node("control-plane", serve, work / "control-plane.log", work, common)
        configuration: dict[str, object] = {
            "engines": [engine],
            "python_executable": program,
            "basilisk_entrypoint": str(IDLE_JOB),
            "warm_workers": False,
            "output_root": str(work / "runs"),
            "working_directory": str(work),
            "max_concurrent_jobs": slots,
            "control_plane_url": self.url,
            "log_level": "warning",
        } | (fields or {})
        (work / "runner.yaml").write_text(
            "".join(f"{key}: {json.dumps(value)}\n" for key, value in configuration.items())
        )
        host = [str(programs / "runner-host"), "--config", str(work / "runner.yaml")]
        self._runner = Node("runner", host, work / "runner.log", work, common | (environment or {}))

    @property
    def runner_pid(self) -> int:
        return self._runner.pid

    def __enter__(self) -> Self:
        self._control_plane.start()
        self._wait(f"{self.url}/healthz", lambda _: True)
        self._runner.start()
        self._wait(f"{self.url}/runners", lambda answer: len(answer["runners"]) > 0)
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.kill()
        self._control_plane.kill()
        shutil.rmtree(self.work, ignore_errors=True)

    def submit(self, runs: int) -> str:
        """Queues jobs whose telemetry is watched; the id of their batch."""
        condition = {
            "name": "reentry",
            "variable": "orbit.radius_km",
            "operator": "lt",
            "threshold": 6371,
            "units": "km",
        }
        batch: dict[str, object] = {
            "name": "bench",
            "config": {
                "simulation": {"name": "nothing", "type": self._engine},
                "monte_carlo": {"runs": runs, "seed": 1},
                "dispersions": {"mass": {"distribution": {"type": "uniform", "min": 1, "max": 2}, "units": "kg"}},
                "compute": {"job_timeout_seconds": 3600, "max_retries": 0},
                "early_termination": {"enabled": True, "check_frequency_hz": 0, "conditions": [condition]},
            },
        }
        return str(self.ask("/jobs", batch)["batch_id"])

    def start_jobs(self, count: int) -> list[Endpoint]:
        """Submits jobs and waits until all of them run."""
        self.submit(count)
        found: list[Endpoint] = []
        deadline = time.monotonic() + PATIENCE_S
        while len(found) < count:
            found += self.new_endpoints()
            if time.monotonic() > deadline:
                raise SystemExit(f"bench: only {len(found)} of {count} jobs have started; see {self.work}/runner.log")
            time.sleep(0.01)
        return found

    def new_endpoints(self) -> list[Endpoint]:
        """Of the jobs that have started since the last call."""
        found = []
        for path in sorted(self._endpoints.glob("[0-9]*")):
            found.append(Endpoint(port=int(path.read_text()), pid=int(path.name)))
            path.unlink()
        return found

    def ended(self, batch: str) -> int:
        """How many of a batch's jobs have ended."""
        counts: dict[str, int] = self.ask(f"/batches/{batch}")["jobs_by_status"]
        return sum(counts.get(status, 0) for status in ("Completed", "Failed", "Timeout", "Cancelled"))

    def await_end(self, batch: str) -> None:
        """Waits until all of a batch's jobs have ended: its events end then, too."""
        with urllib.request.urlopen(f"{self.url}/batches/{batch}/events?jobs=none", timeout=3600) as events:
            for _ in events:
                pass

    def completed(self, batch: str) -> int:
        return int(self.ask(f"/batches/{batch}")["jobs_by_status"].get("Completed", 0))

    def cancel(self, batch: str) -> None:
        self.ask(f"/batches/{batch}/cancel", {})

    def ask(self, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        return ask(self.url + path, body)

    def _wait(self, url: str, holds: Any) -> None:  # noqa: ANN401
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if holds(ask(url)):
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise SystemExit(f"bench: no good answer from {url}; see the logs in {self.work}")
            time.sleep(0.02)


def ask(url: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        document: dict[str, Any] = json.load(answer)
        return document
