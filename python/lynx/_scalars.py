"""What a plain YAML scalar means: the core schema of YAML 1.2 (§10.3.2), as `lynxctl` reads it.

PyYAML reads YAML 1.1, where `on` is true, `1e6` is text and `010` is 8.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

NULLS = {"", "~", "null", "Null", "NULL"}
BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*|(?=\.[0-9]))(\.[0-9]*)?([eE][-+]?[0-9]+)?")
HEXADECIMAL, OCTAL = re.compile(r"0x[0-9a-fA-F]+"), re.compile(r"0o[0-7]+")
NON_FINITE = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"}


def scalar(text: str) -> str | int | float | bool | None:
    """The value of a scalar without quotes; what is neither null nor a truth value nor a number is text."""
    if text in NULLS:
        return None
    if text in BOOLS:
        return BOOLS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if FLOAT.fullmatch(text):
        return float(text)
    if HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if text.lstrip("+-") in NON_FINITE:
        return float(text.replace(".", "", 1))
    return text


class CoreLoader(yaml.SafeLoader):
    """Reads the core schema; a key that is there twice is an error, as a later one would silently win."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:  # noqa: ANN401
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' is there twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def flatten_mapping(self, node: Any) -> None:  # noqa: ANN401
        """`<<` is a key like any other in YAML 1.2."""


def _plain(_: CoreLoader, node: yaml.ScalarNode) -> str | int | float | bool | None:
    return scalar(node.value)


# Every plain scalar resolves to one tag, which `scalar` constructs; quoted ones stay text.
CoreLoader.yaml_implicit_resolvers = {}
CoreLoader.add_implicit_resolver("!plain", re.compile(r"", re.DOTALL), None)
CoreLoader.add_constructor("!plain", _plain)
