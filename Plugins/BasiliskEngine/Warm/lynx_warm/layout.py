"""Where a parent puts the objects that most of its jobs touch.

Python counts references in the objects themselves, so a job that touches an object copies its page of memory, and the
imports of a large package spread such objects over as many pages as there are objects. Here modules and their names are
made beforehand, one after the other. They become part of the program when the imports would have made them, so that it
has the same objects in the same places.
"""

from __future__ import annotations

import _frozen_importlib as bootstrap
import _frozen_importlib_external as external
import marshal
import sys
import types
from collections.abc import Callable

from lynx_warm.plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

FEW = 16
"""Modules with fewer names are left as they are."""
HEADER = 16
"""The bytes before the code in a file of compiled code."""


class Layout:
    """Used while the modules of a plan are imported."""

    def __init__(self, plan: Plan) -> None:
        warm = plan.warm()
        self._names = {name: plan.modules[name].get("names", "").split() for name in warm}
        self._modules = [types.ModuleType.__new__(types.ModuleType) for _ in warm]
        self._new_module: Callable[[str], types.ModuleType] = bootstrap._new_module  # type: ignore[attr-defined]
        self._get_code = external.SourceLoader.get_code

    def __enter__(self) -> Self:
        """The next import takes a module that is there, and its code finds its names interned."""
        modules, texts, original = self._modules, self._names, self._get_code
        modules.reverse()

        def new_module(name: str) -> types.ModuleType:
            if not modules:
                return self._new_module(name)
            module = modules.pop()
            module.__init__(name)  # type: ignore[misc]
            return module

        def get_code(loader: Any, name: str) -> types.CodeType | None:
            # A name that the code turns out not to have is forgotten when this returns.
            kept = [sys.intern(one) for one in texts.pop(name, ())]
            code = original(loader, name)
            del kept
            return code

        bootstrap._new_module = new_module  # type: ignore[attr-defined]
        external.SourceLoader.get_code = get_code  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *_: object) -> None:
        bootstrap._new_module = self._new_module  # type: ignore[attr-defined]
        external.SourceLoader.get_code = self._get_code  # type: ignore[method-assign]


def names(path: str | None) -> str:
    """The names in a module's own code, between spaces, if there are many; of what cannot be read, none."""
    if not path or not path.endswith(".py"):
        return ""
    try:
        with open(external.cache_from_source(path), "rb") as file:
            content = file.read()
        if not content.startswith(external.MAGIC_NUMBER):
            return ""
        code = marshal.loads(content[HEADER:])
    except (OSError, ValueError, EOFError, TypeError, NotImplementedError):
        return ""
    return " ".join(code.co_names) if isinstance(code, types.CodeType) and len(code.co_names) >= FEW else ""
