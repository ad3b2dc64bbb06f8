"""Run by an interpreter before its scenario when the engine has started it to learn, to vet or to serve.

libLynxWarm.so, which is preloaded, makes the interpreter run this text; from outside the process looks like a plain
start of the scenario. The further modules follow in the same file, each after a line with its name. Neither they nor
their own imports are left in `sys.modules`, so that the scenario finds a fresh interpreter.
"""

from __future__ import annotations

import sys

FRESH = dict(sys.modules)
"""The modules that the interpreter itself has imported."""

import os  # noqa: E402
import types  # noqa: E402

SEPARATOR = "\n#:: "


def take_variables() -> dict[str, str]:
    """The engine's settings for this process, removed from its environment."""
    prefix = "LYNX_WARM_"
    taken = {name[len(prefix) :]: os.environ.pop(name) for name in list(os.environ) if name.startswith(prefix)}
    _, _, others = os.environ.pop("LD_PRELOAD", "").partition(":")
    if others:
        os.environ["LD_PRELOAD"] = others
    if "HASH_SEED" in taken:
        # This variable is the engine's: it gives sets one order when modules are learned and vetted.
        del os.environ["PYTHONHASHSEED"]
    return taken


def load(sections: list[str]) -> dict[str, types.ModuleType]:
    """The modules of this package, hidden from the scenario."""
    package = types.ModuleType("lynx_warm")
    package.__path__ = []
    sys.modules["lynx_warm"] = package
    loaded = {}
    for section in sections:
        name, _, text = section.partition("\n")
        module = types.ModuleType(f"lynx_warm.{name}")
        sys.modules[module.__name__] = module
        setattr(package, name, module)
        exec(compile(text, f"<lynx_warm/{name}.py>", "exec", dont_inherit=True), module.__dict__)
        loaded[name] = module
    return loaded


def main() -> None:
    variables = take_variables()
    with open(variables["BOOT"], encoding="utf-8") as file:
        sections = file.read().split(SEPARATOR)[1:]
    path = sys.argv[1]
    # Our own imports come from the installation, not from files in this directory.
    del sys.path[0]
    loaded = load(sections)
    for name in sys.modules.keys() - FRESH.keys():
        del sys.modules[name]
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    sys.argv = sys.argv[1:]
    sys.orig_argv = [sys.orig_argv[0], *sys.argv]
    loaded[variables["MODE"]].main(path, variables, FRESH)


if __name__ == "lynx_warm_boot":
    main()
