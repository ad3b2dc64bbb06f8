"""Runs many short jobs while runners and control planes are killed at random, and says whether anything was lost.

    python Tests/Chaos/chaos.py --jobs 2000 --runners 4 --kills 5 --database postgres

Exit code 0 when every job ended exactly once and nothing is left behind; 1 when not; 2 for arguments that can't be.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from cluster import Cluster, Node
from databases import Database, PostgreSQL, SQLite
from progress import Progress
from verdict import faults

# A fast machine has done a small batch before all kills are.
MOST_BATCHES = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=2000, help="how many jobs to run")
    parser.add_argument("--runners", type=int, default=4, help="how many runner processes")
    parser.add_argument("--slots", type=int, default=4, help="how many jobs each of them runs at a time")
    parser.add_argument(
        "--control-planes", type=int, default=1, help="how many control planes; more than one needs postgres"
    )
    parser.add_argument("--kills", type=int, default=3, help="how often each of these processes is killed")
    parser.add_argument("--job-seconds", type=float, default=0, help="how long a job sleeps")
    parser.add_argument("--files", action="store_true", help="have each job leave a file, and look at it at the end")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument(
        "--programs", type=Path, default=Path(".build/release"), help="the folder of lynxctl and runner-host"
    )
    parser.add_argument("--seed", type=int, default=None, help="of the kills; one is drawn and shown if not given")
    parser.add_argument("--keep", action="store_true", help="keep the working directory also when all is well")
    given = parser.parse_args()
    for name in ("jobs", "runners", "slots", "control_planes"):
        if getattr(given, name) < 1:
            parser.error(f"--{name.replace('_', '-')} {getattr(given, name)} is too small; give 1 or more")
    if given.kills < 0:
        parser.error(f"--kills {given.kills} is too small; give 0 or more")
    if given.control_planes > 1 and given.database == "sqlite":
        parser.error("--control-planes above 1 needs --database postgres: a SQLite ledger has one control plane")
    for program in ("lynxctl", "runner-host"):
        if not (given.programs / program).exists():
            parser.error(
                f"there is no {given.programs / program}; build it with 'make build', or name another --programs"
            )
    return given


def main() -> int:
    given = arguments()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1 << 32)
    work = Path(tempfile.mkdtemp(prefix="lynx-chaos-"))
    work.chmod(0o711)  # the PostgreSQL server may run as another user
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(
        f"chaos: {given.jobs} jobs, {given.runners} runners, "
        f"{given.control_planes} control plane(s) on {given.database}, "
        f"{given.kills} kills each, seed {seed}, in {work}",
        flush=True,
    )
    found: list[str] | None = None
    database: Database = SQLite(work) if given.database == "sqlite" else PostgreSQL(work)
    cluster = Cluster(
        work,
        given.programs.resolve(),
        database,
        runners=given.runners,
        slots=given.slots,
        control_planes=given.control_planes,
        job_seconds=given.job_seconds,
        files=given.files,
    )
    try:
        database.start()
        cluster.start()
        found = storm(cluster, database, given.jobs, given.kills, random.Random(seed))
    except KeyboardInterrupt:
        print("chaos: interrupted", file=sys.stderr)
        return 130
    finally:
        cluster.kill()
        database.stop()
        if found == [] and not given.keep:
            cluster.remove()
        else:
            print(f"chaos: everything is left in {work}", file=sys.stderr)
    for fault in found:
        print(f"chaos: WRONG: {fault}", file=sys.stderr)
    print(
        "chaos: every job ended exactly once, and nothing was left behind"
        if not found
        else f"chaos: {len(found)} faults"
    )
    return 1 if found else 0


def storm(cluster: Cluster, database: Database, jobs: int, kills: int, chance: random.Random) -> list[str]:
    """Submits batches and kills on the way until every kill has been done; waits for the end of all processes."""
    victims = [node for node in cluster.nodes for _ in range(kills)]
    chance.shuffle(victims)
    batches: list[str] = []
    killed = 0
    began = time.monotonic()
    while not batches or (killed < len(victims) and len(batches) < MOST_BATCHES):
        if batches:
            print(
                f"chaos: the batch was too short for {len(victims) - killed} of the kills; {jobs} more jobs",
                flush=True,
            )
        batches.append(cluster.submit(jobs))
        killed += rage(cluster, batches[-1], jobs, victims[killed:], chance)
    seconds = time.monotonic() - began
    found = (
        []
        if killed == len(victims)
        else [f"only {killed} of {len(victims)} kills fitted in: give more jobs, or fewer kills"]
    )
    found += cluster.stop_orderly(batches[-1])
    found += faults(cluster, database, batches, jobs)
    lost = database.number("SELECT count(*) FROM attempts WHERE outcome = 'lost'")
    total = jobs * len(batches)
    print(
        f"chaos: {total} jobs in {seconds:.1f} s ({total / seconds:.0f} per second), "
        f"{killed} kills, {lost} attempts lost",
        flush=True,
    )
    return found


def rage(cluster: Cluster, batch: str, jobs: int, victims: list[Node], chance: random.Random) -> int:
    """Kills the victims while the batch runs, as many as it lasts for, and returns how many at its end."""
    # Spread over the first nine tenths of the batch, each somewhere within its share.
    marks = [0.9 * jobs * (i + chance.random()) / len(victims) for i in range(len(victims))]
    killed = 0
    with Progress(jobs) as progress:
        while True:
            done, ended = cluster.progress(batch)
            progress.show(done, f"{killed}/{len(victims)} kills")
            if ended:
                return killed
            if killed < len(victims) and done >= marks[killed]:
                strike(cluster, victims[killed], chance)
                killed += 1
            else:
                cluster.revive()
                time.sleep(0.05)


def strike(cluster: Cluster, node: Node, chance: random.Random) -> None:
    """SIGKILL, and after a moment of nothing a new process."""
    node.kill()
    time.sleep(chance.random() * 0.3)
    cluster.revive()


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
