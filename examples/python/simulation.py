"""A ball falls with drag until it lands: a simulation in plain Python, for which nothing has to be installed."""

import json
import os
from pathlib import Path

run = json.loads(Path(os.environ["TETRYX_RUN_CONFIG"]).read_text(encoding="utf-8"))
height, drag = run["parameters"]["height_m"], run["parameters"]["drag_per_m"]
speed, time, step = 0.0, 0.0, 0.001
while height > 0:
    speed += (9.80665 - drag * speed * speed) * step
    height -= speed * step
    time += step

# The numbers of summary.json are the run's outputs; every file in this directory is kept.
result = {"fall_time_s": time, "impact_speed_m_s": speed}
Path(os.environ["TETRYX_OUTPUT_DIR"], "summary.json").write_text(json.dumps(result), encoding="utf-8")
