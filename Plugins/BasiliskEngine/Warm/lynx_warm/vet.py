"""Imports a scenario's modules as a parent would, and determines which of them a parent may import for its copies.

A module is left to the jobs if its import had other effects than creating the module, or if its content differs from
that in the cold run. That process ran another main program, at another time and with another process id: content that
depends on none of these is equal in both.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
import types
from collections.abc import Callable

from lynx_warm import effects, importing, layout, script
from lynx_warm import plan as plans
from lynx_warm.fingerprint import VOLATILE, fingerprint, shared_generators
from lynx_warm.recorder import Frame, Listener, Recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Vetter(Listener):
    def __init__(self, plan: plans.Plan, own: frozenset[str]) -> None:
        self._plan = plan
        self._own = own
        self._library = effects.Library()
        self.environment = effects.Environment.install()
        self._generators: dict[str, bytes] = {}
        self._directories: list[str] = []
        self.reasons: dict[str, dict[str, str]] = {}
        self._hints: dict[str, set[str]] = {}
        self.recorder = Recorder(self)
        sys.addaudithook(self._audited)

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.listdir", "os.scandir"):
            # Directories that are searched for modules are read by the import system itself.
            caller = sys._getframe(1).f_code.co_filename
            if (
                "importlib" not in caller
                and not caller.startswith("<lynx_warm")
                and isinstance(arguments[0], str | bytes | None)
            ):
                self._directories.append(os.path.abspath(os.fsdecode(arguments[0] or ".")))
        elif event == "os.system" and not arguments[0].strip():
            pass
        elif event in ("subprocess.Popen", "os.fork", "os.exec", "os.system", "os.posix_spawn") and (
            stack := self.recorder.stack
        ):
            self.reasons.setdefault(stack[-1].name, {})["program"] = effects.EVENTS["program"]

    def _settle(self, name: str | None) -> None:
        """Attributes all effects since the last query to this module."""
        environment, is_copied = self.environment.take()
        directories, self._directories = self._directories, []
        events = self._library.events()
        before, self._generators = self._generators, {key: known.digest() for key, known in shared_generators().items()}
        if name is None:
            return
        reasons = self.reasons.setdefault(name, {})
        if any(self._generators.get(key) != digest for key, digest in before.items()):
            reasons["generators"] = effects.EVENTS["generators"]
        hints = self._hints.setdefault(name, set())
        hints.update(effects.hints_of(events), {"copied"} if is_copied else ())
        reasons.update(effects.reasons_of(events, may_draw=name in VOLATILE or name.startswith("numpy.random")))
        asked = set(environment)
        for what, _, *detail in events:
            if what == "variable":
                asked.add(detail[0])
            elif what in ("read", "absent") and detail and not effects.is_no_data(detail[0]):
                self._plan.add_file(os.path.abspath(detail[0]))
        for directory in directories:
            self._plan.add_file(directory)
        if own := sorted(asked & self._own):
            reasons["own"] = f"it reads {own[0]}, which is a job's own"
        if (known := self._plan.modules.get(name)) is not None:
            for one in asked - self._own:
                value = dict.get(self.environment, os.fsencode(one))
                known["variables"][one] = None if value is None else os.fsdecode(value)

    def begins(self, frame: Frame, outer: list[Frame]) -> None:
        self._library.watch(False)
        self._settle(outer[-1].name if outer else None)
        frame.data = effects.state(self._library, self.environment.plain()), []
        self._library.watch(True)

    def ends(self, frame: Frame, module: types.ModuleType | None, error: BaseException | None) -> None:
        self._library.watch(False)
        self._settle(frame.name)
        before, inner = frame.data
        now = effects.state(self._library, self.environment.plain())
        changed = effects.changes(before, now)
        new = {name: reason for name, reason in changed.items() if name not in inner}
        reasons = self.reasons.setdefault(frame.name, {})
        reasons.update(new)
        for outer in self.recorder.stack[:-1]:
            outer.data[1].extend(changed)
        if error is not None and not isinstance(error, importing.LeftOutError):
            reasons["error"] = f"it cannot be imported beforehand: {type(error).__name__}: {error}"[:200]
        if error is None and module is not None and frame.name in self._plan.modules:
            self._compare(frame.name, module, reasons)
        self._settle(None)
        self._library.watch(True)

    def _compare(self, name: str, module: types.ModuleType, reasons: dict[str, str]) -> None:
        reasons.pop("value", None)
        before, now = self._plan.fingerprints[name], fingerprint(module, self.recorder.modules[name].needs)
        differing = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        # The order of a set of functions differs, too: in installed code a difference counts only if it can depend on
        # the process, which its authors could not have tested.
        if differing and (self._hints.get(name) or not is_installed(module)):
            reasons["value"] = f"what it holds is not the same in every process ({', '.join(differing[:3])})"

    def watch_clocks(self) -> None:
        """Python calls these internally, too, so only calls by name count."""
        for name in ("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "process_time_ns"):
            setattr(time, name, self._clock(getattr(time, name)))

    def _clock(self, plain: Callable[[], float]) -> Callable[[], float]:
        def clock() -> float:
            if stack := self.recorder.stack:
                self._hints.setdefault(stack[-1].name, set()).add("clock")
            return plain()

        return clock

    def finish(self) -> None:
        self._library.watch(False)


def is_installed(module: types.ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return not isinstance(file, str) or effects.is_installed(file)


def main(path: str, variables: dict[str, str], fresh: dict[str, types.ModuleType]) -> None:
    plan = plans.Plan.read(variables["PLAN"])
    plan.read_fingerprints()
    plan.passes += 1
    own = frozenset(variables["OWN"].split(","))
    script.main_module(path)
    vetter = Vetter(plan, own)
    vetter.watch_clocks()
    importer = importing.Importer(plan, vetter.recorder)
    importer.run()
    vetter.finish()
    vetter.recorder.remove()
    vetter.environment.remove()
    found = False
    for name, why in importer.left_out.items():
        found |= plan.exclude(name, why)
    for name, reasons in vetter.reasons.items():
        if reasons and name not in plan.excluded:
            found |= plan.exclude(name, effects.most_telling(reasons))
    # For example a module that the scenario had replaced with another.
    strangers = {name for name in vetter.recorder.modules if name not in plan.modules and name in sys.modules}
    for name in plan.modules:
        record = vetter.recorder.modules.get(name)
        if name in plan.excluded:
            continue
        if record is None or not record.is_done or name not in sys.modules:
            found |= plan.exclude(name, "it is not there after the imports that a parent does")
        elif record.file != plan.modules[name]["file"]:
            found |= plan.exclude(name, f"it is found at {record.file} instead of {plan.modules[name]['file']}")
        elif stranger := next((need for need in record.needs if need in strangers), None):
            found |= plan.exclude(name, f"it needs {stranger}, which the scenario itself did not import")
        else:
            plan.modules[name]["needs"] = list(dict.fromkeys([*plan.modules[name]["needs"], *record.needs]))
            if record.file:
                plan.add_file(record.file)
            if "names" not in plan.modules[name]:
                plan.modules[name]["names"] = layout.names(record.file)
    found |= plan.exclude_dependents()
    plan.clean = not found
    plan.write()
    atexit._run_exitfuncs()
    sys.stdout = sys.stderr = None
    script.leave(0)
