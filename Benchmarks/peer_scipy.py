"""The peer: scipy's Latin hypercube, scaled to a study's ranges.

python peer_scipy.py RUNS BATCH.yaml    prints one JSON object, as lynx-sample does
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import yaml
from scipy.stats import qmc


def main() -> None:
    runs = int(sys.argv[1])
    dispersions = yaml.safe_load(Path(sys.argv[2]).read_text())["config"]["dispersions"]
    ranges = [dispersion["distribution"] for dispersion in dispersions.values()]
    began = time.perf_counter()
    unit = qmc.LatinHypercube(d=len(ranges), rng=1).random(runs)
    samples = qmc.scale(unit, [float(r["min"]) for r in ranges], [float(r["max"]) for r in ranges])
    seconds = time.perf_counter() - began
    means = dict(zip(dispersions, map(float, samples.mean(axis=0)), strict=True))
    print(json.dumps({"numbers": samples.size, "seconds": seconds, "means": means}))


if __name__ == "__main__":
    main()
