"""The scenario of the tests of `lynx`: small models, chosen by the name of the simulation."""

import math
import sys
import time

from lynx_scenario import RunConfig, TelemetryClient, atomic_write, output, output_dir

config = RunConfig.load()
of = config.number
model = config.simulation.name

if model == "product":
    if of("x") < 0:
        sys.exit("x is negative")
    output("product", of("x") * of("y"), units="m")
    output("sum", of("x") + of("y"))
elif model == "slow":
    time.sleep(of("seconds"))
    output("twice", 2 * of("x"))
elif model == "beam":
    # A cantilever beam: load at its end, length, and bending stiffness.
    output("deflection_m", of("load_N") * of("length_m") ** 3 / (3 * of("stiffness_Nm2")), units="m")
elif model == "ishigami":
    x, y, z = of("x"), of("y"), of("z")
    output("f", math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x))
elif model == "fall":
    speed, height = 0.0, of("height_m")
    with TelemetryClient.from_env() as telemetry:
        for step in range(40):
            speed += 9.81 * 0.1 * (1 - of("drag") * speed)
            height -= speed * 0.1
            telemetry.emit("fall.speed_m_s", speed, step / 10, units="m/s")
            telemetry.emit("fall.height_m", height, step / 10, units="m")
    output("speed_m_s", speed, units="m/s")
    atomic_write(output_dir() / "summary.json", '{"done": true}\n')
    print(f"run {config.run_index} has fallen")
else:
    sys.exit(f"there is no model '{model}'")
