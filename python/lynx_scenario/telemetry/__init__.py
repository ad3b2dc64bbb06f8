"""Scalar telemetry from a running scenario to the runner that launched it."""

from lynx_scenario.telemetry.client import TelemetryClient

__all__ = ["TelemetryClient"]
