"""Reads an Arrow stream with pyarrow and with polars, writes it again, and prints what both say of it as JSON."""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime
from pathlib import Path

import polars
import pyarrow as pa
import pyarrow.ipc


def shown(value: object) -> object:
    """Floats by their bits, so that NaN equals NaN and 0.0 is not -0.0; times in microseconds."""
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, datetime):
        return round(value.timestamp() * 1_000_000)
    return value


def text(metadata: dict[bytes, bytes] | None) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in (metadata or {}).items()}


def main() -> None:
    data = Path(sys.argv[1]).read_bytes()
    reader = pa.ipc.open_stream(io.BytesIO(data))
    batches = list(reader)
    table = pa.Table.from_batches(batches, reader.schema)
    table.validate(full=True)

    # The same table as pyarrow itself writes it: what it then reads must be no different.
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    again = pa.ipc.open_stream(io.BytesIO(buffer.getvalue())).read_all()

    frame = polars.read_ipc_stream(io.BytesIO(data))
    columns = [shown(column.to_pylist()) for column in table.columns]
    report = {
        "names": table.schema.names,
        "types": [str(field.type) for field in table.schema],
        "field_metadata": [text(field.metadata) for field in table.schema],
        "schema_metadata": text(table.schema.metadata),
        "batches": [batch.num_rows for batch in batches],
        "null_counts": [column.null_count for column in table.columns],
        "columns": columns,
        "same_when_written_again": again.schema.equals(table.schema, check_metadata=True)
        and [shown(column.to_pylist()) for column in again.columns] == columns,
        "polars": [shown(column.to_list()) for column in frame.get_columns()],
    }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
