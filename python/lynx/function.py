"""A scenario as a function: asked for points, one or many, and run by the pool."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lynx import _operations
from lynx._calls import Session, get
from lynx._dispatch import Ask, Dispatcher
from lynx._drivers import Client
from lynx._growing import GrowingBatch, Segment
from lynx.cache import Cache
from lynx.evaluation import Evaluation, Outcome
from lynx.overview import Overview
from lynx.points import Points, Row, rows_of
from lynx.progress import Progress

# The name of a simulation, or the `config` of a batch without its design.
Scenario = str | Mapping[str, Any]
# Futures of a block are made all at once, so waiting for the last one in turns is enough.
LOOK_SECONDS = 0.1


class Function:
    """A scenario of some parameters, as `pool.function` makes it.

    - `scenario`: the name of a simulation, or what a batch file has under `config`, but for `monte_carlo`:
      `simulation`, `outputs`, `compute`, `dispersions` of parameters that are not asked for, …
    - `parameters`: their names, in the order of an array's columns.
    - `outputs`: the outputs that calls give; all that the runs have, if left out.
    - `units`: of parameters, by name.
    - `seed`: of the batch; from it and its index a run gets the seed of its own random numbers.
    - `cache`: a file that keeps outputs of completed runs by code, scenario, seed and parameters. For simulations
      that draw no random numbers.
    - `code`: what identifies the code for the cache, by default a digest of the scenario of a local pool.

    A run that failed gives NaN, and an `Evaluation` has the reason. Any number of threads may ask at the same time.
    """

    def __init__(
        self,
        client: Client,
        session: Session,
        scenario: Scenario,
        parameters: Sequence[str],
        *,
        outputs: Sequence[str] | str | None = None,
        units: Mapping[str, str] | None = None,
        seed: int = 0,
        name: str | None = None,
        cache: str | os.PathLike[str] | None = None,
        code: str | None = None,
    ) -> None:
        config = {"simulation": {"name": scenario}} if isinstance(scenario, str) else dict(scenario)
        if "monte_carlo" in config:
            raise ValueError("a scenario has no monte_carlo: its points are what is asked")
        if isinstance(parameters, str) or len(set(parameters)) != len(parameters) or not parameters:
            raise ValueError("parameters is a list of different names")
        self.parameters = list(parameters)
        self.outputs = [outputs] if isinstance(outputs, str) else None if outputs is None else list(outputs)
        title = name or f"{config.get('simulation', {}).get('name', 'scenario')}, evaluated"
        self._batch = GrowingBatch(client, session, title, config, self.parameters, units or {}, seed)
        self._dispatcher = Dispatcher(self._batch)
        # Its batch is closed also when nobody holds the function any more, and at the end of the process.
        self._closing = weakref.finalize(self, _close, self._dispatcher, self._batch)
        self._can_ask = True
        self._cache: Cache | None = None
        if cache is not None:
            identity = code or _bundle_hash(config) or session.code
            if identity is None:
                raise ValueError("a cache needs to know the code of the scenario: give code=…, such as its revision")
            known = json.dumps([identity, config, seed, self.parameters], sort_keys=True)
            self._cache = Cache(cache, hashlib.sha256(known.encode()).hexdigest())

    @classmethod
    def attached(
        cls,
        client: Client,
        session: Session,
        batch_id: str,
        parameters: Sequence[str] | None,
        outputs: Sequence[str] | str | None,
    ) -> Function:
        """The function whose points are the runs of a batch. Raises `NotFound`."""
        overview = client.run(_operations.overview(batch_id, session))
        page = client.run(get(f"/batches/{batch_id}/jobs", session, limit=1))
        config = page["jobs"][0]["run_config"]
        names = list(config["parameters"]) if parameters is None else parameters
        function = cls(client, session, {"simulation": config["simulation"]}, names, outputs=outputs)
        function._batch.adopt(batch_id, overview.total)
        function._can_ask = parameters is not None
        # Whoever opened the batch closes it, or who says so.
        function._closing.detach()
        return function

    @property
    def batch_ids(self) -> list[str]:
        """The batches that hold what was asked; `pool.attach` takes one.

        There is one for each million of points, and one for each append where the control plane knows no open batches.
        """
        return list(self._batch.batch_ids)

    def evaluate(self, points: Points, *, progress: bool = True) -> Evaluation:
        """The outputs of all points, in their order.

        `points` is an array of shape (points, parameters), a data frame, a dictionary of columns or a list of
        dictionaries. Raises `ValueError` for a point that is none, and `Refused` or `Unavailable` if the control
        plane does not take them.
        """
        futures = self._ask(rows_of(points, self.parameters), is_single=False)
        bar = Progress()
        before = self._dispatcher.latest
        while not _are_done(futures):
            if progress and (now := self._dispatcher.latest) is not None:
                bar.show(_share(now, before, len(futures)))
        outcomes = [future.result() for future in futures]
        if progress and (now := self._dispatcher.latest) is not None:
            failed = sum(outcome.reason is not None for outcome in outcomes)
            bar.show(_finished(now, len(outcomes), failed))
        index = points.index if hasattr(points, "iloc") else None
        return Evaluation(outcomes, self._batch.output_units, self.outputs, index)

    def evaluated(self) -> Evaluation:
        """Everything that was asked of its batches so far, also by an earlier process.

        Points that have not ended are missing.
        """
        outcomes: list[Outcome] = []
        for batch_id in self.batch_ids:
            total = self._batch.overview(batch_id).total
            found = self._batch.outcomes(Segment(batch_id, 0, total))
            outcomes += [found.get(run, Outcome({}, "has not ended", f"{batch_id}-{run}")) for run in range(total)]
        return Evaluation(outcomes, self._batch.output_units, self.outputs)

    def submit(self, point: Points) -> Future[Any]:
        """Asks for one point: a mapping, or values in the order of the parameters.

        The future gives what a call gives.
        """
        [asked] = self._ask(rows_of([_one(point)], self.parameters), is_single=True)
        given: Future[Any] = Future()

        def hand_over(done: Future[Outcome]) -> None:
            if not given.set_running_or_notify_cancel():
                return
            if (error := done.exception()) is not None:
                given.set_exception(error)
            else:
                given.set_result(self._value(done.result()))

        asked.add_done_callback(hand_over)
        return given

    def map(self, points: Iterable[Points]) -> Iterator[Any]:
        """What calls would give, in the order of the points; all are asked at once."""
        futures = [self.submit(point) for point in points]
        return (future.result() for future in futures)

    def __call__(self, points: Points) -> Any:  # noqa: ANN401
        """For one point its output, as a float, or its outputs as an array; for an array of n points an array of n.

        NaN where a run failed.
        """
        if isinstance(points, Mapping) and not any(np.ndim(value) for value in points.values()):
            return self.submit(points).result()
        if not isinstance(points, Mapping) and not hasattr(points, "columns") and np.ndim(points) <= 1:
            return self.submit(points).result()
        evaluation = self.evaluate(points, progress=False)
        return evaluation.values[:, 0] if len(evaluation.outputs) == 1 else evaluation.values

    @property
    def executor(self) -> PoolExecutor:
        """The function as an executor, for libraries that take one; the callable given to it must be this function."""
        return PoolExecutor(self)

    def close(self) -> None:
        """Its batch takes no further points, and ends with its runs; points without an outcome are cancelled.

        Raises `Unavailable` if the control plane is not there; the batch is then still open.
        """
        self._closing.detach()
        _close(self._dispatcher, self._batch)

    def __enter__(self) -> Function:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<lynx.Function of {', '.join(self.parameters)}: {', '.join(self.batch_ids) or 'not asked yet'}>"

    def _ask(self, rows: list[Row], *, is_single: bool) -> list[Future[Outcome]]:
        if not self._can_ask:
            raise ValueError("to ask more, attach with parameters=[…] in the order in which the batch has its columns")
        futures: list[Future[Outcome]] = []
        asks: list[Ask] = []
        for row in rows:
            future: Future[Outcome] = Future()
            futures.append(future)
            if self._cache is None:
                asks.append(Ask(row, future, is_single))
            elif (known := self._cache.get(row)) is not None:
                future.set_result(known)
            else:
                future.add_done_callback(_keeping(self._cache, row))
                asks.append(Ask(row, future, is_single))
        if asks:
            self._dispatcher.ask(asks)
        return futures

    def _value(self, outcome: Outcome) -> float | NDArray[np.float64]:
        names = list(outcome.outputs) if self.outputs is None else self.outputs
        values = np.array([outcome.outputs.get(name, np.nan) for name in names])
        return float(values[0]) if len(values) == 1 else values if len(values) else float("nan")


class PoolExecutor(concurrent.futures.Executor):
    """Runs calls of one function on the pool. Ending it does not end the function."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        if fn is not self.function:
            raise TypeError(f"this executor runs {self.function!r} on the pool, and no other callable; it got {fn!r}")
        return self.function.submit(*args, **kwargs)


