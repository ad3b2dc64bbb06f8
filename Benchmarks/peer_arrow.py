"""Writes a table of SQLite to standard output as an Arrow stream, with pandas and pyarrow, as by hand.

peer_arrow.py DATABASE
"""

from __future__ import annotations

import sqlite3
import sys

import pandas
import pyarrow
import pyarrow.ipc


def main() -> None:
    with sqlite3.connect(sys.argv[1]) as connection:
        frame = pandas.read_sql("SELECT * FROM runs", connection)
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    with pyarrow.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table, max_chunksize=8192)


if __name__ == "__main__":
    main()
