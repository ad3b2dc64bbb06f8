"""Measures, each figure beside that of a named peer in the same run.

    python Benchmarks/bench.py queue --programs .build/release

Prints tables and writes the same as JSON. Rounds of the two sides take turns, and ratios are of medians, because
machines are noisy; figures of different runs are not to be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path

import claims
from report import Table


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("part", nargs="?", default="queue", choices=["queue"], help="what to measure")
    parser.add_argument("--programs", type=Path, default=Path(".build/release"), help="the folder of the executables")
    parser.add_argument("--rounds", type=int, default=5, help="how often each figure is taken")
    parser.add_argument("--jobs", type=int, default=1000, help="queue: how many jobs a round has")
    parser.add_argument("--ledger", type=int, default=1_000_000, help="queue: how many jobs the large ledger holds")
    parser.add_argument("--output", type=Path, default=Path(".lynx/benchmarks.json"), help="where the JSON goes")
    given = parser.parse_args()
    if given.rounds < 1 or given.jobs < 1 or given.ledger < 2000:
        parser.error("--rounds and --jobs must be 1 or more, --ledger 2000 or more")
    for program in ("lynxctl", "lynx-load"):
        if not (given.programs / program).exists():
            parser.error(f"there is no {given.programs / program}; 'make bench' builds it")
    tables: list[Table] = []
    with tempfile.TemporaryDirectory(prefix="lynx-bench-") as work:
        Path(work).chmod(0o711)  # the PostgreSQL server may run as another user
        tables += claims.measure(
            Path(work), given.programs.resolve(), rounds=given.rounds, jobs=given.jobs, ledger=given.ledger
        )
    given.output.parent.mkdir(parents=True, exist_ok=True)
    machine = {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    document = {"machine": machine, "tables": [table.document() for table in tables]}
    given.output.write_text(json.dumps(document, indent=2) + "\n")
    print(f"\nthe same as JSON: {given.output}")


if __name__ == "__main__":
    main()
