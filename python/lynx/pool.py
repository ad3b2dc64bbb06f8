"""A control plane and its runners, as one object."""

from __future__ import annotations

import os
import uuid
import weakref
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from lynx import _operations
from lynx._bundles import Bundle, given, upload
from lynx._calls import Session, get, pages
from lynx._drivers import Client
from lynx.batchfile import Study as StudySource
from lynx.batchfile import read_batch
from lynx.errors import InvalidRequest
from lynx.overview import Overview
from lynx.study import Study

if TYPE_CHECKING:
    from lynx.evaluation import Evaluation
    from lynx.function import Function, Scenario
    from lynx.points import Points

DEFAULT_URL = "http://127.0.0.1:8080"
# A control plane that is there answers at once; an address that is wrong should not be tried for a quarter of an hour.
FIRST_OUTAGE = 2.0


def connect(
    url: str | None = None,
    *,
    token: str | None = None,
    ca_file: str | os.PathLike[str] | None = None,
    max_outage: float = 900.0,
) -> Pool:
    """The pool behind a control plane.

    Without `url` it is that in `LYNX_CONTROL_PLANE_URL`, or http://127.0.0.1:8080; without `token`, that in
    `LYNX_TOKEN`. `ca_file` replaces the system's certificates. Raises `Unavailable` if nothing answers there.
    """
    address = url or os.environ.get("LYNX_CONTROL_PLANE_URL") or DEFAULT_URL
    client = Client(address, token or os.environ.get("LYNX_TOKEN") or None, ca_file)
    try:
        client.run(get("/healthz", Session(min(max_outage, FIRST_OUTAGE))))
    except BaseException:
        client.close()
        raise
    return Pool(address, client, Session(max_outage))


class Pool:
    """Runs studies, and evaluates points. Any number of threads may use it."""

    def __init__(self, url: str, client: Client, session: Session) -> None:
        self.url = url
        self._client = client
        self._session = session
        # Those of `evaluate`, by what they evaluate; and all that are still in use.
        self._functions: dict[str, Function] = {}
        self._made: weakref.WeakSet[Function] = weakref.WeakSet()

    def submit(
        self,
        study: StudySource,
        *,
        runs: int | None = None,
        seed: int | None = None,
        name: str | None = None,
        key: str | None = None,
        bundle: Bundle | None = None,
    ) -> Study:
        """Submits a batch file, or the same as a dictionary; `runs`, `seed` and `name` go before what it says.

        `bundle` is a folder with the code that runs, which goes along with the study: only files that the control
        plane lacks are sent. What of it is run the batch says under `simulation.bundle`; or it is given here, as
        `{"path": "model", "entrypoint": "run.py"}`. Raises `BundleError`.

        `key` identifies the submission: the same key and content give the same study, as when a notebook's cell is
        run again. Without one each call is a study of its own. Raises `BatchFileError` and `InvalidRequest`.
        """
        body = read_batch(study, runs=runs, seed=seed, name=name, bundle=bundle)
        try:
            batch_id = self._client.run(_operations.submit(body, key or uuid.uuid4().hex, self._session))
        except InvalidRequest as error:
            if not isinstance(study, (str, os.PathLike)):
                raise
            raise InvalidRequest(
                error.status, f"{os.fspath(study)}: {error.title}", error.detail, error.errors
            ) from None
        return self.study(batch_id)

    def study(self, batch_id: str) -> Study:
        """A study that was submitted before, by whomever. Raises `NotFound`."""
        study = Study(batch_id, self._client, self._session)
        _ = study.overview
        return study

    def studies(self, *, name: str | None = None, status: str | None = None, limit: int = 100) -> list[Overview]:
        """The newest studies, without counts by status."""
        answer = self._client.run(get("/batches", self._session, name=name, status=status, limit=limit))
        return [Overview.read({"batch": batch}) for batch in answer["batches"]]

    @property
    def runners(self) -> list[dict[str, Any]]:
        """The runners, as `GET /runners` lists them."""
        return self._client.run(pages("/runners", "runners", self._session))

    def function(
        self,
        scenario: Scenario,
        parameters: Sequence[str],
        *,
        bundle: Bundle | None = None,
        **options: Any,  # noqa: ANN401
    ) -> Function:
        """A scenario as a function of some parameters: see `lynx.function.Function`, which has the options.

        `bundle` is the code that runs, as for `submit`; it is that of now, whatever becomes of the folder.
        """
        from lynx.function import Function

        made = Function(self._client, self._session, self._bundled(scenario, bundle), parameters, **options)
        self._made.add(made)
        return made

    def evaluate(
        self,
        scenario: Scenario,
        points: Points,
        *,
        parameters: Sequence[str] | None = None,
        progress: bool = True,
        bundle: Bundle | None = None,
        **options: Any,  # noqa: ANN401
    ) -> Evaluation:
        """Runs a scenario once for each point, and gives its outputs in the order of the points.

        `points` is a data frame, a `Table`, a list of dictionaries, a dictionary of columns, or an array whose
        columns are `parameters`. Calls with the same scenario, parameters and options add to one batch, which stays
        open until the pool is closed. See `lynx.function.Function` for the options. `bundle` is the code that runs, as
        for `submit`; when it changes, the next call runs what it is then.
        """
        from lynx.points import columns_of

        names = columns_of(points) if parameters is None else list(parameters)
        scenario = self._bundled(scenario, bundle)
        key = repr((scenario, names, sorted(options.items())))
        if key not in self._functions:
            self._functions[key] = self.function(scenario, names, **options)
        return self._functions[key].evaluate(points, progress=progress)

    def _bundled(self, scenario: Scenario, bundle: Bundle | None) -> Scenario:
        """The scenario with the hash of its code, which is then on the control plane."""
        if bundle is None:
            return scenario
        config = {"simulation": {"name": scenario}} if isinstance(scenario, str) else dict(scenario)
        simulation = {**config.get("simulation", {}), "bundle": given(bundle)}
        return {**config, "simulation": self._client.run(upload(simulation, self._session))}

    def attach(
        self, batch_id: str, parameters: Sequence[str] | None = None, outputs: Sequence[str] | str | None = None
    ) -> Function:
        """A function that an earlier process asked: `evaluated()` has all that it was asked for.

        With `parameters`, in the order in which they were asked, more points can be asked while the batch is open.
        """
        from lynx.function import Function

        return Function.attached(self._client, self._session, batch_id, parameters, outputs)

    def close(self) -> None:
        """Closes the batches of evaluations, which then end with their runs, and the connections."""
        try:
            for function in list(self._made):
                function.close()
        finally:
            self._functions.clear()
            self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<lynx.{type(self).__name__} {self.url}>"
