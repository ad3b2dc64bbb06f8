"""The runner's telemetry address."""

import re

_ADDRESS = re.compile(r"(?:(?:http|grpc)://)?((?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5}))/?")


def grpc_target(url: str) -> str | None:
    """`host:port` of `http://host:port`, `grpc://host:port` or `host:port`; None when it is none of these."""
    match = _ADDRESS.fullmatch(url.strip())
    return match[1] if match and 0 < int(match[2]) < 65536 else None
