#!/usr/bin/env python3
"""Stands in for a simulator of your own: a ball falls with drag until it lands. It knows nothing of the runner.

Reads its parameters from the file that TETRYX_RUN_CONFIG names, prints a line for each value of its telemetry, and writes
trajectory.csv and summary.json into the folder that it is started in. SIGTERM makes it write down what it has, and end.
"""

import json
import os
import signal
import time

run = json.load(open(os.environ["TETRYX_RUN_CONFIG"]))
parameters = run["parameters"]
height, drag = parameters["height_m"], parameters["drag_per_m"]
pause = parameters.get("pause_s", 0)  # of real time between two lines

asked = False


def ask(*_):
    global asked
    asked = True


signal.signal(signal.SIGTERM, ask)

step, speed, t, count = 0.01, 0.0, 0.0, 0
with open("trajectory.csv", "w") as table:
    table.write("time_s,height_m,speed_m_s\n")
    while height > 0 and not asked:
        if count % 10 == 0:
            print(f"telemetry {t:.2f} height_m {height:.4f} m")
            print(f"telemetry {t:.2f} speed_m_s {speed:.4f} m/s", flush=True)
            table.write(f"{t:.2f},{height:.4f},{speed:.4f}\n")
            time.sleep(pause)
        speed += (9.80665 - drag * speed * speed) * step
        height -= speed * step
        t += step
        count += 1
with open("summary.json", "w") as summary:
    json.dump({"fall_time_s": round(t, 4), "impact_speed_m_s": round(speed, 4), "landed": height <= 0}, summary)
