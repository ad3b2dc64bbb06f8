"""The state that a main program has set up before an import, as far as modules examine it during their import."""

from __future__ import annotations

import os
import sys

from lynx_warm.effects import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Contexts:
    """Records states of the process; equal states are stored once."""

    def __init__(self, known: list[dict[str, Any]], environment: Environment) -> None:
        self._known = known
        self._environment = environment
        self._at_start = environment.plain()

    def now(self) -> int:
        """The index of the present state in the list."""
        variables = self._environment.plain()
        changed = {
            os.fsdecode(key): None if key not in variables else os.fsdecode(variables[key])
            for key in variables.keys() | self._at_start.keys()
            if variables.get(key) != self._at_start.get(key)
        }
        context = {"path": list(sys.path), "environment": changed}
        if self._known and self._known[-1] == context:
            return len(self._known) - 1
        if context in self._known:
            return self._known.index(context)
        self._known.append(context)
        return len(self._known) - 1


class Context:
    """A context manager that restores a recorded state for the duration of an import."""

    def __init__(self, context: dict[str, Any]) -> None:
        self._context = context
        self._variables: dict[str, str | None] = {}
        self._path: list[str] = []

    def __enter__(self) -> None:
        self._path = list(sys.path)
        sys.path[:] = self._context["path"]
        for name, value in self._context["environment"].items():
            self._variables[name] = os.environ.get(name)
            _put(name, value)

    def __exit__(self, *_: object) -> None:
        sys.path[:] = self._path
        for name, value in self._variables.items():
            _put(name, value)


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
