"""What a scenario imports to run under Lynx, or by hand.

    from lynx_scenario import RunConfig, TelemetryClient, output_dir

    config = RunConfig.load(defaults={"semi_major_axis_m": 7.0e6})
    with TelemetryClient.from_env() as telemetry:
        telemetry.emit("orbit.radius_km", radius_km, sim_time_s, units="km")
    (output_dir() / "summary.json").write_text(...)

Each part works without a runner: the configuration falls back on defaults, telemetry does nothing,
and artifacts go to `./output`.
"""

from lynx_scenario.outputs import atomic_write, output, output_dir
from lynx_scenario.run_config import ParameterValue, RunConfig, RunConfigError, Simulation
from lynx_scenario.telemetry import TelemetryClient

__all__ = [
    "ParameterValue",
    "RunConfig",
    "RunConfigError",
    "Simulation",
    "TelemetryClient",
    "atomic_write",
    "output",
    "output_dir",
]
