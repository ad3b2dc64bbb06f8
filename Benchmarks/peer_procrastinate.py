"""The peer: procrastinate, a job queue for Python on PostgreSQL."""

from __future__ import annotations

import asyncio
import importlib.metadata
import time

from procrastinate import App, PsycopgConnector


def version() -> str:
    return importlib.metadata.version("procrastinate")


def run(database: str, concurrency: int, jobs: int) -> float:
    """Jobs per second, from the start of the worker to its last job settled."""
    return asyncio.run(_run(database, concurrency, jobs))


async def _run(database: str, concurrency: int, jobs: int) -> float:
    app = App(connector=PsycopgConnector(conninfo=database, min_size=1, max_size=concurrency + 2))

    async def nothing(number: int) -> None:
        """As little as the jobs on the other side do."""

    app.task(name="nothing")(nothing)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await app.configure_task("nothing").batch_defer_async(*[{"number": number} for number in range(jobs)])
        began = time.monotonic()
        await app.run_worker_async(concurrency=concurrency, wait=False, listen_notify=False)
        seconds = time.monotonic() - began
        left = await app.job_manager.list_jobs_async(status="todo")
    if list(left):
        raise SystemExit("bench: procrastinate has left jobs behind")
    return jobs / seconds
