"""Writes Parquet files of one table in many ways into a folder, with pyarrow and polars, and prints what it holds.

    write_parquet.py FOLDER ROWS

The floats are printed as hexadecimal texts, so that no digit is lost.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars
import pyarrow as pa
import pyarrow.parquet as pq

TEXTS = ["", "a", "Größe µ €", 'quote " and\nline', "🛰️", "common prefix 1", "common prefix 12"]


def table(rows: int) -> pa.Table:
    random = np.random.default_rng(7)
    return pa.table(
        {
            "flag": pa.array(random.random(rows) < 0.5),
            "runs": pa.array(random.random(rows) < 0.95),
            "small": pa.array(random.integers(-(2**31), 2**31, rows), pa.int32()),
            "byte": pa.array(random.integers(-128, 128, rows), pa.int8()),
            "natural": pa.array(random.integers(0, 2**32, rows), pa.uint32()),
            "large": pa.array(random.integers(-(2**63), 2**63 - 1, rows), pa.int64()),
            "rising": pa.array(np.cumsum(random.integers(0, 100, rows)), pa.int64()),
            "level": pa.array(np.arange(rows) // 100, pa.int64()),
            "float": pa.array(random.standard_normal(rows).astype(np.float32)),
            "double": pa.array(random.standard_normal(rows) * 10.0 ** random.integers(-300, 300, rows)),
            "mode": pa.array([TEXTS[place] for place in random.integers(0, len(TEXTS), rows)]),
            "name": pa.array([f"run {place:05} {'x' * (place % 50)}" for place in range(rows)]),
        }
    )


def write(folder: Path, whole: pa.Table) -> None:
    required = whole.cast(pa.schema([field.with_nullable(False) for field in whole.schema]))
    for codec in ("none", "snappy", "gzip", "zstd"):
        for version in ("1.0", "2.0"):
            pq.write_table(
                whole, folder / f"pyarrow-{codec}-{version}.parquet", compression=codec, data_page_version=version
            )
        polars.DataFrame(whole).write_parquet(
            folder / f"polars-{codec}.parquet",
            compression="uncompressed" if codec == "none" else codec,  # type: ignore[arg-type]
        )
    pq.write_table(required, folder / "required.parquet", use_dictionary=False)
    pq.write_table(required, folder / "required-v2.parquet", data_page_version="2.0", compression="zstd")
    pq.write_table(whole, folder / "groups.parquet", row_group_size=77)
    pq.write_table(whole, folder / "pages.parquet", data_page_size=64, write_batch_size=10)
    pq.write_table(whole, folder / "half-dictionary.parquet", dictionary_pagesize_limit=500, write_batch_size=50)
    pq.write_table(whole, folder / "checksums.parquet", write_page_checksum=True, version="1.0")
    polars.DataFrame(whole).write_parquet(folder / "polars-groups.parquet", row_group_size=100)
    whole.to_pandas().to_parquet(folder / "pandas.parquet", index=False)
    numbers = ["small", "byte", "natural", "large", "rising", "level"]
    encodings = {
        "delta": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        "split": dict.fromkeys([*numbers, "float", "double"], "BYTE_STREAM_SPLIT"),
        "delta-length": {"mode": "DELTA_LENGTH_BYTE_ARRAY", "name": "DELTA_LENGTH_BYTE_ARRAY"},
        "delta-bytes": {"mode": "DELTA_BYTE_ARRAY", "name": "DELTA_BYTE_ARRAY"},
        "rle": {"flag": "RLE", "runs": "RLE"},
    }
    for name, encoding in encodings.items():
        pq.write_table(whole, folder / f"{name}.parquet", use_dictionary=False, column_encoding=encoding)


def write_bad(folder: Path) -> None:
    """What is to be refused."""
    one = {"mass": [1.0, 2.0, 3.0]}
    tables = {
        "null": {"mass": [1.0, 2.0, 3.0], "mode": ["a", None, "c"]},
        "nested": {"mass": [1.0], "point": [{"x": 1, "y": 2}]},
        "list": {"mass": [1.0], "points": [[1, 2]]},
        "nothing": {"mass": pa.array([None, None])},
        "empty": {"mass": pa.array([], pa.float64())},
        "time": {"at": pa.array([1, 2], pa.timestamp("us"))},
        "date": {"at": pa.array([1, 2], pa.date32())},
        "decimal": {"mass": pa.array([1, 2]).cast(pa.decimal128(30, 2))},
        "binary": {"mass": pa.array([b"\xff\xfe", b"a"])},
        "half": {"mass": pa.array(np.array([1.0], np.float16))},
        "unsigned": {"mass": pa.array([1, 2**63], pa.uint64())},
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    late = pa.table({"mass": [float(row) if row != 250 else None for row in range(300)]})
    pq.write_table(late, folder / "late-null.parquet", row_group_size=100, data_page_version="2.0")
    for codec in ("lz4", "brotli"):
        pq.write_table(pa.table(one), folder / f"{codec}.parquet", compression=codec)
    pq.write_table(pa.table({}), folder / "no-columns.parquet")
    pa.table(one).to_pandas().iloc[[2, 0, 1]].to_parquet(folder / "index.parquet")


def shown(value: object) -> object:
    return value.hex() if isinstance(value, float) else value


def main() -> None:
    folder = Path(sys.argv[1])
    good, bad = folder / "good", folder / "bad"
    good.mkdir()
    bad.mkdir()
    whole = table(int(sys.argv[2]))
    write(good, whole)
    write_bad(bad)
    json.dump({name: [shown(value) for value in whole[name].to_pylist()] for name in whole.column_names}, sys.stdout)


if __name__ == "__main__":
    main()
