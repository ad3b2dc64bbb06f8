"""What both Python clients are measured by: a simulation that reports seven scalars after each step.

Reads commands from standard input, and answers each with one line of JSON. `run N` reports N samples, `during S`
reports for S seconds; both time every call.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

from frames import VARIABLES

STEP_S = 200e-6
"""A step computes for so long."""


def serve(emit: Callable[[str, float, float, str], None]) -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        command, number = line.split()
        times: list[int] = []
        end = time.perf_counter() + float(number)
        while len(times) < int(number) if command == "run" else time.perf_counter() < end:
            step(emit, len(times) / len(VARIABLES), times)
        summary = {"median_ns": statistics.median(times), "max_ns": max(times), "calls": len(times)}
        print(json.dumps(summary), flush=True)


def step(emit: Callable[[str, float, float, str], None], sim_time_s: float, times: list[int]) -> None:
    now = time.perf_counter_ns
    computed = now() + int(STEP_S * 1e9)
    while now() < computed:
        pass
    for name, units, value in VARIABLES:
        began = now()
        emit(name, value, sim_time_s, units)
        times.append(now() - began)
