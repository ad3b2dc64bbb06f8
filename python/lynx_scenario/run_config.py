"""The sampled configuration of one run."""

from __future__ import annotations

import os

# As `typing.TYPE_CHECKING` is to a type checker, without the cost of importing it in every run.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

RUN_CONFIG_VARIABLE = "TETRYX_RUN_CONFIG"

ParameterValue = float | int | str | bool


class RunConfigError(Exception):
    """A run configuration that cannot be used; the message is one line and names the file."""


class Simulation:
    """What the batch says it simulates."""

    __slots__ = ("duration_minutes", "name", "type", "version")

    def __init__(
        self, name: str = "", version: str = "", type: str = "", duration_minutes: float | None = None
    ) -> None:
        self.name = name
        self.version = version
        self.type = type
        self.duration_minutes = duration_minutes


class RunConfig:
    """One run's sampled configuration.

    A file written by hand needs `parameters` only; the other fields have the defaults below.

    - `parameters`: the sampled values, by name;
    - `units`: the units of those that have any;
    - `job_id`, `batch_id`: "local" when there is no batch;
    - `run_index`: 0-based;
    - `nominal`: whether every parameter is at its nominal, and the run no part of the sample;
    - `seed`: this run's own, 0 ≤ seed < 2⁶⁴;
    - `simulation`: what the batch says it simulates;
    - `source`: the file all this came from, for messages.
    """

    __slots__ = ("batch_id", "job_id", "nominal", "parameters", "run_index", "seed", "simulation", "source", "units")

    def __init__(
        self,
        parameters: Mapping[str, ParameterValue],
        *,
        units: Mapping[str, str] | None = None,
        job_id: str = "local",
        batch_id: str = "local",
        run_index: int = 0,
        seed: int = 0,
        simulation: Simulation | None = None,
        source: str = "defaults",
        nominal: bool = False,
    ) -> None:
        self.parameters = parameters
        self.units = units or {}
        self.job_id = job_id
        self.batch_id = batch_id
        self.run_index = run_index
        self.seed = seed
        self.simulation = simulation or Simulation()
        self.source = source
        self.nominal = nominal

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str] | None = None,
        *,
        defaults: Mapping[str, ParameterValue] | None = None,
    ) -> RunConfig:
        """Reads `path`, or else the file that `TETRYX_RUN_CONFIG` names.

        `defaults` gives the parameters that the file does not, and all of them when there is no file, so that
        a scenario also runs by hand. Raises `RunConfigError` when there is no file and no defaults either,
        when the file cannot be read, or when it does not say what a run configuration must.
        """
        file = os.fspath(path) if path is not None else os.environ.get(RUN_CONFIG_VARIABLE)
        if not file:
            if defaults is None:
                raise RunConfigError(
                    f"no run configuration: set {RUN_CONFIG_VARIABLE} to a JSON file, or pass a path or defaults"
                )
            return cls(parameters=dict(defaults))
        return _parse(_read(file), file, defaults or {})

    def number(self, name: str) -> float:
        """The parameter as a finite float. Raises `RunConfigError` when it is missing or not a number."""
        value = self.parameters.get(name)
        if value is None:
            raise RunConfigError(f"{self.source}: parameter '{name}' is missing")
        if isinstance(value, bool) or not isinstance(value, float | int):
            raise RunConfigError(f"{self.source}: parameter '{name}' must be a number, not {_kind(value)}")
        try:
            return float(value)
        except OverflowError:
            raise RunConfigError(f"{self.source}: parameter '{name}' is too large for a double") from None


def _read(file: str) -> object:
    import json

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise RunConfigError(f"{file}: '{twice}' is given twice")
        return table

    def finite(text: str) -> float:
        number = float(text)
        if number - number != 0:
            raise RunConfigError(f"{file}: {text} is not a finite number")
        return number

    try:
        with open(file, encoding="utf-8") as stream:
            tree: object = json.load(stream, object_pairs_hook=unique, parse_constant=finite, parse_float=finite)
            return tree
    except OSError as error:
        raise RunConfigError(f"{file}: cannot read the run configuration: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RunConfigError(f"{file}: not UTF-8 text: {error.reason} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise RunConfigError(f"{file}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except RecursionError:
        raise RunConfigError(f"{file}: nested too deeply for a run configuration") from None


def _parse(tree: object, file: str, defaults: Mapping[str, ParameterValue]) -> RunConfig:
    top = _Object(tree, file, "")
    parameters = top.child("parameters", required=True)
    simulation = _Object(top.child("simulation").values, file, "simulation.")
    units = top.child("units")
    seed = top.integer("seed", 0)
    # The decimal text is what survives a tool that reads numbers as doubles and writes them again.
    if decimal := top.text("seed_decimal", ""):
        if not (decimal.isascii() and decimal.isdigit()):
            raise RunConfigError(f"{file}: 'seed_decimal' must be a whole number in decimal, not '{decimal}'")
        seed = int(decimal)
    if not 0 <= seed < 1 << 64:
        raise RunConfigError(f"{file}: 'seed' must be between 0 and 2^64 - 1, not {seed}")
    return RunConfig(
        parameters={**defaults, **{name: parameters.scalar(name) for name in parameters.values}},
        units={name: units.text(name, "") for name in units.values},
        job_id=top.text("job_id", "local"),
        batch_id=top.text("batch_id", "local"),
        run_index=top.integer("run_index", 0),
        seed=seed,
        simulation=Simulation(
            name=simulation.text("name", ""),
            version=simulation.text("version", ""),
            type=simulation.text("type", ""),
            duration_minutes=simulation.optional_number("duration_minutes"),
        ),
        source=file,
        nominal=top.flag("nominal"),
    )


class _Object:
    """A JSON object whose fields are read with their types checked."""

    def __init__(self, tree: object, file: str, prefix: str) -> None:
        if not isinstance(tree, dict):
            name = f"'{prefix.rstrip('.')}'" if prefix else "a run configuration"
            raise RunConfigError(f"{file}: {name} must be an object, not {_kind(tree)}")
        self.values: dict[str, Any] = tree
        self.file = file
        self.prefix = prefix

    def _wrong(self, key: str, wanted: str) -> RunConfigError:
        return RunConfigError(f"{self.file}: '{self.prefix}{key}' must be {wanted}, not {_kind(self.values[key])}")

    def child(self, key: str, required: bool = False) -> _Object:
        if required and key not in self.values:
            raise RunConfigError(f"{self.file}: '{self.prefix}{key}' is missing")
        return _Object(self.values.get(key, {}), self.file, f"{self.prefix}{key}.")

    def text(self, key: str, default: str) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise self._wrong(key, "a string")
        return value

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def integer(self, key: str, default: int) -> int:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(key, "a whole number")
        return value

    def optional_number(self, key: str) -> float | None:
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, float | int):
            raise self._wrong(key, "a number")
        return float(value)

    def scalar(self, key: str) -> ParameterValue:
        value = self.values[key]
        if not isinstance(value, float | int | str):
            raise self._wrong(key, "a number, a string or a boolean")
        return value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    for kind, name in ((bool, "a boolean"), (str, "a string"), (int | float, "a number"), (list, "a list")):
        if isinstance(value, kind):
            return name
    return "an object"
