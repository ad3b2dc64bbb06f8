"""How far a study is, and the verdicts on its requirements: what the control plane says, typed."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ENDED = {"Completed", "Failed", "Cancelled"}


@dataclass(frozen=True)
class Overview:
    """A batch at one moment. `by_status` counts its runs by their status; `failed` includes those that timed out.

    `total` and the counts include the nominal run, if there is one; `sample_runs` does not.
    """

    batch_id: str
    name: str
    status: str
    total: int
    completed: int
    failed: int
    cancelled: int
    seed: int | None
    by_status: dict[str, int]
    stop_reason: str | None
    # What its runs wait for, if no runner takes them.
    waiting_for: str | None
    warnings: tuple[str, ...]
    # The index of the run with every parameter at its nominal, which is no part of the sample; None if there is none.
    nominal_run: int | None = None

    @property
    def sample_runs(self) -> int:
        """How many runs the sample has."""
        return self.total - (self.nominal_run is not None)

    @property
    def is_over(self) -> bool:
        return self.status in ENDED

    @property
    def ended(self) -> int:
        """The runs that have ended, however."""
        return self.completed + self.failed + self.cancelled

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Overview:
        batch = answer["batch"]
        waiting = answer.get("storage_problem") or answer.get("unroutable") or answer.get("pending_reason")
        return cls(
            batch_id=batch["batch_id"],
            name=batch["name"],
            status=batch["status"],
            total=batch["total_jobs"],
            completed=batch["completed_jobs"],
            failed=batch["failed_jobs"],
            cancelled=batch["cancelled_jobs"],
            seed=batch.get("seed"),
            by_status=dict(answer.get("jobs_by_status", {})),
            stop_reason=batch.get("stop_reason") or answer.get("stop_reason"),
            waiting_for=None if waiting is None else str(waiting),
            warnings=tuple(batch.get("warnings", ())),
            nominal_run=answer.get("nominal_run"),
        )


@dataclass(frozen=True)
class Verdict:
    """The verdict on one requirement: MET, NOT MET or UNDECIDED.

    `lower_bound` and `upper_bound` are one-sided bounds of the share of all runs that pass, at the confidence.
    """

    name: str
    statement: str
    verdict: str
    probability: float
    confidence: float
    runs: int
    failures: int
    missing: int
    lower_bound: float
    upper_bound: float
    runs_still_needed: int | None
    first_failures: tuple[int, ...]
    is_approximate: bool
    explanation: str

    @property
    def is_met(self) -> bool:
        return self.verdict == "MET"

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Verdict:
        return cls(
            **{
                name: answer[name]
                for name in ("name", "statement", "verdict", "probability", "confidence", "runs", "failures", "missing")
            },
            lower_bound=answer["lower_bound"],
            upper_bound=answer["upper_bound"],
            runs_still_needed=answer.get("runs_still_needed"),
            first_failures=tuple(answer.get("first_failures", ())),
            is_approximate=answer.get("is_approximate", False),
            explanation=answer["explanation"],
        )


class Verdicts(tuple[Verdict, ...]):
    """The verdicts on all requirements of a study, in their order; by name with `verdicts["near"]`."""

    stop_reason: str | None

    def __new__(cls, verdicts: Sequence[Verdict] = (), stop_reason: str | None = None) -> Verdicts:
        made = super().__new__(cls, tuple(verdicts))
        made.stop_reason = stop_reason
        return made

    @classmethod
    def read(cls, answer: dict[str, Any]) -> Verdicts:
        return cls([Verdict.read(verdict) for verdict in answer["verdicts"]], answer.get("stop_reason"))

    @property
    def are_met(self) -> bool:
        """Whether there are requirements, and every one is MET."""
        return bool(self) and all(verdict.is_met for verdict in self)

    def __getitem__(self, key: Any) -> Any:  # noqa: ANN401
        if not isinstance(key, str):
            return super().__getitem__(key)
        for verdict in self:
            if verdict.name == key:
                return verdict
        raise KeyError(
            f"there is no requirement '{key}'; there are {', '.join(verdict.name for verdict in self) or 'none'}"
        )

    def __repr__(self) -> str:
        lines = [
            f"{verdict.verdict:<10} {verdict.name}: {verdict.statement}\n{'':<11}{verdict.explanation}"
            for verdict in self
        ]
        return "\n".join([*lines, *([self.stop_reason] if self.stop_reason else [])]) or "no requirements"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td><b>{verdict.verdict}</b></td><td>{html.escape(verdict.name)}</td><td>{html.escape(verdict.statement)}</td>"
            f"<td>{html.escape(verdict.explanation)}</td></tr>"
            for verdict in self
        )
        end = f"<p>{html.escape(self.stop_reason)}</p>" if self.stop_reason else ""
        return f"<table>{rows}</table>{end}" if self else "<p>no requirements</p>"
