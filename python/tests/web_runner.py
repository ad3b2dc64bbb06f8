"""A runner that a test plays by hand, over the runner protocol: it claims jobs, and says how each ended."""

from __future__ import annotations

import hashlib
import urllib.request
from typing import Any

from control_plane import ControlPlane

RUNNER = "3c0c3c9e-5a44-4c63-9d5c-6f0f5ad0a8f1"
Series = tuple[str, list[float], list[float]]
"""Units, times and values of a telemetry variable."""


class HandRunner:
    def __init__(self, plane: ControlPlane, *, kind: str = "basilisk", slots: int = 64, name: str = "hand-1") -> None:
        self.plane = plane
        self.call(
            "register",
            session_id="s",
            name=name,
            version="0.1.0",
            protocol_version="1.5",
            engines=[{"id": kind, "version": "1"}],
            capabilities={
                "max_concurrent_jobs": slots,
                "cpu_cores": 2,
                "memory_gb": 4,
                "gpu_available": False,
                "supported_simulation_types": [kind],
            },
        )

    def call(self, path: str, **body: object) -> Any:  # noqa: ANN401
        return self.plane.json(f"/runner/v1/{path}", {"runner_id": RUNNER, **body})

    def claim(self, slots: int) -> list[Any]:
        """The jobs that were handed out."""
        jobs: list[Any] = self.call("claim", session_id="s", slots=slots, wait_seconds=1)["jobs"]
        return jobs

    def start(self, job: dict[str, Any]) -> None:
        began = job.get("began", "2026-11-23T19:02:36.696Z")
        self.call(f"jobs/{job['job_id']}/started", attempt=job["attempt"], started_at=began)

    def keep_file(self, job: dict[str, Any], path: str, content: bytes, media_type: str, kind: str = "output") -> None:
        """Uploads a file of a run that has not ended yet."""
        digest = hashlib.sha256(content).hexdigest()
        entry = {
            "path": path,
            "kind": kind,
            "size_bytes": len(content),
            "sha256": digest,
            "media_type": media_type,
        }
        self.call(f"jobs/{job['job_id']}/artifacts", attempt=job["attempt"], files=[entry])
        url = f"{self.plane.url}/runner/v1/jobs/{job['job_id']}/artifacts/{digest}"
        request = urllib.request.Request(f"{url}?attempt={job['attempt']}&runner_id={RUNNER}", content, method="PUT")
        request.add_header("Content-Type", "application/octet-stream")
        request.add_header("Upload-Offset", "0")
        with urllib.request.urlopen(request, timeout=60) as answer:
            answer.read()

    def end(
        self,
        job: dict[str, Any],
        outcome: str = "success",
        *,
        outputs: dict[str, tuple[float, str]] | None = None,
        telemetry: dict[str, Series] | None = None,
        message: str | None = None,
        **metadata: object,
    ) -> None:
        result = {
            "job_id": job["job_id"],
            "success": outcome == "success",
            "execution_time_secs": 1.5,
            "output_files": [],
            "artifacts": [],
            "telemetry_data": {name: summary(*series) for name, series in (telemetry or {}).items()},
            "outputs": [
                {"name": name, "value": value, "units": units} for name, (value, units) in (outputs or {}).items()
            ],
            "metadata": {
                "run_id": f"{job['job_id']}/attempt-{job['attempt']}",
                "run_index": job["run_config"]["run_index"],
                "attempt": job["attempt"],
                "simulation_name": job["run_config"]["simulation"]["name"],
                "simulation_version": "1.0",
                "engine": "hand",
                "engine_version": "1",
                "runner_id": RUNNER,
                "outcome": outcome,
                "warnings": [],
                **metadata,
            },
        }
        if message is not None:
            result["error_message"] = message
        self.call(
            f"jobs/{job['job_id']}/result",
            batch_id=job["batch_id"],
            attempt=job["attempt"],
            retryable=False,
            result=result,
        )


def summary(units: str, times: list[float], values: list[float]) -> dict[str, object]:
    return {
        "units": units,
        "count": len(values),
        "first": values[0],
        "last": values[-1],
        "min": min(values),
        "max": max(values),
        "time_s": times,
        "values": values,
    }
