"""The peer: Slurm, as Debian ships it, with daemons of its own on loopback."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from cluster import die_with_parent, free_port

SETTINGS = """\
ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={munge}
CryptoType=crypto/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={home}/state
SlurmdSpoolDir={home}/spool
SlurmctldPidFile={home}/slurmctld.pid
SlurmdPidFile={home}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,default_queue_depth=1000
MaxArraySize=100001
MaxJobCount=200000
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
NodeName={host} NodeAddr=127.0.0.1 CPUs={slots} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
"""Of what its guide to high throughput asks for, all that one machine has a use for."""


class Slurm:
    def __init__(self, home: Path, slots: int) -> None:
        self._home = home
        for name in ("state", "spool", "munge", "output"):
            (home / name).mkdir(parents=True)
        self._munge = home / "munge" / "socket"
        self._environment = {**os.environ, "SLURM_CONF": str(home / "slurm.conf")}
        (home / "slurm.conf").write_text(
            SETTINGS.format(
                host=socket.gethostname().split(".")[0],
                controller=free_port(),
                node=free_port(),
                munge=self._munge,
                home=home,
                slots=slots,
            )
        )
        key = home / "munge" / "key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        self._daemons: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        munge = self._home / "munge"
        files = [f"--{what}={munge / what}" for what in ("log-file", "pid-file", "seed-file")]
        self._start(
            "munged", "--foreground", "--force", f"--socket={self._munge}", f"--key-file={munge / 'key'}", *files
        )
        self._await(self._munge.exists, "munged's socket")
        self._start("slurmctld", "-D", "-f", str(self._home / "slurm.conf"))
        self._start("slurmd", "-D", "-f", str(self._home / "slurm.conf"))
        self._await(lambda: "idle" in self._run("sinfo", "--noheader", "--format=%T", check=False), "an idle node")
        return self

    def __exit__(self, *_: object) -> None:
        for daemon in reversed(self._daemons):
            daemon.terminate()
            try:
                daemon.wait(20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def run(self, jobs: int) -> float:
        """No-op jobs per second, as one array."""
        began = time.monotonic()
        submitted = ["sbatch", f"--array=0-{jobs - 1}", "--output=/dev/null", "--wrap=/bin/true"]
        self._run(*submitted, f"--chdir={self._home / 'output'}")
        # `sbatch --wait` looks less and less often: it would return up to half a minute after the last job's end.
        while self._run("squeue", "--noheader"):
            time.sleep(0.1)
        return jobs / (time.monotonic() - began)

    def _start(self, program: str, *arguments: str) -> None:
        with (self._home / f"{program}.log").open("ab") as log:
            self._daemons.append(
                subprocess.Popen(
                    [f"/usr/sbin/{program}", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self._environment,
                    preexec_fn=die_with_parent,
                )
            )

    def _run(self, *command: str, check: bool = True) -> str:
        end = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if check and end.returncode != 0:
            raise SystemExit(f"bench: {command[0]} failed: {end.stderr.strip()}")
        return end.stdout

    def _await(self, holds: object, what: str) -> None:
        assert callable(holds)
        deadline = time.monotonic() + 60
        while not holds():
            if time.monotonic() > deadline:
                raise SystemExit(f"bench: Slurm has not come up: no {what}; its logs are in {self._home}")
            time.sleep(0.1)
