"""Imports the modules of a plan as a parent does: in the order of the cold run, without those that are left out."""

from __future__ import annotations

import _frozen_importlib as bootstrap
import sys
from collections.abc import Callable

from lynx_warm.context import Context
from lynx_warm.plan import Plan
from lynx_warm.recorder import Recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LeftOutError(BaseException):
    """A module being imported requests one that is left out; its import must not continue without that."""


class Importer:
    def __init__(self, plan: Plan, recorder: Recorder) -> None:
        self._plan = plan
        self._recorder = recorder
        self.left_out: dict[str, str] = {}
        """Modules that could not be imported because they need modules that are left out."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """A first finder on `sys.meta_path` that finds nothing and stops imports of modules that are left out."""
        if name in self._plan.excluded:
            for frame in self._recorder.stack:
                self.left_out.setdefault(frame.name, f"it needs {name}")
            raise LeftOutError(name)

    def run(self, after_each: Callable[[], object] = lambda: None) -> None:
        """`after_each` is called after each import of the main program."""
        self._recorder.install()
        sys.meta_path.insert(0, self)
        try:
            for root in self._plan.roots:
                self._import(root["name"], root["context"])
                after_each()
            # Other modules failed to import these because modules that request them are left out.
            for name, module in list(self._plan.modules.items()):
                self._import(name, module["context"])
        finally:
            sys.meta_path.remove(self)
            self._recorder.remove()

    def _import(self, name: str, context: int) -> None:
        if name in sys.modules or name in self.left_out:
            return
        parts = name.split(".")
        packages = [".".join(parts[: count + 1]) for count in range(len(parts))]
        if any(one in self._plan.excluded or one in self.left_out for one in packages):
            return
        try:
            with Context(self._plan.contexts[context]):
                bootstrap._gcd_import(name)  # type: ignore[attr-defined]
        except LeftOutError:
            pass
        except BaseException as error:
            # For modules of the plan, their own frame has recorded the reason.
            self.left_out.setdefault(name, f"it cannot be imported beforehand: {type(error).__name__}: {error}"[:200])
