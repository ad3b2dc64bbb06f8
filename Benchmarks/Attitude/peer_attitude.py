"""The peer: the same manoeuvres through Basilisk's own MonteCarlo.Controller.

python peer_attitude.py RUNS WORKERS DIRECTORY bare|retain

`bare`: nothing of a run is kept. `retain`: its guidance and wheel speeds are, by a retention policy, in whose way
Basilisk 2.12 sleeps for a second in each run.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from Basilisk.utilities.MonteCarlo.Controller import Controller
from Basilisk.utilities.MonteCarlo.Dispersions import NormalVectorCartDispersion, UniformDispersion
from Basilisk.utilities.MonteCarlo.RetentionPolicy import RetentionPolicy

from attitude_model import GUIDANCE, SPEED, create, execute


def main() -> None:
    runs, workers, directory, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    controller = Controller()
    controller.setSimulationFunction(create)
    controller.setExecutionFunction(execute)
    controller.setExecutionCount(runs)
    controller.setThreadCount(workers)
    controller.setShouldDisperseSeeds(False)
    if mode == "retain":
        controller.setShouldArchiveParameters(True)
        controller.setArchiveDir(directory)
        policy = RetentionPolicy()
        policy.addMessageLog(GUIDANCE, ["sigma_BR", "omega_BR_B"])
        policy.addMessageLog(SPEED, ["wheelSpeeds"])
        controller.addRetentionPolicy(policy)
    controller.addDispersion(UniformDispersion("hubref.mHub", [712.5, 787.5]))
    controller.addDispersion(NormalVectorCartDispersion("hubref.sigma_BNInit", [0.1, 0.2, -0.3], [0.02] * 3))
    controller.addDispersion(NormalVectorCartDispersion("hubref.omega_BN_BInit", [0.001, -0.01, 0.03], [0.002] * 3))
    if failures := controller.executeSimulations():
        raise SystemExit(f"runs failed: {failures}")


if __name__ == "__main__":
    main()
