"""What a runner does once for all the jobs that it copies from one process."""

from __future__ import annotations

# As `typing.TYPE_CHECKING` is to a type checker, without the cost of importing it in every run.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Preparation = TypeVar("Preparation", bound=Callable[[], object])

_preparations: list[Callable[[], object]] = []


def warm_up(preparation: Preparation) -> Preparation:
    """Has a function called once after the imports in a process of which jobs are copies.

    For what a job would otherwise do the first time it draws, simulates or solves: caches to fill, tables to build.
    A decorator for functions of modules, as of the scenario itself only import statements are run there. Without a
    runner, or with `warm_workers: false`, the function is never called, so results must not depend on it. It leaves no
    thread, child process, open descriptor or random generator, writes no file, and asks for no `TETRYX_*` variable;
    if it raises, jobs are started cold, and the runner's log says why.
    """
    _preparations.append(preparation)
    return preparation


def prepare() -> None:
    """Calls what was registered, in that order. For the process of which jobs are copies."""
    for preparation in _preparations:
        preparation()
