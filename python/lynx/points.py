"""Points that a scenario is run for, as rows: from data frames, dictionaries, lists of dictionaries and arrays."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

# A data frame of pandas or polars, a table of Arrow or of this package, a mapping of columns, a list of mappings, or
# an array.
Points = Any
Value = float | int | str | bool
Row = list[Value]


def columns_of(points: Points) -> list[str]:
    """The names of the parameters. Raises `TypeError` for an array, which has none."""
    names = getattr(points, "column_names", None)
    if names is None and not isinstance(points, Mapping):
        names = getattr(points, "columns", None)
    if names is not None:
        return [str(name) for name in names]
    if isinstance(points, Mapping):
        return [str(name) for name in points]
    if isinstance(points, Sequence) and not isinstance(points, str) and points and isinstance(points[0], Mapping):
        return [str(name) for name in points[0]]
    raise TypeError(
        f"a {type(points).__name__} does not name the parameters; give a data frame, a dictionary of columns, a list of"
        " dictionaries, or an array together with parameters=[…]"
    )


def rows_of(points: Points, parameters: Sequence[str]) -> list[Row]:
    """A row for each point, in the order of `parameters`.

    Raises `ValueError` that names the point and the parameter.
    """
    if isinstance(points, np.ndarray) or (_is_list(points) and not (points and isinstance(points[0], Mapping))):
        rows = _array_rows(points, parameters)
    elif _is_list(points):
        rows = [_mapping_row(point, parameters, index) for index, point in enumerate(points)]
    else:
        names = columns_of(points)
        _expect(set(names), parameters, "the points")
        columns = [_values(points[name]) for name in parameters]
        lengths = {len(column) for column in columns}
        if len(lengths) > 1:
            sizes = ", ".join(f"{name} has {len(column)}" for name, column in zip(parameters, columns, strict=True))
            raise ValueError(f"the columns differ in length: {sizes}")
        rows = [list(row) for row in zip(*columns, strict=True)]
    for index, row in enumerate(rows):
        for place, value in enumerate(row):
            row[place] = _checked(value, parameters[place], index)
    return rows


def _is_list(points: Points) -> bool:
    return isinstance(points, Sequence) and not isinstance(points, (str, bytes))


def _array_rows(points: Points, parameters: Sequence[str]) -> list[Row]:
    array = np.asarray(points)
    if array.size == 0:
        return []
    if array.ndim == 1 and len(parameters) == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] != len(parameters):
        raise ValueError(
            f"points have the shape {array.shape};"
            f" give (points, {len(parameters)}), a column for each of {', '.join(parameters)}"
        )
    rows: list[Row] = array.tolist()
    return rows


def _mapping_row(point: Mapping[str, Any], parameters: Sequence[str], index: int) -> Row:
    _expect(set(point), parameters, f"point {index}")
    return [point[name] for name in parameters]


def _expect(found: set[str], parameters: Sequence[str], what: str) -> None:
    missing, extra = sorted(set(parameters) - found), sorted(found - set(parameters))
    problems = [f"no value of {name}" for name in missing] + [f"{name} is no parameter" for name in extra]
    if problems:
        raise ValueError(f"{what}: {'; '.join(problems)}; the parameters are {', '.join(parameters)}")


def _values(column: Any) -> list[Any]:  # noqa: ANN401
    for conversion in ("to_pylist", "tolist", "to_list"):
        if hasattr(column, conversion):
            return list(getattr(column, conversion)())
    return list(column)


def _checked(value: object, name: str, index: int) -> Value:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"point {index}: {name} is {value}; give a finite number")
    if isinstance(value, (float, int, str, bool)):
        return value
    raise ValueError(f"point {index}: {name} is a {type(value).__name__}; give a number, a text or a truth value")
