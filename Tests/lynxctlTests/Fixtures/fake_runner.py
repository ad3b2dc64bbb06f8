"""A runner in a few lines, in place of runner-host: it speaks the runner protocol and runs nothing.

Its configuration file holds `key: value` lines:

    events      a FIFO that it writes a line to at each step
    gate        a FIFO; a job ends when it has read a line from it
    refuse      a message: print it and exit with 2 instead of registering
    fail        comma-separated run indices whose jobs fail
    type        the simulation type it runs (default `fake`)
    output      the folder for artifacts
    identity    the runner's id
    retract     a basis that first attempts rest on; it is taken back once, when all jobs have ended and the runner drains
    slots       jobs at a time (default 2); `--max-concurrent-jobs` wins
"""

import argparse
import hashlib
import json
import os
import select
import signal
import sys
import threading
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from pathlib import Path


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Runner:
    def __init__(self, options: argparse.Namespace, config: dict[str, str]) -> None:
        self.url = options.control_plane
        self.config = config
        self.slots = options.max_concurrent_jobs or int(config.get("slots", "2"))
        self.failing = {int(index) for index in config.get("fail", "").split(",") if index}
        self.identity = {"runner_id": config.get("identity", "fake-runner"), "session_id": str(uuid.uuid4())}
        self.lock = threading.Condition()
        self.running: dict[str, int] = {}
        self.draining = False
        self.lease = 1.0

    def event(self, line: str) -> None:
        if "events" in self.config:
            # One short write: atomic, also between runners that share the FIFO.
            handle = os.open(self.config["events"], os.O_WRONLY)
            os.write(handle, (line + "\n").encode())
            os.close(handle)

    def post(self, path: str, body: dict) -> dict:
        request = urllib.request.Request(
            f"{self.url}/runner/v1/{path}",
            data=json.dumps({**self.identity, **body}).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return json.loads(text) if text else {}

    def register(self) -> None:
        engine = self.config.get("type", "fake")
        answer = self.post(
            "register",
            {
                "name": "fake",
                "version": "0",
                "protocol_version": "1.0",
                "capabilities": {
                    "max_concurrent_jobs": self.slots,
                    "cpu_cores": 1,
                    "memory_gb": 1,
                    "gpu_available": False,
                    "supported_simulation_types": [engine],
                },
                "engines": [{"id": engine, "version": "0"}],
            },
        )
        self.lease = answer["heartbeat_interval_seconds"]
        self.event(f"registered {os.getpid()}")

    def heartbeat(self) -> None:
        stop = threading.Event()
        while not stop.wait(self.lease):
            with self.lock:
                attempts = [{"job_id": job, "attempt": attempt} for job, attempt in self.running.items()]
            self.post("heartbeat", {"attempts": attempts})

    def run(self) -> None:
        self.register()
        threading.Thread(target=self.heartbeat, daemon=True).start()
        while True:
            with self.lock:
                self.lock.wait_for(lambda: self.draining or len(self.running) < self.slots)
                if self.draining:
                    break
                free = self.slots - len(self.running)
            answer = self.post("claim", {"slots": free, "wait_seconds": 0.2})
            if answer.get("drain"):
                # Answered at once each time; a runner that is drained has nothing to hurry for.
                with self.lock:
                    self.lock.wait_for(lambda: self.draining, 0.2)
            for job in answer["jobs"]:
                with self.lock:
                    self.running[job["job_id"]] = job["attempt"]
                threading.Thread(target=self.job, args=(job,), daemon=True).start()
        with self.lock:
            self.lock.wait_for(lambda: not self.running)
        self.retract()
        self.post("leave", {})

    def retract(self) -> None:
        done = Path(self.config["output"]) / "retracted"
        if "retract" in self.config and not done.exists():
            done.touch()
            self.post("retractions", {"basis": self.config["retract"], "reason": "a sample differed"})
            self.event("retracted")

    def job(self, job: dict) -> None:
        index = job["run_config"]["run_index"]
        begin = now()
        self.post(f"jobs/{job['job_id']}/started", {"attempt": job["attempt"], "started_at": begin})
        self.event(f"started {index}")
        if "gate" in self.config:
            with open(self.config["gate"], "rb", buffering=0) as gate:
                gate.read(1)
        success = index not in self.failing
        self.post(f"jobs/{job['job_id']}/result", self.report(job, index, begin, success))
        self.event(f"reported {index}")
        with self.lock:
            del self.running[job["job_id"]]
            self.lock.notify_all()

    def report(self, job: dict, index: int, begin: str, success: bool) -> dict:
        directory = Path(self.config["output"]) / job["batch_id"] / job["job_id"] / f"attempt-{job['attempt']}"
        output = directory / "output"
        output.mkdir(parents=True)
        summary = json.dumps({"success": success, "final_radius_km": 7000.0 + index, "sample_count": 10}).encode()
        (output / "summary.json").write_bytes(summary)
        result = {
            "job_id": job["job_id"],
            "success": success,
            "execution_time_secs": 0.5,
            "output_files": [str(output / "summary.json")],
            "artifacts": [
                {
                    "path": "summary.json",
                    "size_bytes": len(summary),
                    "sha256": hashlib.sha256(summary).hexdigest(),
                    "media_type": "application/json",
                }
            ],
            "telemetry_data": {},
            "metadata": {
                "run_id": f"{job['job_id']}/attempt-{job['attempt']}",
                "run_index": index,
                "attempt": job["attempt"],
                "simulation_name": "fake",
                "simulation_version": "1.0",
                "engine": "fake",
                "engine_version": "0",
                "runner_id": self.identity["runner_id"],
                "outcome": "success" if success else "failure",
                "exit_code": 0 if success else 1,
                "started_at": begin,
                "completed_at": now(),
                "directory": str(directory),
                "warnings": [],
            },
        }
        if "retract" in self.config and job["attempt"] == 1:
            result["metadata"]["basis"] = self.config["retract"]
        if not success:
            result["error_message"] = f"run {index} failed on purpose"
        return {"batch_id": job["batch_id"], "attempt": job["attempt"], "retryable": False, "result": result}

    def drain(self) -> None:
        self.event("draining")
        with self.lock:
            self.draining = True
            self.lock.notify_all()

    def stop(self) -> None:
        self.event("stopping")
        self.post("leave", {})
        os._exit(0)


def follow(pid: int) -> None:
    """Ends this process with that one."""
    handle = os.pidfd_open(pid)
    if os.getppid() != pid:
        os._exit(0)
    select.select([handle], [], [])
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--control-plane", required=True)
    parser.add_argument("--parent-pid", type=int, required=True)
    parser.add_argument("--expected-jobs", type=int)
    parser.add_argument("--allow-bundles")
    parser.add_argument("--engines")
    parser.add_argument("--max-concurrent-jobs", type=int)
    options = parser.parse_args()
    config = dict(line.split(": ", 1) for line in Path(options.config).read_text().splitlines() if line)
    if "refuse" in config:
        print(config["refuse"], file=sys.stderr)
        sys.exit(2)

    runner = Runner(options, config)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

    def signals() -> None:
        signal.sigwait([signal.SIGTERM])
        runner.drain()
        signal.sigwait([signal.SIGTERM])
        runner.stop()

    threading.Thread(target=signals, daemon=True).start()
    threading.Thread(target=follow, args=(options.parent_pid,), daemon=True).start()
    runner.run()
    runner.event("left")


main()