def _bundle_hash(config: Mapping[str, Any]) -> str | None:
    """What identifies the code that goes along with a batch."""
    bundle = config.get("simulation", {}).get("bundle") or {}
    return bundle.get("sha256")


def _close(dispatcher: Dispatcher, batch: GrowingBatch) -> None:
    dispatcher.close()
    batch.close()


def _one(point: Points) -> Points:
    return point if isinstance(point, Mapping) else list(np.atleast_1d(np.asarray(point)).tolist())


def _are_done(futures: Sequence[Future[Outcome]]) -> bool:
    """Whether all have ended, after a short wait for the last."""
    pending = next((future for future in reversed(futures) if not future.done()), None)
    if pending is None:
        return True
    concurrent.futures.wait([pending], timeout=LOOK_SECONDS)
    return False


def _share(now: Overview, before: Overview | None, points: int) -> Overview:
    """Of a batch that has earlier points too, how far these are."""
    known = before if before is not None and before.batch_id == now.batch_id else None
    completed = now.completed - (known.completed if known else 0)
    failed = now.failed - (known.failed if known else 0)
    return replace(now, total=points, completed=min(completed, points), failed=failed, cancelled=0, status="Running")


def _finished(now: Overview, points: int, failed: int) -> Overview:
    return replace(
        now, total=points, completed=points - failed, failed=failed, cancelled=0, by_status={}, status="Completed"
    )


def _keeping(cache: Cache, row: Row) -> Callable[[Future[Outcome]], None]:
    def keep(done: Future[Outcome]) -> None:
        if not done.cancelled() and done.exception() is None and done.result().reason is None:
            cache.put(row, done.result())

    return keep
