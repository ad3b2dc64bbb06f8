"""The pool and its studies for `async` code: the same calls, awaited.

async with lynx.aio.connect() as pool:
    study = await pool.submit("study.yaml")
    await study.wait()
    runs = await study.runs()
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lynx import _operations
from lynx._bundles import Bundle
from lynx._calls import Session, get
from lynx._drivers import AsyncClient
from lynx._runs import read_runs, read_sample
from lynx.batchfile import Study as StudySource
from lynx.batchfile import read_batch
from lynx.evaluation import Evaluation
from lynx.function import Function
from lynx.overview import Overview, Verdicts
from lynx.points import Points
from lynx.pool import DEFAULT_URL
from lynx.progress import Progress
from lynx.table import Table
from lynx.telemetry import Telemetry, read_telemetry


def connect(
    url: str | None = None,
    *,
    token: str | None = None,
    ca_file: str | os.PathLike[str] | None = None,
    max_outage: float = 900.0,
) -> AsyncPool:
    """As `lynx.connect`, without a first call; a local pool's address is its `url`."""
    address = url or os.environ.get("LYNX_CONTROL_PLANE_URL") or DEFAULT_URL
    client = AsyncClient(address, token or os.environ.get("LYNX_TOKEN") or None, ca_file)
    return AsyncPool(address, client, Session(max_outage))


class AsyncPool:
    """As `lynx.Pool`; to be used in one event loop."""

    def __init__(self, url: str, client: AsyncClient, session: Session) -> None:
        self.url = url
        self._client = client
        self._session = session

    async def submit(
        self,
        study: StudySource,
        *,
        runs: int | None = None,
        seed: int | None = None,
        name: str | None = None,
        key: str | None = None,
        bundle: Bundle | None = None,
    ) -> AsyncStudy:
        """As `Pool.submit`."""
        body = read_batch(study, runs=runs, seed=seed, name=name, bundle=bundle)
        return self.study(await self._client.run(_operations.submit(body, key or uuid.uuid4().hex, self._session)))

    def study(self, batch_id: str) -> AsyncStudy:
        return AsyncStudy(batch_id, self._client, self._session)

    async def close(self) -> None:
        await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class AsyncStudy:
    """As `lynx.Study`; what is a property there is a method here."""

    def __init__(self, batch_id: str, client: AsyncClient, session: Session) -> None:
        self.batch_id = batch_id
        self._client = client
        self._session = session

    async def overview(self) -> Overview:
        return await self._client.run(_operations.overview(self.batch_id, self._session))

    async def wait(self, timeout: float | None = None, *, progress: bool = False) -> Overview:
        """Until all runs have ended. Raises `TimeoutError`."""
        watch: _operations.Watcher = Progress().show if progress else _operations.unseen
        return await self._client.run(_operations.wait(self.batch_id, self._session, watch, timeout))

    async def runs(self) -> Table:
        return await self._client.run(read_sample(await self.overview(), self._session))

    async def nominal(self) -> Table | None:
        nominal = (await self.overview()).nominal_run
        if nominal is None:
            return None
        return await self._client.run(read_runs(self.batch_id, self._session, first_run=nominal, runs=1))

    async def table(self, columns: str | None = None, *, where: str | None = None, order: str | None = None) -> Table:
        return await self._client.run(
            read_runs(self.batch_id, self._session, columns=columns, where=where, order=order)
        )

    async def telemetry(
        self, *variables: str, start_s: float | None = None, end_s: float | None = None, max_points: int | None = None
    ) -> Telemetry:
        call = read_telemetry(
            self.batch_id, self._session, variables, start_s=start_s, end_s=end_s, max_points=max_points
        )
        return await self._client.run(call)

    async def requirements(self) -> Verdicts:
        return await self._client.run(_operations.verdicts(self.batch_id, self._session))

    async def evaluate(self, *requirements: Mapping[str, Any]) -> Verdicts:
        return await self._client.run(_operations.evaluate(self.batch_id, self._session, requirements))

    async def statistics(self) -> dict[str, Any]:
        return await self._get("statistics")

    async def drivers(self, output: str | None = None) -> dict[str, Any]:
        return await self._get("drivers", output=output)

    async def rare_event(self) -> dict[str, Any]:
        return await self._get("rare-event")

    async def compare(self, other: str) -> dict[str, Any]:
        return await self._get(f"compare/{other}")

    async def artifact(self, run: int, path: str) -> bytes:
        return await self._client.run(_operations.artifact(self.batch_id, self._session, run, path, None))

    async def save_artifact(self, run: int, path: str, to: str | os.PathLike[str]) -> Path:
        await self._client.run(_operations.artifact(self.batch_id, self._session, run, path, Path(to)))
        return Path(to)

    async def provenance(self, run: int) -> dict[str, Any]:
        return await self._client.run(_operations.provenance(self.batch_id, self._session, run))

    async def cancel(self) -> Overview:
        return await self._change("cancel")

    async def retry(self) -> Overview:
        return await self._change("retry-failed")

    async def extend(self, runs: int) -> Overview:
        return await self._change("extend", {"runs": runs}, repeatable=False)

    async def close(self) -> Overview:
        return await self._change("close")

    async def _get(self, path: str, **query: str | None) -> dict[str, Any]:
        answer: dict[str, Any] = await self._client.run(get(f"/batches/{self.batch_id}/{path}", self._session, **query))
        return answer

    async def _change(self, verb: str, body: object = None, *, repeatable: bool = True) -> Overview:
        return await self._client.run(
            _operations.change(self.batch_id, self._session, verb, body, repeatable=repeatable)
        )


async def evaluate(function: Function, points: Points) -> Evaluation:
    """`function.evaluate`, awaited; the event loop goes on in the meantime."""
    return await asyncio.to_thread(function.evaluate, points, progress=False)


async def ask(function: Function, point: Points) -> Any:  # noqa: ANN401
    """`function(point)`, awaited. Thousands may wait at the same time."""
    return await asyncio.wrap_future(function.submit(point))
