"""A mass on a spring with friction, as an FMU for co-simulation; stands in for a model of your own."""

from pythonfmu import Fmi2Causality, Fmi2Slave, Fmi2Variability, Real


class Oscillator(Fmi2Slave):  # type: ignore[misc]
    """Integrates m x'' = -k x - c x' in small steps."""

    def __init__(self, **arguments: object) -> None:
        super().__init__(**arguments)
        self.mass_kg = 1.0
        self.stiffness = 20.0
        self.damping = 0.5
        self.position_m = 1.0
        self.velocity_m_s = 0.0
        for name in ("mass_kg", "stiffness", "damping"):
            self.register_variable(Real(name, causality=Fmi2Causality.parameter, variability=Fmi2Variability.tunable))
        for name in ("position_m", "velocity_m_s"):
            self.register_variable(Real(name, causality=Fmi2Causality.output))

    def do_step(self, _current_time: float, step_size: float) -> bool:
        steps = 20
        for _ in range(steps):
            force = -self.stiffness * self.position_m - self.damping * self.velocity_m_s
            self.velocity_m_s += force / self.mass_kg * step_size / steps
            self.position_m += self.velocity_m_s * step_size / steps
        return True
