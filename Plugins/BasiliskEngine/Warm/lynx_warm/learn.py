"""A cold run of the scenario that records its imports: the modules, their order and their dependencies."""

from __future__ import annotations

import os
import sys
import time
import types

from lynx_warm import plan as plans
from lynx_warm import script
from lynx_warm.context import Contexts
from lynx_warm.effects import Environment
from lynx_warm.fingerprint import fingerprint
from lynx_warm.recorder import Frame, Listener, Recorder


class Learner(Listener):
    def __init__(self, plan: plans.Plan, environment: Environment, own: frozenset[str]) -> None:
        self._plan = plan
        self._environment = environment
        self._own = own
        self._contexts = Contexts(plan.contexts, environment)
        self._asked: dict[str, dict[str, str | None]] = {}
        self.recorder = Recorder(self)

    def root(self, name: str) -> None:
        self._plan.roots.append({"name": name, "context": self._contexts.now()})

    def begins(self, frame: Frame, outer: list[Frame]) -> None:
        self._settle(outer[-1].name if outer else None)
        frame.data = self._contexts.now()

    def _settle(self, name: str | None) -> None:
        """Attributes all reads since the last query to this module."""
        asked, _ = self._environment.take()
        if name is not None:
            known = self._asked.setdefault(name, {})
            known.update({one: value for one, value in asked.items() if one not in self._own})

    def ends(self, frame: Frame, module: types.ModuleType | None, error: BaseException | None) -> None:
        began = time.perf_counter_ns()
        self._settle(frame.name)
        record = self.recorder.modules[frame.name]
        if error is None and module is not None:
            self._plan.modules.pop(frame.name, None)
            self._plan.modules[frame.name] = {
                "file": record.file,
                "context": frame.data,
                "variables": self._asked[frame.name],
            }
            self._plan.fingerprints[frame.name] = fingerprint(module, record.needs)
        if len(stack := self.recorder.stack) > 1:
            # The time spent here is not the importer's.
            stack[-2].inner += time.perf_counter_ns() - began

    def finish(self) -> None:
        """Adds to the plan what is only known at the end of the run."""
        for name, known in list(self._plan.modules.items()):
            record = self.recorder.modules[name]
            if sys.modules.get(name) is None or not record.is_done:
                del self._plan.modules[name]
                continue
            known.update(self_ns=max(record.self_ns, 0), needs=list(record.needs))


def main(path: str, variables: dict[str, str], fresh: dict[str, types.ModuleType]) -> None:
    plan = plans.Plan(variables["PLAN"])
    plan.entrypoint = path
    try:
        code = script.compiled(path)
    except (OSError, SyntaxError, ValueError):
        # The interpreter reports the error itself.
        os.execv(sys.executable, [sys.orig_argv[0], path])
    process = os.getpid()
    environment = Environment.install()
    learner = Learner(plan, environment, frozenset(variables["OWN"].split(",")))
    began = time.perf_counter_ns()
    learner.recorder.install()
    status = script.run_script(path, code)
    if os.getpid() == process:
        plan.run_ns = time.perf_counter_ns() - began
        learner.recorder.remove()
        learner.finish()
        environment.remove()
        plan.add_file(path)
        plan.write_fingerprints()
        plan.write()
    script.leave(status)
