"""Reads the runs of a batch as columns.

They come from the control plane's table, or from its lists where it is older than that.
"""

from __future__ import annotations

from typing import Any

from lynx import _columns
from lynx._calls import Call, Request, Session, ask, knows, pages
from lynx.overview import Overview
from lynx.table import Table

TABLE = "/batches/{id}/table"
# What a row says besides its parameters and outputs.
FIXED = (
    *("run", "job_id", "status", "outcome", "breach", "attempt", "retries", "assigned_runner", "created_at"),
    *("claimed_at", "started_at", "completed_at", "duration_secs", "error_message"),
)


def read_runs(
    batch_id: str,
    session: Session,
    *,
    columns: str | None = None,
    first_run: int | None = None,
    runs: int | None = None,
    where: str | None = None,
    order: str | None = None,
) -> Call[Table]:
    """The runs of a batch, by run index: a row for each, also for those that have not ended.

    `columns` (such as `run,status,outputs.*`), `where` and `order` are those of the control plane's table; one
    without it has every column, and raises `NotFound` for the other two.
    """
    is_known = yield from knows(TABLE, session)
    if is_known or where is not None or order is not None:
        query = {"columns": columns, "first_run": first_run, "runs": runs, "where": where, "order": order}
        accept = _columns.ARROW if _columns.has_arrow() else "application/json"
        path = TABLE.format(id=batch_id)
        response = yield from ask(Request("GET", path, query, headers={"Accept": accept}), session)
        return _columns.from_arrow(response.content) if accept == _columns.ARROW else _from_json(response.json())
    jobs = yield from pages(f"/batches/{batch_id}/jobs", "jobs", session)
    results = yield from pages(f"/batches/{batch_id}/results", "results", session, telemetry="summary")
    first = first_run or 0
    last = first + (len(jobs) if runs is None else runs)
    return _from_lists([job for job in jobs if first <= job["run_config"]["run_index"] < last], results)


def read_sample(now: Overview, session: Session) -> Call[Table]:
    """The runs of the sample, to which the nominal run does not belong."""
    return read_runs(now.batch_id, session, runs=None if now.nominal_run is None else now.sample_runs)


def _from_json(document: dict[str, Any]) -> Table:
    described = document["columns"]
    values = zip(*document["rows"], strict=True) if document["rows"] else ((),) * len(described)
    columns = {
        column["name"]: _columns.column(list(entries), is_time=column["type"] == "time")
        for column, entries in zip(described, values, strict=True)
    }
    return Table(columns, {column["name"]: column.get("units", "") for column in described})


def _from_lists(jobs: list[dict[str, Any]], results: list[dict[str, Any]]) -> Table:
    by_job = {result["job_id"]: result for result in results}
    units: dict[str, str] = {"duration_secs": "s"}
    parameters: dict[str, None] = {}
    outputs: dict[str, None] = {}
    rows = []
    for job in jobs:
        config = job["run_config"]
        result = by_job.get(job["job_id"], {})
        metadata = result.get("metadata", {})
        row = {
            "run": config["run_index"],
            "job_id": job["job_id"],
            "status": job["status"],
            "outcome": metadata.get("outcome"),
            "breach": (metadata.get("breach") or {}).get("condition"),
            "attempt": job["attempt"],
            "retries": job["retries"],
            "assigned_runner": job.get("assigned_runner"),
            "created_at": job.get("created_at"),
            "claimed_at": job.get("claimed_at"),
            "started_at": job.get("started_at"),
            "completed_at": job.get("completed_at"),
            "duration_secs": result.get("execution_time_secs"),
            "error_message": job.get("error_message") or result.get("error_message"),
        }
        for name, value in config.get("parameters", {}).items():
            row[f"parameters.{name}"] = value
            parameters[f"parameters.{name}"] = None
        for name, unit in config.get("units", {}).items():
            units[f"parameters.{name}"] = unit
        for output in result.get("outputs") or ():
            name = f"outputs.{output['name']}"
            row[name] = output.get("value")
            outputs[name] = None
            units[name] = output.get("units") or units.get(name, "")
        rows.append(row)
    return _columns.from_rows(rows, (*FIXED, *sorted(parameters), *outputs), units)
