"""Measures, each figure beside that of a named peer in the same run.

    python Benchmarks/bench.py            everything
    python Benchmarks/bench.py ingest     one part
    python Benchmarks/bench.py --quick    a little of everything, to see that it runs

Prints tables and writes the same as JSON, part by part; parts that were not measured stay as they were. Rounds of all
sides take turns, and ratios are of medians, because machines are noisy; figures of different runs are not to be
compared.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import machine
import summary
from report import Result
from settings import QUICK, Settings, Sizes

PARTS = {
    "noop": "noop",
    "isolation": "isolation",
    "study": "study",
    "command": "command",
    "ingest": "ingest",
    "breach": "breach",
    "submit": "submission",
    "client": "emit",
    "queue": "claims",
    "memory": "memory",
    "verdicts": "verdicts",
    "statistics": "analysis",
    "evaluate": "evaluate",
    "table": "tables",
    "web": "web",
}
"""And the module of each, imported only when it is measured: not everyone has all peers. First what makes many files,
last what removes very many: some file systems are slow at making new ones for minutes after that."""

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)}; default: all")
    parser.add_argument("--programs", type=Path, default=Path(".build/release"), help="the folder of the executables")
    parser.add_argument(
        "--tools", type=Path, default=Path(".build/benchmarks"), help="where setup.sh has put the peers"
    )
    parser.add_argument("--quick", action="store_true", help="tiny numbers, once; the figures mean nothing")
    parser.add_argument("--rounds", type=int, help="how often each figure is taken; default: 5")
    parser.add_argument("--output", type=Path, help="where the JSON goes; default: Benchmarks/results/latest.json")
    given = parser.parse_args()
    for part in given.parts:
        if part not in PARTS:
            parser.error(f"there is no part '{part}'; there are {', '.join(PARTS)}")
    sizes = QUICK if given.quick else Sizes()
    if given.rounds is not None:
        if given.rounds < 1:
            parser.error("--rounds must be 1 or more")
        sizes = replace(sizes, rounds=given.rounds)
    for program in ("lynxctl", "runner-host", "lynx-load", "lynx-sample", "lynx-verdicts"):
        if not (given.programs / program).exists():
            parser.error(f"there is no {given.programs / program}; 'make bench' builds it")
    output = given.output or (Path(".lynx/benchmarks-quick.json") if given.quick else RESULTS)
    document: dict[str, Any] = json.loads(output.read_text()) if output.exists() else {"parts": {}}
    document["machine"] = machine.description()
    for part in given.parts or PARTS:
        document["parts"][part] = measured(part, given.programs.resolve(), given.tools.resolve(), sizes)
        output.parent.mkdir(parents=True, exist_ok=True)
        # After each part: a later one that fails does not lose what was measured.
        output.write_text(json.dumps(document, indent=1) + "\n")
    print("\n" + summary.text(document))
    print(f"\nthe same, and every single figure, as JSON: {output}")


def measured(part: str, programs: Path, tools: Path, sizes: Sizes) -> dict[str, object]:
    measure: Callable[[Settings], Result] = import_module(PARTS[part]).measure
    load, began, at = machine.load(), time.monotonic(), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with tempfile.TemporaryDirectory(prefix="lynx-bench-") as work:
        Path(work).chmod(0o711)  # the PostgreSQL server may run as another user
        result = measure(Settings(Path(work), programs, tools, sizes))
    for table in result.tables:
        table.show()
    return {
        "at": at,
        "seconds": round(time.monotonic() - began, 1),
        "load_before": load,
        "goals": [goal.document() for goal in result.goals],
        "tables": [table.document() for table in result.tables],
    }


if __name__ == "__main__":
    main()
