"""A study on a pool: its progress, its runs as columns, its files, and what it says of its requirements."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lynx import _operations
from lynx._calls import Session, get
from lynx._drivers import Client
from lynx._runs import read_runs, read_sample
from lynx.overview import Overview, Verdicts
from lynx.progress import Progress
from lynx.table import Table
from lynx.telemetry import Telemetry, read_telemetry

if TYPE_CHECKING:
    from lynx.plots import Plots


class Study:
    """A batch of a control plane. It is the same batch in every process that names its id: `pool.study(id)`.

    Every method may raise `Refused`, with the control plane's reason, and `Unavailable`.
    """

    def __init__(self, batch_id: str, client: Client, session: Session) -> None:
        self.batch_id = batch_id
        self._client = client
        self._session = session
        self._runs: Table | None = None
        self._nominal: Table | None = None

    @property
    def overview(self) -> Overview:
        """How far it is now."""
        return self._client.run(_operations.overview(self.batch_id, self._session))

    def wait(self, timeout: float | None = None, *, progress: bool = True) -> Study:
        """Returns the study once all its runs have ended, whether they failed or not.

        A control plane that restarts in the meantime is waited for. Raises `TimeoutError` after `timeout` seconds;
        the study goes on.
        """
        bar = Progress()
        watch: _operations.Watcher = bar.show if progress else _operations.unseen
        self._client.run(_operations.wait(self.batch_id, self._session, watch, timeout))
        return self

    @property
    def runs(self) -> Table:
        """A row for each run of the sample: its status, parameters, outputs and times. The nominal run is in `nominal`.

        Read once when the study has ended, else at each use.
        """
        if self._runs is not None:
            return self._runs
        now = self.overview
        table = self._client.run(read_sample(now, self._session))
        if now.is_over:
            self._runs = table
        return table

    @property
    def nominal(self) -> Table | None:
        """The nominal run as a table of one row, with the columns of `runs`; None in a study without one."""
        if self._nominal is not None:
            return self._nominal
        now = self.overview
        if now.nominal_run is None:
            return None
        table = self._client.run(read_runs(self.batch_id, self._session, first_run=now.nominal_run, runs=1))
        if now.is_over:
            self._nominal = table
        return table

    def table(self, columns: str | None = None, *, where: str | None = None, order: str | None = None) -> Table:
        """A part of the runs, chosen by the control plane; with the nominal run, which the column `nominal` marks.

        Such as `columns="run,outputs.*"`, `where="outputs.miss_m > 5"`, `order="-outputs.miss_m"`; a control plane that
        has no table raises `NotFound` for the last two.
        """
        return self._client.run(read_runs(self.batch_id, self._session, columns=columns, where=where, order=order))

    def telemetry(
        self, *variables: str, start_s: float | None = None, end_s: float | None = None, max_points: int | None = None
    ) -> Telemetry:
        """The stored telemetry of all runs, or that of some variables, between two simulated times.

        With `max_points` a longer series keeps so many points, of each part its least and its greatest.
        """
        call = read_telemetry(
            self.batch_id, self._session, variables, start_s=start_s, end_s=end_s, max_points=max_points
        )
        return self._client.run(call)

    @property
    def requirements(self) -> Verdicts:
        """The verdicts on the study's requirements, also while it runs."""
        return self._client.run(_operations.verdicts(self.batch_id, self._session))

    def evaluate(self, *requirements: Mapping[str, Any]) -> Verdicts:
        """The verdicts on other requirements, written as in a batch file, by what is stored; nothing runs."""
        return self._client.run(_operations.evaluate(self.batch_id, self._session, requirements))

    @property
    def statistics(self) -> dict[str, Any]:
        """Statistics of each output, as `GET /batches/{id}/statistics` answers them."""
        return self._get("statistics")

    def drivers(self, output: str | None = None) -> dict[str, Any]:
        """What drives an output, and what tells failed runs from others, as `GET /batches/{id}/drivers` answers it."""
        return self._get("drivers", output=output)

    @property
    def rare_event(self) -> dict[str, Any]:
        """The probability that a subset simulation finds, as `GET /batches/{id}/rare-event` answers it.

        Raises `Conflict` for a study of another sampling method.
        """
        return self._get("rare-event")

    def compare(self, other: Study | str) -> dict[str, Any]:
        """What changed from this study to another, as `GET /batches/{id}/compare/{other}` answers it."""
        return self._get(f"compare/{other.batch_id if isinstance(other, Study) else other}")

    @property
    def artifacts(self) -> list[dict[str, Any]]:
        """Every file and log of the runs' latest attempts: `run`, `path`, `kind`, `size_bytes`, `sha256`."""
        return self._client.run(_operations.artifacts(self.batch_id, self._session))

    def artifact(self, run: int, path: str) -> bytes:
        """The content of a file that a run left, or of its log `stdout` or `stderr`."""
        return self._client.run(_operations.artifact(self.batch_id, self._session, run, path, None))

    def save_artifact(self, run: int, path: str, to: str | os.PathLike[str]) -> Path:
        """Writes such a file to the path `to`, which is whole or not there."""
        target = Path(to)
        self._client.run(_operations.artifact(self.batch_id, self._session, run, path, target))
        return target

    def provenance(self, run: int) -> dict[str, Any]:
        """What a run was made with: hashes of code, `interpreter`, `machine`, `distributions`, `variables`.

        Empty where its runner does not tell.
        """
        return self._client.run(_operations.provenance(self.batch_id, self._session, run))

    def cancel(self) -> Study:
        """Cancels what is not done yet.

        A cancelled study stays as it is; one that ended otherwise raises `Conflict`.
        """
        return self._change("cancel")

    def retry(self) -> Study:
        """Queues failed and timed-out runs again."""
        return self._change("retry-failed")

    def extend(self, runs: int) -> Study:
        """Appends so many runs.

        If the control plane goes away in the meantime, this raises `Unavailable`: look before you repeat it.
        """
        return self._change("extend", {"runs": runs}, repeatable=False)

    def close(self) -> Study:
        """Lets a study with an open table end with the runs that it has; to others it changes nothing."""
        return self._change("close")

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Writes `runs` to a file of Parquet; needs pyarrow."""
        self.runs.to_parquet(path)

    @property
    def plot(self) -> Plots:
        """Charts of the study; needs matplotlib."""
        from lynx.plots import Plots

        return Plots(self)

    def _get(self, path: str, **query: str | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.run(get(f"/batches/{self.batch_id}/{path}", self._session, **query))
        return answer

    def _change(self, verb: str, body: object = None, *, repeatable: bool = True) -> Study:
        self._runs = self._nominal = None
        self._client.run(_operations.change(self.batch_id, self._session, verb, body, repeatable=repeatable))
        return self

    def __repr__(self) -> str:
        return f"<lynx.Study {self.batch_id}>"

    def _repr_html_(self) -> str:
        now = self.overview
        lines = [
            f"<b>{html.escape(now.name)}</b> <code>{now.batch_id}</code>: {now.status}",
            f"{now.ended} of {now.total} runs ended"
            + ("" if now.nominal_run is None else ", the nominal run among them"),
            f"{now.completed} completed, {now.failed} failed, {now.cancelled} cancelled; seed {now.seed}",
        ]
        lines += [html.escape(text) for text in (now.stop_reason, *now.warnings, now.waiting_for) if text]
        verdicts = self.requirements
        return "<br>".join(lines) + (verdicts._repr_html_() if verdicts else "")
