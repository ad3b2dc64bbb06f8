"""What Schemathesis does differently here; it loads this file by the variable SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import schemathesis


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext,  # noqa: ARG001
    case: schemathesis.Case[Any],
    kwargs: dict[str, object],  # noqa: ARG001
) -> None:
    """Calls that may be held are not held: a random wait takes minutes, and says nothing of the answer."""
    if isinstance(case.body, dict) and isinstance(case.body.get("wait_seconds"), int | float):
        case.body["wait_seconds"] = 0


KNOWN: dict[str, list[str]] = json.loads(os.environ.get("LYNX_KNOWN", "{}"))
"""What there is, by the name of the path parameter that leads to it."""

choose = random.Random(20240607)


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext,  # noqa: ARG001
    path_parameters: dict[str, object] | None,
) -> dict[str, object] | None:
    """Random names lead nowhere: seven of eight become names of what there is."""
    for name, values in KNOWN.items():
        if path_parameters and name in path_parameters and choose.random() < 0.875:
            path_parameters[name] = choose.choice(values)
    return path_parameters


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext,  # noqa: ARG001
    case: schemathesis.Case[Any],
    response: schemathesis.Response,
) -> None:
    """Writes down which calls were answered with what they are for."""
    if response.status_code in (200, 206) and (path := os.environ.get("LYNX_ANSWERED")):
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{case.method} {case.operation.path}\n")
