"""What can be done with a batch: one call for each, for the blocking and for the asynchronous study alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lynx._bundles import upload
from lynx._calls import Call, Request, Session, Sleep, ask, get, pages, pauses, post
from lynx.errors import NotFound
from lynx.overview import Overview, Verdicts

Watcher = Callable[[Overview], None]


def unseen(_: Overview) -> None:
    """Watches without showing anything."""


def submit(body: Mapping[str, Any], key: str, session: Session) -> Call[str]:
    """Submits a batch, with the folder that it names as its bundle, and gives its id.

    The same key with the same body gives the same batch, however often it is sent.
    """
    body = yield from _with_bundle(body, session)
    response = yield from ask(Request("POST", "/jobs", body=body, headers={"Idempotency-Key": key}), session)
    batch_id: str = response.json()["batch_id"]
    return batch_id


def _with_bundle(body: Mapping[str, Any], session: Session) -> Call[Mapping[str, Any]]:
    config = body.get("config")
    if not isinstance(config, Mapping) or not isinstance(config.get("simulation"), Mapping):
        return body
    simulation = yield from upload(config["simulation"], session)
    return {**body, "config": {**config, "simulation": simulation}}


def overview(batch_id: str, session: Session) -> Call[Overview]:
    return Overview.read((yield from get(f"/batches/{quote(batch_id, safe='')}", session)))


def wait(batch_id: str, session: Session, watch: Watcher, timeout: float | None) -> Call[Overview]:
    """Until the batch has ended. Raises `TimeoutError` after `timeout` seconds; the batch goes on."""
    deadline = None if timeout is None else time.monotonic() + timeout
    for pause in pauses():
        now = yield from overview(batch_id, session)
        watch(now)
        if now.is_over:
            return now
        session.check()
        if deadline is not None and time.monotonic() + pause > deadline:
            raise TimeoutError(f"batch {batch_id} has not ended in {timeout} s: {now.ended} of {now.total} runs have")
        yield Sleep(pause)
    raise AssertionError("pauses do not end")


def verdicts(batch_id: str, session: Session) -> Call[Verdicts]:
    return Verdicts.read((yield from get(f"/batches/{batch_id}/verdicts", session)))


def evaluate(batch_id: str, session: Session, requirements: Sequence[Mapping[str, Any]]) -> Call[Verdicts]:
    body = {"requirements": [dict(requirement) for requirement in requirements]}
    return Verdicts.read((yield from post(f"/batches/{batch_id}/evaluate", session, body)))


def change(
    batch_id: str, session: Session, verb: str, body: object = None, *, repeatable: bool = True
) -> Call[Overview]:
    """`cancel`, `retry-failed`, `extend` or `close`."""
    return Overview.read((yield from post(f"/batches/{batch_id}/{verb}", session, body, repeatable=repeatable)))


def artifacts(batch_id: str, session: Session) -> Call[list[dict[str, Any]]]:
    """Every file and log of the latest attempts, with the `run` that it is of."""
    found = yield from pages(f"/batches/{batch_id}/artifacts", "artifacts", session)
    for entry in found:
        entry["run"] = int(entry["job_id"].rpartition("-")[2])
    return found


def artifact(batch_id: str, session: Session, run: int, path: str, to: Path | None) -> Call[bytes]:
    """The content of a file of a run, or nothing when it went into the file `to`.

    Raises `NotFound` with the files that there are.
    """
    job = f"/jobs/{batch_id}-{run}"
    is_log = path in ("stdout", "stderr", "build")
    url = f"{job}/logs/{path}" if is_log else f"{job}/artifacts/{quote(path)}"
    try:
        response = yield from ask(Request("GET", url, to=to), session)
    except NotFound as error:
        if is_log:
            raise
        answer = yield from get(f"{job}/artifacts", session)
        there = [entry["path"] for entry in answer["artifacts"] if entry["kind"] == "output"]
        raise NotFound(
            error.status,
            f"run {run} has no file '{path}'",
            f"it has {', '.join(there) or 'none'}, and the logs stdout and stderr",
        ) from error
    return response.content


def provenance(batch_id: str, session: Session, run: int) -> Call[dict[str, Any]]:
    """What a run was made with, and the texts that this refers to, as `distributions` and `variables` by name."""
    result = yield from get(f"/jobs/{batch_id}-{run}/results", session, telemetry="summary")
    found: dict[str, Any] = dict(result["metadata"].get("provenance") or {})
    references = {
        "distributions": ((found.get("interpreter") or {}).get("distributions"), "=="),
        "variables": (found.get("environment"), "="),
    }
    for name, (sha256, separator) in references.items():
        if sha256 is None:
            continue
        record = yield from get(f"/batches/{batch_id}/records/{sha256}", session)
        entries = (line.partition(separator) for line in record["text"].splitlines())
        found[name] = {key: value for key, _, value in entries}
    return found
