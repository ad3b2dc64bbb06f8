"""The batches that hold asked points.

One stays open and grows; a control plane that knows no open batches gets one for each append.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lynx import _operations
from lynx._calls import Session, knows, post
from lynx._drivers import Client
from lynx._runs import read_runs
from lynx.errors import Conflict
from lynx.evaluation import Outcome
from lynx.overview import Overview
from lynx.points import Row

ENDED = {"Completed", "Failed", "Timeout", "Cancelled"}
# A submission is limited in its lists and values together, and in its bytes (4 MiB); an append stays well below both.
MOST_VALUES = 100_000
MOST_ROWS = 10_000
MOST_BYTES = 2_000_000
# The most that a batch may have.
MOST_RUNS = 1_000_000
# Whoever is about to leave waits for a control plane no longer than this, in seconds.
CLOSING_OUTAGE = 10.0
# A number as JSON has at most so many characters, with what parts it from the next.
NUMBER_BYTES = 26


@dataclass(frozen=True)
class Segment:
    """The consecutive runs of a batch that hold appended rows."""

    batch_id: str
    first_run: int
    count: int


class GrowingBatch:
    """Appends rows from one thread.

    Every call is repeated when the control plane goes away, and a repeat does no harm.
    """

    def __init__(
        self,
        client: Client,
        session: Session,
        name: str,
        config: Mapping[str, Any],
        parameters: Sequence[str],
        units: Mapping[str, str],
        seed: int,
    ) -> None:
        self._client = client
        self._session = session
        self._name = name
        self._config = config
        self._columns = list(parameters)
        self._units = dict(units)
        self._seed = seed
        self._total = 0
        self._is_closed = False
        self.batch_ids: list[str] = []
        self.output_units: dict[str, str] = {}

    def adopt(self, batch_id: str, total: int) -> None:
        """Goes on with a batch that has so many rows."""
        self.batch_ids = [batch_id]
        self._total = total

    def fitting(self, rows: Iterable[Row]) -> int:
        """How many of these rows, from the first on, one append may have: at least one."""
        most = max(1, min(MOST_ROWS, MOST_VALUES // (len(self._columns) + 1)))
        size = count = 0
        for row in rows:
            size += sum(6 * len(value) + 4 if isinstance(value, str) else NUMBER_BYTES for value in row)
            if count and (count == most or size > MOST_BYTES):
                break
            count += 1
        return count

    def append(self, rows: Sequence[Row]) -> Segment:
        can_grow = self._client.run(knows("/batches/{id}/rows", self._session))
        if self._is_closed:
            raise Conflict(409, "the function is closed", "ask pool.function for another")
        if can_grow and self.batch_ids and self._total + len(rows) > MOST_RUNS:
            self._client.run(post(f"/batches/{self.batch_ids[-1]}/close", self._session))
            self._total = 0
        if can_grow and self._total:
            return self._append(self.batch_ids[-1], rows)
        table = {"columns": self._columns, "rows": list(rows), **({"units": self._units} if self._units else {})}
        design: dict[str, Any] = {"sampling_method": "table", "table": table, "seed": self._seed}
        if can_grow:
            design["open"] = True
        body = {"name": self._name, "config": {**self._config, "monte_carlo": design}}
        batch_id = self._client.run(_operations.submit(body, uuid.uuid4().hex, self._session))
        self.batch_ids.append(batch_id)
        self._total = len(rows)
        return Segment(batch_id, 0, len(rows))

    def _append(self, batch_id: str, rows: Sequence[Row]) -> Segment:
        while True:
            first = self._total
            try:
                self._client.run(
                    post(f"/batches/{batch_id}/rows", self._session, {"first_run": first, "rows": list(rows)})
                )
            except Conflict:
                # Another process appends to the same batch, or an append that was given up had arrived.
                self._total = self.overview(batch_id).total
                if self._total <= first:
                    raise
            else:
                self._total += len(rows)
                return Segment(batch_id, first, len(rows))

    def overview(self, batch_id: str) -> Overview:
        return self._client.run(_operations.overview(batch_id, self._session))

    def outcomes(self, segment: Segment) -> dict[int, Outcome]:
        """Those of its runs that have ended, by run index."""
        call = read_runs(
            segment.batch_id,
            self._session,
            columns="run,job_id,status,error_message,outputs.*",
            first_run=segment.first_run,
            runs=segment.count,
        )
        table = self._client.run(call)
        names = table.names("outputs.")
        outputs = [(name.removeprefix("outputs."), table.numbers(name)) for name in names]
        self.output_units |= {name.removeprefix("outputs."): table.units[name] for name in names if name in table.units}
        found: dict[int, Outcome] = {}
        columns = zip(table["run"].tolist(), table["job_id"], table["status"], table["error_message"], strict=True)
        for index, (run, job, status, message) in enumerate(columns):
            if status not in ENDED:
                continue
            if status == "Completed":
                values = {name: float(column[index]) for name, column in outputs if column[index] == column[index]}
                found[run] = Outcome(values, message or None, job)
            else:
                found[run] = Outcome({}, message or status, job)
        return found

    def close(self) -> None:
        """The open batch ends with its runs. A second close does nothing."""
        if self._is_closed:
            return
        if not self.batch_ids:
            self._is_closed = True
            return
        session = replace(self._session, max_outage=min(self._session.max_outage, CLOSING_OUTAGE))
        if self._client.run(knows("/batches/{id}/close", session)):
            self._client.run(post(f"/batches/{self.batch_ids[-1]}/close", session))
        self._is_closed = True
