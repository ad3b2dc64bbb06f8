"""The processes under test: control planes and runners, on loopback, each restarted when it is gone."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from databases import Database

JOB = Path(__file__).with_name("job.sh")


class Node:
    """One program that is started again and again with the same arguments."""

    def __init__(self, name: str, command: list[str], log: Path, directory: Path, environment: dict[str, str]) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._directory = directory
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.unwanted_exits: list[int] = []

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ValueError(f"{self.name} was never started")
        return self._process.pid

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._directory,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    def revive(self) -> None:
        if self._process is not None and (code := self._process.poll()) is not None:
            if code != -signal.SIGKILL:
                self.unwanted_exits.append(code)
            self.start()

    def kill(self) -> None:
        if self._process is not None and self.is_running:
            self._process.kill()
            self._process.wait()

    def end(self, seconds: float) -> int | None:
        """The exit code after SIGTERM; None when it did not end in time."""
        if self._process is None:
            return None
        # One that was just started would die of it, as any program does.
        deadline = time.monotonic() + seconds
        while self.is_running and not self._handles(signal.SIGTERM) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._process.terminate()
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def _handles(self, number: signal.Signals) -> bool:
        """Whether the signal has another effect on the process than its default."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        masks = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Sig"))
        return any(int(masks[name], 16) >> (number - 1) & 1 for name in ("SigBlk", "SigIgn", "SigCgt"))


class Cluster:
    def __init__(
        self,
        work: Path,
        programs: Path,
        database: Database,
        *,
        runners: int,
        slots: int,
        control_planes: int,
        job_seconds: float,
        files: bool,
    ) -> None:
        self.work = work
        self.files = files
        # Everything that is started here inherits it, simulations too.
        self.marker = f"LYNX_CHAOS={uuid.uuid4()}"
        name, value = self.marker.split("=")
        environment = {
            **os.environ,
            name: value,
            "CHAOS_JOB_SECONDS": str(job_seconds),
            "CHAOS_FILES": "yes" if files else "",
        }
        self._urls = [f"http://127.0.0.1:{free_port()}" for _ in range(control_planes)]
        self.control_planes = [
            Node(
                f"control-plane-{number}",
                [str(programs / "lynxctl"), "serve", "--port", url.rsplit(":", 1)[1], "--database", database.url],
                work / f"control-plane-{number}.log",
                work,
                environment,
            )
            for number, url in enumerate(self._urls)
        ]
        self.runners = []
        for number in range(runners):
            home = work / f"runner-{number}"
            home.mkdir(mode=0o700)
            configuration = {
                "engines": ["basilisk"],
                "python_executable": "/bin/sh",
                "basilisk_entrypoint": str(JOB),
                "output_root": str(home / "runs"),
                "working_directory": str(home),
                "max_concurrent_jobs": slots,
                "control_plane_url": self._urls[number % control_planes],
                "log_level": "warning",
            }
            (home / "runner.yaml").write_text(
                "".join(f"{key}: {json.dumps(value)}\n" for key, value in configuration.items())
            )
            self.runners.append(
                Node(
                    f"runner-{number}",
                    [str(programs / "runner-host"), "--config", str(home / "runner.yaml")],
                    work / f"runner-{number}.log",
                    home,
                    environment,
                )
            )
        self.nodes = self.control_planes + self.runners

    def start(self) -> None:
        for node in self.control_planes:
            node.start()
        for url in self._urls:
            self._ask(f"{url}/healthz")
        for node in self.runners:
            node.start()

    def revive(self) -> None:
        for node in self.nodes:
            node.revive()

    def submit(self, jobs: int) -> str:
        batch = {
            "name": "chaos",
            "config": {
                "simulation": {"name": "chaos", "type": "basilisk"},
                "monte_carlo": {"runs": jobs, "seed": 1},
                "dispersions": {"mass": {"distribution": {"type": "uniform", "min": 1, "max": 2}, "units": "kg"}},
            },
        }
        answer = self.get("/jobs", json.dumps(batch).encode())
        return str(answer["batch_id"])

    def progress(self, batch: str) -> tuple[int, bool]:
        """How many jobs have ended, and whether the batch has."""
        overview = self.get(f"/batches/{batch}")
        ended = sum(
            overview["jobs_by_status"].get(status, 0) for status in ("Completed", "Failed", "Timeout", "Cancelled")
        )
        return ended, overview["batch"]["status"] in ("Completed", "Failed", "Cancelled")

    def get(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        return self._ask(self._urls[0] + path, body)

    def _ask(self, url: str, body: bytes | None = None) -> dict[str, Any]:
        """The answer, also when the control plane is away for a moment; what is posted here happens at most once."""
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(
                    urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"}), timeout=30
                ) as answer:
                    document: dict[str, Any] = json.load(answer)
                    return document
            except (urllib.error.URLError, http.client.HTTPException, OSError, json.JSONDecodeError) as error:
                if (isinstance(error, urllib.error.HTTPError) and error.code < 500) or body is not None:
                    raise
                if time.monotonic() > deadline:
                    raise
            self.revive()
            time.sleep(0.05)

    def stop_orderly(self, batch: str) -> list[str]:
        """Ends runners as a person would, and says who did not end well; control planes go on answering."""
        self.revive()
        self.get(f"/batches/{batch}")
        found = []
        for node in self.runners:
            code = node.end(60)
            if code != 0:
                found.append(f"{node.name} ended with {code} after SIGTERM")
        for node in self.nodes:
            found += [f"{node.name} ended by itself with {code}" for code in node.unwanted_exits]
        return found

    def end_control_planes(self) -> list[str]:
        return [
            f"{node.name} ended with {code} after SIGTERM"
            for node in self.control_planes
            if (code := node.end(60)) != 0
        ]

    def undelivered(self) -> list[Path]:
        found = self.work.glob("runner-*/runs/.runner/spool/**/*")
        return sorted(path for path in found if path.is_file() and path.suffix != ".spare")

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def processes(self) -> list[str]:
        """What of all that was started here still runs, as `pid command`."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if self.marker.encode() in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found.append(f"{entry.name} {command}")
            except OSError:
                continue
        return found

    def remove(self) -> None:
        shutil.rmtree(self.work, ignore_errors=True)


def die_with_parent() -> None:
    """Has the kernel kill this process when the one that started it is gone, in whatever way."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
