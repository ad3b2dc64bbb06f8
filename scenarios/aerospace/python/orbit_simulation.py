"""The orbit itself: what is asked for, how Basilisk is set up for it, and the states that come of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from Basilisk.simulation import spacecraft
from Basilisk.utilities import SimulationBaseClass, macros, orbitalMotion, simIncludeGravBody

from lynx_scenario import ParameterValue, RunConfig, RunConfigError

SAMPLE_INTERVAL_S = 10
INTEGRATION_STEP_S = 5.0
"""Fourth-order Runge-Kutta at this step stays within millimetres of the two-body solution over a low orbit."""

EARTH_MEAN_RADIUS_M = 6_371_000.0
"""Altitudes are above the sphere of this radius."""

DEFAULTS: dict[str, ParameterValue] = {
    "semi_major_axis_m": 7_000_000.0,
    "eccentricity": 0.001,
    "inclination_deg": 33.0,
    "raan_deg": 48.0,
    "arg_perigee_deg": 343.0,
    "true_anomaly_deg": 85.0,
    "duration_orbits": 0.75,
    # Real seconds to wait after each sample, so that a person, or a stopping condition, can follow the run.
    "pace_s_per_step": 0.0,
}


@dataclass(frozen=True)
class Orbit:
    """The elements at the start, with angles in degrees, and how long to follow them."""

    semi_major_axis_m: float
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    arg_perigee_deg: float
    true_anomaly_deg: float
    duration_orbits: float
    pace_s_per_step: float

    @classmethod
    def of(cls, config: RunConfig) -> Orbit:
        """The orbit a configuration asks for. Raises `RunConfigError` when there is no such ellipse."""
        if unknown := sorted(config.parameters.keys() - DEFAULTS.keys()):
            raise RunConfigError(
                f"{config.source}: unknown parameter '{unknown[0]}'; this scenario takes {', '.join(DEFAULTS)}"
            )
        orbit = cls(**{name: config.number(name) for name in DEFAULTS})
        for name, holds, wanted in (
            ("semi_major_axis_m", orbit.semi_major_axis_m > 0, "more than 0"),
            ("eccentricity", 0 <= orbit.eccentricity < 1, "at least 0 and less than 1"),
            ("inclination_deg", 0 <= orbit.inclination_deg <= 180, "between 0 and 180"),
            ("duration_orbits", orbit.duration_orbits > 0, "more than 0"),
            ("pace_s_per_step", orbit.pace_s_per_step >= 0, "at least 0"),
        ):
            if not holds:
                raise RunConfigError(f"{config.source}: {name} must be {wanted}, not {getattr(orbit, name):g}")
        return orbit


@dataclass(frozen=True)
class State:
    """Where the spacecraft is in the Earth-centred inertial frame: m and m/s."""

    time_s: int
    position_m: tuple[float, ...]
    velocity_m_s: tuple[float, ...]

    @property
    def radius_m(self) -> float:
        return math.hypot(*self.position_m)

    @property
    def altitude_m(self) -> float:
        return self.radius_m - EARTH_MEAN_RADIUS_M

    @property
    def speed_m_s(self) -> float:
        return math.hypot(*self.velocity_m_s)

    def energy_j_kg(self, mu: float) -> float:
        """Specific orbital energy; constant on a two-body orbit."""
        return self.speed_m_s**2 / 2 - mu / self.radius_m

    def csv_row(self) -> str:
        # repr is the shortest text that reads back as the same double.
        return ",".join(map(repr, (self.time_s, *self.position_m, *self.velocity_m_s)))


class Simulation:
    """Basilisk set up for one orbit."""

    def __init__(self, orbit: Orbit) -> None:
        self._sim = SimulationBaseClass.SimBaseClass()
        process = self._sim.CreateNewProcess("dynamics")
        process.addTask(self._sim.CreateNewTask("integration", macros.sec2nano(INTEGRATION_STEP_S)))
        self._spacecraft = spacecraft.Spacecraft()
        self._spacecraft.ModelTag = "spacecraft"
        self._sim.AddModelToTask("integration", self._spacecraft)

        # Kept: Basilisk refers to the bodies by address.
        self._gravity = simIncludeGravBody.gravBodyFactory()
        earth = self._gravity.createEarth()
        earth.isCentralBody = True
        self._gravity.addBodiesTo(self._spacecraft)
        self.mu_m3_s2 = float(earth.mu)

        elements = orbitalMotion.ClassicElements()
        elements.a = orbit.semi_major_axis_m
        elements.e = orbit.eccentricity
        elements.i = math.radians(orbit.inclination_deg)
        elements.Omega = math.radians(orbit.raan_deg)
        elements.omega = math.radians(orbit.arg_perigee_deg)
        elements.f = math.radians(orbit.true_anomaly_deg)
        position, velocity = orbitalMotion.elem2rv(self.mu_m3_s2, elements)
        self._spacecraft.hub.r_CN_NInit = position
        self._spacecraft.hub.v_CN_NInit = velocity

        self.period_s = 2 * math.pi * math.sqrt(orbit.semi_major_axis_m**3 / self.mu_m3_s2)
        self.last_time_s = int(orbit.duration_orbits * self.period_s // SAMPLE_INTERVAL_S) * SAMPLE_INTERVAL_S

    def states(self) -> Iterator[State]:
        """The states at 0 s, 10 s, … to the last full interval, each as soon as it is computed."""
        self._sim.InitializeSimulation()
        for time_s in range(0, self.last_time_s + 1, SAMPLE_INTERVAL_S):
            self._sim.ConfigureStopTime(macros.sec2nano(time_s))
            self._sim.ExecuteSimulation()
            state = self._spacecraft.scStateOutMsg.read()
            yield State(time_s, tuple(state.r_BN_N), tuple(state.v_BN_N))

    def elements(self, state: State) -> dict[str, float]:
        """The osculating elements of a state, named as the parameters are."""
        elements = orbitalMotion.rv2elem(self.mu_m3_s2, np.array(state.position_m), np.array(state.velocity_m_s))
        return {
            "semi_major_axis_m": float(elements.a),
            "eccentricity": float(elements.e),
            "inclination_deg": math.degrees(elements.i),
            "raan_deg": math.degrees(elements.Omega),
            "arg_perigee_deg": math.degrees(elements.omega),
            "true_anomaly_deg": math.degrees(elements.f),
        }
