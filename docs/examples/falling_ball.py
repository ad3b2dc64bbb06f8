"""A ball falls from a dispersed height, with drag, until it lands."""

import json
import sys

from lynx_scenario import RunConfig, RunConfigError, TelemetryClient, atomic_write, output_dir

STEP_S = 0.01


def main() -> int:
    try:
        config = RunConfig.load(defaults={"height_m": 100.0, "drag_per_m": 0.01})
        height, drag = config.number("height_m"), config.number("drag_per_m")
    except RunConfigError as error:
        print(error, file=sys.stderr)
        return 2
    output = output_dir()
    speed = time = 0.0
    with TelemetryClient.from_env() as telemetry:
        while height > 0:
            speed += (9.81 - drag * speed**2) * STEP_S
            height -= speed * STEP_S
            time += STEP_S
            telemetry.emit("ball.speed_m_s", speed, time, units="m/s")
    summary = {"success": True, "run_index": config.run_index, "time_s": time, "impact_speed_m_s": speed}
    atomic_write(output / "summary.json", json.dumps(summary, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
