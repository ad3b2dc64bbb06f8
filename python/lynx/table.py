"""Columns of a study with their units, and what other libraries make of them."""

from __future__ import annotations

import difflib
import html
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lynx.errors import LynxError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

Column = NDArray[Any]


class MissingPackage(LynxError, ImportError):  # noqa: N818
    """A package that only this needs is not installed; the message has the command that installs it."""


class Table(Mapping[str, Column]):
    """Columns of equal length, by name, in the order of the control plane.

    Columns of numbers are float64, or int64 without gaps; a missing number is NaN. Times are datetime64[ms] in UTC,
    missing ones NaT. Others are of objects, missing ones None. A name may be given without its prefix (`mass_kg` for
    `parameters.mass_kg`) where that is not ambiguous.
    """

    def __init__(self, columns: Mapping[str, Column], units: Mapping[str, str] | None = None) -> None:
        self._columns = dict(columns)
        self.units: dict[str, str] = {name: unit for name, unit in (units or {}).items() if unit}
        self.rows = len(next(iter(self._columns.values()))) if self._columns else 0

    def full_name(self, name: str) -> str:
        """The name of the column that is meant. Raises `KeyError` with the nearest names."""
        if name in self._columns:
            return name
        candidates = [column for column in self._columns if column.split(".", 1)[-1] == name]
        if len(candidates) == 1:
            return candidates[0]
        if candidates:
            raise KeyError(f"'{name}' is ambiguous: {' or '.join(candidates)}")
        short = [column.split(".", 1)[-1] for column in self._columns]
        near = difflib.get_close_matches(name, [*self._columns, *short], n=3)
        raise KeyError(
            f"there is no column '{name}'; "
            + (f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(self._columns)}")
        )

    def label(self, name: str) -> str:
        """For axes: the name and its units."""
        full = self.full_name(name)
        unit = self.units.get(full, "")
        return f"{full.split('.', 1)[-1]} [{unit}]" if unit else full.split(".", 1)[-1]

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column as float64. Raises `TypeError` for a column of text."""
        column = self[name]
        try:
            return np.asarray(
                [np.nan if value is None else value for value in column] if column.dtype == object else column, float
            )
        except (TypeError, ValueError) as error:
            raise TypeError(f"column '{self.full_name(name)}' is not of numbers") from error

    def __getitem__(self, name: str) -> Column:
        return self._columns[self.full_name(name)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        """The number of columns, as of any mapping; `rows` is that of rows."""
        return len(self._columns)

    def names(self, prefix: str = "") -> list[str]:
        """The columns whose names begin so, such as `outputs.`."""
        return [name for name in self._columns if name.startswith(prefix)]

    def to_pandas(self) -> pandas.DataFrame:
        """A data frame; its units are in `frame.attrs["units"]`."""
        try:
            import pandas
        except ImportError as error:
            raise MissingPackage("this needs pandas: pip install pandas") from error
        frame = pandas.DataFrame(
            {
                name: pandas.Series(column).dt.tz_localize("UTC") if column.dtype.kind == "M" else column
                for name, column in self._columns.items()
            }
        )
        frame.attrs["units"] = dict(self.units)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """A table of Arrow; missing numbers are null, and units are in the metadata of their fields."""
        try:
            import pyarrow
        except ImportError as error:
            raise MissingPackage("this needs pyarrow: pip install pyarrow") from error
        arrays, fields = [], []
        for name, column in self._columns.items():
            kind = pyarrow.timestamp("ms", tz="UTC") if column.dtype.kind == "M" else None
            array = pyarrow.array(column, type=kind, from_pandas=True)
            unit = self.units.get(name)
            arrays.append(array)
            fields.append(pyarrow.field(name, array.type, metadata={"units": unit} if unit else None))
        return pyarrow.table(arrays, schema=pyarrow.schema(fields))

    def to_polars(self) -> polars.DataFrame:
        """A data frame of polars, which keeps no units: they stay in `units`."""
        try:
            import polars
        except ImportError as error:
            raise MissingPackage("this needs polars: pip install polars") from error
        return polars.DataFrame(
            {
                name: polars.Series(
                    name, column.tolist() if column.dtype == object else column, nan_to_null=column.dtype.kind == "f"
                )
                for name, column in self._columns.items()
            }
        )

    def to_parquet(self, path: str | os.PathLike[str]) -> None:
        """Writes a file of Parquet, with the units in the metadata of its fields."""
        table = self.to_arrow()
        import pyarrow.parquet

        pyarrow.parquet.write_table(table, path)

    def __repr__(self) -> str:
        return f"<{self.rows} rows of {len(self)} columns: {', '.join(self._columns)}>"

    def _repr_html_(self, most: int = 10) -> str:
        heads = "".join(
            f"<th>{html.escape(name)}<br><small>{html.escape(self.units.get(name, ''))}</small></th>"
            for name in self._columns
        )
        shown = range(self.rows) if self.rows <= most else [*range(most // 2), *range(self.rows - most // 2, self.rows)]
        lines = []
        for index in shown:
            cells = "".join(f"<td>{html.escape(shown_value(column[index]))}</td>" for column in self._columns.values())
            lines.append(f"<tr>{cells}</tr>")
        if self.rows > most:
            lines.insert(most // 2, f'<tr><td colspan="{len(self)}">…</td></tr>')
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table><p>{self.rows} rows</p>"


def shown_value(value: object) -> str:
    if value is None or (isinstance(value, (float, np.floating)) and np.isnan(value)):
        return "–"
    if isinstance(value, (float, np.floating)):
        return f"{value:.6g}"
    return str(value)
