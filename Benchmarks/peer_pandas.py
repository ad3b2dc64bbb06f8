"""The statistics of a table of outputs as scripts make them: pandas' describe, and the intervals by scipy.

    peer_pandas.py TABLE.npy

Prints one JSON object: the seconds, without those of starting and reading the table, and the means.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd
from scipy import stats

QUANTILES = [0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999]
CONFIDENCE = 0.95


def main() -> None:
    frame = pd.DataFrame(np.load(sys.argv[1]))
    began = time.perf_counter()
    described = frame.describe(percentiles=QUANTILES)
    runs = len(frame)
    intervals = []
    for name in frame:
        column = frame[name].to_numpy()
        mean, error = described[name]["mean"], described[name]["std"] / runs**0.5
        student = stats.t.interval(CONFIDENCE, runs - 1, loc=mean, scale=error)
        ordered = np.sort(column)
        # Order statistics bound a quantile by the binomial distribution of how many values lie below it.
        bounds = []
        for quantile in QUANTILES:
            low, high = stats.binom.interval(CONFIDENCE, runs, quantile)
            bounds.append((ordered[int(max(low - 1, 0))], ordered[int(min(high, runs - 1))]))
        counts, edges = np.histogram(column, bins="auto")
        intervals.append((student, bounds, counts, edges, np.cumsum(column) / np.arange(1, runs + 1)))
    seconds = time.perf_counter() - began
    print(
        json.dumps(
            {"seconds": seconds, "mean": [float(described[name]["mean"]) for name in frame], "columns": len(intervals)}
        )
    )


if __name__ == "__main__":
    main()
