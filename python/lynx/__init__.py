"""Monte Carlo studies on a pool of runners, from Python.

    import lynx

    pool = lynx.local("orbit.py")
    study = pool.submit("study.yaml").wait()
    study.plot.scatter("semi_major_axis_m", "max_altitude_km")

`lynx.connect()` is the same with a control plane elsewhere. `pool.evaluate` runs a scenario for points that are given.
`docs/study-in-python.md` of the project shows all of it.
"""

from lynx.batchfile import read_batch
from lynx.errors import (
    BatchFileError,
    BundleError,
    Conflict,
    FieldError,
    InvalidRequest,
    LynxError,
    NotAllowed,
    NotFound,
    ProgramError,
    Refused,
    ServerError,
    Unavailable,
)
from lynx.evaluation import Evaluation, MissingOutputs
from lynx.function import Function
from lynx.local import LocalPool, local
from lynx.overview import Overview, Verdict, Verdicts
from lynx.pool import Pool, connect
from lynx.study import Study
from lynx.table import MissingPackage, Table
from lynx.telemetry import Telemetry

__all__ = [
    "BatchFileError",
    "BundleError",
    "Conflict",
    "Evaluation",
    "FieldError",
    "Function",
    "InvalidRequest",
    "LocalPool",
    "LynxError",
    "MissingOutputs",
    "MissingPackage",
    "NotAllowed",
    "NotFound",
    "Overview",
    "Pool",
    "ProgramError",
    "Refused",
    "ServerError",
    "Study",
    "Table",
    "Telemetry",
    "Unavailable",
    "Verdict",
    "Verdicts",
    "connect",
    "local",
    "read_batch",
]
