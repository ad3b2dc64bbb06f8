"""This project's client in the loop of `emit_loop.py`."""

from __future__ import annotations

import emit_loop
from lynx_scenario import TelemetryClient

if __name__ == "__main__":
    with TelemetryClient.from_env() as client:
        emit_loop.serve(client.emit)
