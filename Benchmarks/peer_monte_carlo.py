"""The peer: the tutorial's orbits through Basilisk's own MonteCarlo.Controller, without plots or telemetry.

python peer_monte_carlo.py RUNS WORKERS DIRECTORY retain|write

Each run leaves its trajectory: by a retention policy, which is Basilisk's way, or with `write` by itself. The way of
Basilisk 2.12 has a sleep of one second in each run.
"""

from __future__ import annotations

import functools
import math
import sys
from pathlib import Path

import numpy as np
from Basilisk.simulation import spacecraft
from Basilisk.utilities import SimulationBaseClass, macros, orbitalMotion, simIncludeGravBody
from Basilisk.utilities.MonteCarlo.Controller import Controller
from Basilisk.utilities.MonteCarlo.Dispersions import OrbitalElementDispersion
from Basilisk.utilities.MonteCarlo.RetentionPolicy import RetentionPolicy

STEP_S = 5.0
SAMPLE_S = 10.0
ORBITS = 0.75
MU_M3_S2 = 3.986004415e14
MESSAGE = "state"


def create() -> SimulationBaseClass.SimBaseClass:
    sim = SimulationBaseClass.SimBaseClass()
    sim.CreateNewProcess("dynamics").addTask(sim.CreateNewTask("integration", macros.sec2nano(STEP_S)))
    sim.craft = spacecraft.Spacecraft()
    sim.craft.ModelTag = "spacecraft"
    sim.AddModelToTask("integration", sim.craft)
    sim.gravity = simIncludeGravBody.gravBodyFactory()
    sim.gravity.createEarth().isCentralBody = True
    sim.gravity.addBodiesTo(sim.craft)
    elements = orbitalMotion.ClassicElements()
    elements.a, elements.e, elements.i = 7.0e6, 0.001, math.radians(33)
    elements.Omega, elements.omega, elements.f = math.radians(48), math.radians(343), math.radians(85)
    position, velocity = orbitalMotion.elem2rv(MU_M3_S2, elements)
    sim.craft.hub.r_CN_NInit, sim.craft.hub.v_CN_NInit = position, velocity
    sim.recorder = sim.craft.scStateOutMsg.recorder(macros.sec2nano(SAMPLE_S))
    sim.AddModelToTask("integration", sim.recorder)
    sim.msgRecList = {MESSAGE: sim.recorder}
    return sim


def execute(sim: SimulationBaseClass.SimBaseClass) -> None:
    period_s = 2 * math.pi * math.sqrt(7.0e6**3 / MU_M3_S2)
    sim.InitializeSimulation()
    sim.ConfigureStopTime(macros.sec2nano(ORBITS * period_s))
    sim.ExecuteSimulation()


def execute_and_write(directory: Path, sim: SimulationBaseClass.SimBaseClass) -> None:
    execute(sim)
    rows = np.column_stack([sim.recorder.times() * macros.NANO2SEC, sim.recorder.r_BN_N, sim.recorder.v_BN_N])
    # The place of the orbit in space names the run.
    np.savetxt(directory / f"trajectory_{abs(rows[0, 1:].sum()):.9f}.csv", rows, delimiter=",")


def main() -> None:
    runs, workers, directory, mode = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    controller = Controller()
    controller.setSimulationFunction(create)
    controller.setExecutionFunction(execute if mode == "retain" else functools.partial(execute_and_write, directory))
    controller.setExecutionCount(runs)
    controller.setThreadCount(workers)
    controller.setShouldDisperseSeeds(False)
    controller.setShouldArchiveParameters(True)
    controller.setArchiveDir(str(directory))
    ranges: dict[str, object] = {
        "mu": MU_M3_S2,
        "a": ["uniform", 6.95e6, 7.05e6],
        "e": ["uniform", 0.00005, 0.002],
        "i": ["uniform", math.radians(30), math.radians(36)],
        "Omega": ["uniform", math.radians(40), math.radians(55)],
        "omega": ["uniform", math.radians(330), math.radians(355)],
        "f": ["uniform", math.radians(70), math.radians(100)],
    }
    controller.addDispersion(OrbitalElementDispersion("craft.hub.r_CN_NInit", "craft.hub.v_CN_NInit", ranges))
    if mode == "retain":
        policy = RetentionPolicy()
        policy.addMessageLog(MESSAGE, ["r_BN_N", "v_BN_N"])
        controller.addRetentionPolicy(policy)
    failures = controller.executeSimulations()
    if failures:
        raise SystemExit(f"runs failed: {failures}")


if __name__ == "__main__":
    main()
