"""What must hold when the storm is over; everything that does not, in one line each."""

from __future__ import annotations

import time

from cluster import Cluster
from databases import Database


def faults(cluster: Cluster, database: Database, batches: list[str], jobs: int) -> list[str]:
    """`jobs` is what each of the batches has."""
    found = []
    for batch in batches:
        found += _api(cluster, batch, jobs)
        if cluster.files:
            found += _files(cluster, batch, jobs)
    found += cluster.end_control_planes()
    for batch in batches:
        found += _rows(database, batch, jobs)
    found += [f"not delivered: {path}" for path in cluster.undelivered()]
    found += _processes(cluster)
    return found


def _api(cluster: Cluster, batch: str, jobs: int) -> list[str]:
    found = []
    overview = cluster.get(f"/batches/{batch}")
    if overview["jobs_by_status"] != {"Completed": jobs}:
        found.append(f"the batch counts {overview['jobs_by_status']} instead of {jobs} Completed")
    if overview["batch"]["status"] != "Completed":
        found.append(f"the batch is {overview['batch']['status']}")
    seen: set[int] = set()
    cursor = ""
    while True:
        page = cluster.get(f"/batches/{batch}/jobs?limit=1000{cursor}")
        for job in page["jobs"]:
            if job["status"] != "Completed":
                found.append(f"job {job['job_id']} is {job['status']}: {job.get('error_message')}")
            index = job["run_config"]["run_index"]
            if index in seen:
                found.append(f"run {index} is listed twice")
            seen.add(index)
        if "next_cursor" not in page:
            break
        cursor = f"&cursor={page['next_cursor']}"
    if seen != set(range(jobs)):
        found.append(f"{len(seen)} runs are listed instead of {jobs}")
    return found


def _files(cluster: Cluster, batch: str, jobs: int) -> list[str]:
    """Each job has left the run configuration that it was given; 500 of them are looked at."""
    found = []
    for index in range(0, jobs, max(1, jobs // 500)):
        job = f"{batch}-{index}"
        try:
            left = cluster.get(f"/jobs/{job}/artifacts/run.json")
        except (OSError, ValueError) as error:
            found.append(f"the file of job {job}: {error}")
            continue
        if (left["job_id"], left["run_index"]) != (job, index):
            found.append(f"the file of job {job} is that of {left['job_id']}")
    return found


def _rows(database: Database, batch: str, jobs: int) -> list[str]:
    found = []

    def expect(what: str, sql: str, wanted: int) -> None:
        number = database.number(sql)
        if number != wanted:
            found.append(f"{what}: {number} instead of {wanted}")

    own = f"batch_id = '{batch}'"
    expect("rows of completed jobs", f"SELECT count(*) FROM jobs WHERE {own} AND status = 'Completed'", jobs)
    expect("rows of jobs", f"SELECT count(*) FROM jobs WHERE {own}", jobs)
    expect("the batch's counter of completed jobs", f"SELECT completed FROM batches WHERE {own}", jobs)
    expect(
        "the batch's other counters",
        "SELECT abs(pending) + abs(claimed) + abs(running) + abs(failed) + abs(timed_out) + abs(cancelled) "
        f"FROM batches WHERE {own}",
        0,
    )
    expect("leases left", f"SELECT count(*) FROM jobs WHERE {own} AND lease_expires_at IS NOT NULL", 0)
    expect("attempts without an outcome", f"SELECT count(*) FROM attempts WHERE {own} AND outcome IS NULL", 0)
    expect("successful attempts", f"SELECT count(*) FROM attempts WHERE {own} AND outcome = 'success'", jobs)
    expect(
        "jobs with a successful attempt",
        f"SELECT count(*) FROM (SELECT DISTINCT run_index FROM attempts WHERE {own} AND outcome = 'success') AS runs",
        jobs,
    )
    expect(
        "attempts that failed", f"SELECT count(*) FROM attempts WHERE {own} AND outcome NOT IN ('success', 'lost')", 0
    )
    expect("results of successful attempts", f"SELECT count(*) FROM results WHERE {own}", jobs)
    return found


def _processes(cluster: Cluster) -> list[str]:
    """A guardian needs a moment to see that its runner has gone."""
    deadline = time.monotonic() + 10
    while (left := cluster.processes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [f"left running: {process}" for process in left]
