"""The attitude manoeuvre as a scenario, written as one would the first time."""

import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: F401  (as in Basilisk's example, which plots elsewhere)
import numpy as np

from attitude_model import GUIDANCE, SPEED, create, execute
from lynx_scenario import RunConfig, TelemetryClient, output_dir

config = RunConfig.load()
sim = create()
sim.hubref.mHub = config.number("mass_kg")
sim.hubref.sigma_BNInit = [[config.number(f"sigma_{axis}")] for axis in (1, 2, 3)]
sim.hubref.omega_BN_BInit = [[config.number(f"omega_{axis}_rad_s")] for axis in (1, 2, 3)]
execute(sim)

guidance, speed = sim.msgRecList[GUIDANCE], sim.msgRecList[SPEED]
times = guidance.times() * 1e-9
error = np.linalg.norm(guidance.sigma_BR, axis=1)
with TelemetryClient.from_env() as telemetry:
    for time_s, value in zip(times, error, strict=True):
        telemetry.emit("attitude.error", float(value), float(time_s))
np.savetxt(
    output_dir() / "attitude.csv",
    np.column_stack([times, guidance.sigma_BR, guidance.omega_BR_B, speed.wheelSpeeds[:, :3]]),
    delimiter=",",
)
(output_dir() / "summary.json").write_text(
    json.dumps({"final_error": float(error[-1]), "largest_error": float(error.max())})
)
