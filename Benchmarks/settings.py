"""What the parts of a measurement are given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sizes:
    """How much is measured. Every figure is taken `rounds` times, all sides in turn."""

    rounds: int = 5
    study_runs: int = 100
    command_runs: int = 500
    queue_jobs: int = 1000
    queue_ledger: int = 1_000_000
    noop_jobs: int = 1000
    slurm_jobs: int = 100
    """Its rate is soon steady, and low."""
    lasting_jobs: int = 100_000
    """What the host's memory is watched over."""
    streaming_jobs: int = 64
    flood_seconds: float = 0.7
    breaches: int = 1000
    submitted_runs: int = 1_000_000
    emits: int = 50_000
    simulated_studies: int = 10_000
    analysed_runs: int = 100_000
    analysed_runs_at_most: int = 1_000_000
    evaluated_points: int = 10_000
    table_runs: int = 100_000
    table_streams: int = 200
    """Runs with telemetry."""
    page_runs: int = 100_000
    page_peer_runs: int = 10_000
    """As many as the peer's page bears."""
    page_live_runs: int = 10_000
    """Of a study that is looked at while it goes on."""


QUICK = Sizes(
    rounds=1,
    study_runs=4,
    command_runs=4,
    queue_jobs=200,
    queue_ledger=2000,
    noop_jobs=100,
    slurm_jobs=20,
    lasting_jobs=500,
    streaming_jobs=8,
    flood_seconds=0.2,
    breaches=20,
    submitted_runs=100_000,
    emits=5000,
    simulated_studies=500,
    analysed_runs=1000,
    analysed_runs_at_most=2000,
    evaluated_points=200,
    table_runs=2000,
    table_streams=4,
    page_runs=2000,
    page_peer_runs=500,
    page_live_runs=1500,
)
"""Shows that everything runs; the figures mean nothing."""


@dataclass(frozen=True)
class Settings:
    work: Path
    """A folder for this part alone."""
    programs: Path
    """Where lynxctl, runner-host and lynx-load are."""
    tools: Path
    """Where `setup.sh` has put clients and peers."""
    sizes: Sizes

    def say(self, what: str) -> None:
        print(what, flush=True)
