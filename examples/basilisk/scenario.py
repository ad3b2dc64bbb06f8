"""A satellite around the Earth with Basilisk: two bodies, from dispersed elements of the orbit."""

import json
import os
from pathlib import Path

import numpy as np
from Basilisk.simulation import spacecraft
from Basilisk.utilities import SimulationBaseClass, macros, orbitalMotion, simIncludeGravBody

run = json.loads(Path(os.environ["TETRYX_RUN_CONFIG"]).read_text(encoding="utf-8"))
drawn = run["parameters"]

simulation = SimulationBaseClass.SimBaseClass()
process = simulation.CreateNewProcess("process")
process.addTask(simulation.CreateNewTask("task", macros.sec2nano(10.0)))

satellite = spacecraft.Spacecraft()
satellite.ModelTag = "satellite"
gravity = simIncludeGravBody.gravBodyFactory()
earth = gravity.createEarth()
earth.isCentralBody = True
gravity.addBodiesTo(satellite)
simulation.AddModelToTask("task", satellite)

elements = orbitalMotion.ClassicElements()
elements.a = drawn["semi_major_axis_m"]
elements.e = drawn["eccentricity"]
elements.i = drawn["inclination_deg"] * macros.D2R
elements.Omega = elements.omega = elements.f = 0.0
satellite.hub.r_CN_NInit, satellite.hub.v_CN_NInit = orbitalMotion.elem2rv(earth.mu, elements)

recorder = satellite.scStateOutMsg.recorder()
simulation.AddModelToTask("task", recorder)
period = 2 * np.pi * np.sqrt(elements.a**3 / earth.mu)
simulation.InitializeSimulation()
simulation.ConfigureStopTime(macros.sec2nano(period))
simulation.ExecuteSimulation()

# The numbers of summary.json are the run's outputs; every file in this directory is kept.
radius = np.linalg.norm(recorder.r_BN_N, axis=1)
result = {
    "min_altitude_km": float(radius.min() - earth.radEquator) / 1000,
    "max_altitude_km": float(radius.max() - earth.radEquator) / 1000,
    "period_s": float(period),
}
Path(os.environ["TETRYX_OUTPUT_DIR"], "summary.json").write_text(json.dumps(result), encoding="utf-8")
