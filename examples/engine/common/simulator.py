#!/usr/bin/env python3
"""Stands in for a simulator of your own: a ball falls with drag until it lands. It knows nothing of the runner.

Reads its parameters from the file that TETRYX_RUN_CONFIG names, prints a line for each value of its telemetry, and
writes trajectory.csv and summary.json into the folder that it is started in. SIGTERM makes it write down what it has.
"""

import json
import os
import signal
import time
from pathlib import Path

STEP_S = 0.01


def main() -> None:
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))

    parameters = json.loads(Path(os.environ["TETRYX_RUN_CONFIG"]).read_text())["parameters"]
    height, drag = parameters["height_m"], parameters["drag_per_m"]
    pause = parameters.get("pause_s", 0)  # of real time between two lines
    speed = 0.0
    steps = 0
    with open("trajectory.csv", "w", encoding="utf-8") as table:
        table.write("time_s,height_m,speed_m_s\n")
        while height > 0 and not asked:
            if steps % 10 == 0:
                now = steps * STEP_S
                print(f"telemetry {now:.2f} height_m {height:.4f} m")
                print(f"telemetry {now:.2f} speed_m_s {speed:.4f} m/s", flush=True)
                table.write(f"{now:.2f},{height:.4f},{speed:.4f}\n")
                time.sleep(pause)
            speed += (9.80665 - drag * speed * speed) * STEP_S
            height -= speed * STEP_S
            steps += 1
    summary = {"fall_time_s": round(steps * STEP_S, 4), "impact_speed_m_s": round(speed, 4), "landed": height <= 0}
    Path("summary.json").write_text(json.dumps(summary), encoding="utf-8")


main()
