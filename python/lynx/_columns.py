"""A table from what the control plane sends: Arrow, or rows of JSON."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lynx.table import Column, Table

ARROW = "application/vnd.apache.arrow.stream"
TIMES = {"created_at", "claimed_at", "started_at", "completed_at"}


def column(values: Sequence[Any], *, is_time: bool = False) -> Column:
    """The narrowest kind of column that holds the values; None is a missing one."""
    if is_time:
        return np.array(
            [np.datetime64("NaT") if value is None else value.removesuffix("Z") for value in values], "datetime64[ms]"
        )
    kinds = {type(value) for value in values}
    if kinds <= {bool} and kinds:
        return np.array(values, bool)
    if kinds == {int}:
        try:
            return np.array(values, np.int64)
        except OverflowError:
            return np.array(values, object)
    if kinds <= {int, float, type(None)} and kinds - {type(None)}:
        return np.array([np.nan if value is None else value for value in values], float)
    found = np.empty(len(values), object)
    found[:] = values
    return found


def from_rows(rows: Sequence[Mapping[str, Any]], names: Iterable[str], units: Mapping[str, str]) -> Table:
    """Columns of rows that are mappings; a value that a row does not have is missing."""
    return Table({name: column([row.get(name) for row in rows], is_time=name in TIMES) for name in names}, units)


def from_arrow(content: bytes) -> Table:
    """A stream of Arrow IPC, with the units of a field in its metadata. Needs pyarrow."""
    import pyarrow
    import pyarrow.ipc

    with pyarrow.ipc.open_stream(io.BytesIO(content)) as reader:
        table = reader.read_all()
    columns: dict[str, Column] = {}
    units: dict[str, str] = {}
    for field, chunks in zip(table.schema, table.columns, strict=True):
        columns[field.name] = _from_chunks(field, chunks)
        if field.metadata and b"units" in field.metadata:
            units[field.name] = field.metadata[b"units"].decode()
    return Table(columns, units)


def _from_chunks(field: Any, chunks: Any) -> Column:  # noqa: ANN401
    import pyarrow

    kind = field.type
    if pyarrow.types.is_timestamp(kind):
        return chunks.cast(pyarrow.timestamp("ms")).to_numpy().astype("datetime64[ms]")  # type: ignore[no-any-return]
    if pyarrow.types.is_integer(kind) and chunks.null_count:
        chunks, kind = chunks.cast(pyarrow.float64()), pyarrow.float64()
    if pyarrow.types.is_floating(kind) or pyarrow.types.is_integer(kind):
        return chunks.to_numpy()  # type: ignore[no-any-return]
    if pyarrow.types.is_boolean(kind) and not chunks.null_count:
        return np.array(chunks.to_pylist(), bool)
    if pyarrow.types.is_dictionary(kind) and len(chunks) and not chunks.null_count:
        # Each text once, and a reference to it for each row.
        whole = chunks.unify_dictionaries().combine_chunks()
        texts: Column = np.array(whole.dictionary.to_pylist(), object)[whole.indices.to_numpy()]
        return texts
    found = np.empty(len(chunks), object)
    found[:] = chunks.to_pylist()
    return found


def has_arrow() -> bool:
    try:
        import pyarrow.ipc  # noqa: F401
    except ImportError:
        return False
    return True
