"""A study as the control plane takes it: from a batch file, or from the same as a dictionary."""

from __future__ import annotations

import glob
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from lynx._bundles import Bundle, given
from lynx._scalars import CoreLoader, scalar
from lynx.errors import BatchFileError

Study = str | os.PathLike[str] | Mapping[str, Any]


def read_batch(
    study: Study,
    *,
    runs: int | None = None,
    seed: int | None = None,
    name: str | None = None,
    bundle: Bundle | None = None,
) -> dict[str, Any]:
    """The body of a submission.

    `study` is the path of a batch file, or its content as a dictionary. Files that it refers to (`pattern`, `table:
    {file}`) are read here, relative to the batch file, or for a dictionary to the working directory. `runs`, `seed`,
    `name` and `bundle` go before what it says. Raises `BatchFileError`.
    """
    if isinstance(study, Mapping):
        source, folder, content = "study", Path(), dict(study)
    else:
        source, folder = os.fspath(study), Path(study).parent
        content = _read(Path(study), source)
    body: dict[str, Any] = _plain(content, source, "")
    config = body.get("config")
    if isinstance(config, dict):
        monte_carlo = config.get("monte_carlo")
        if isinstance(monte_carlo, dict):
            if runs is not None:
                body.pop("runs_override", None)
                monte_carlo["runs"] = runs
            if seed is not None:
                monte_carlo["seed"] = seed
            _fill_table(monte_carlo, folder, source)
        _fill_patterns(config.get("dispersions"), folder, source)
        _place_bundle(config, folder, source, bundle)
    if name is not None:
        body["name"] = name
    return body


def _read(path: Path, source: str) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), CoreLoader)
    except OSError as error:
        raise BatchFileError(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BatchFileError(f"{source}: is not UTF-8 at byte {error.start}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise BatchFileError(f"{source}{place}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise BatchFileError(f"{source}: {str(error).splitlines()[0]}") from error
    if not isinstance(content, dict):
        raise BatchFileError(f"{source}: is no batch file; it begins with 'name: …' and 'config:'")
    return content


def _plain(value: object, source: str, path: str) -> Any:  # noqa: ANN401
    """The value with numbers of numpy as Python's, so that JSON can hold it.

    Raises `BatchFileError` with the field that holds anything else.
    """
    if isinstance(value, Mapping):
        return {str(key): _plain(entry, source, f"{path}.{key}" if path else str(key)) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(entry, source, f"{path}[{index}]") for index, entry in enumerate(value)]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise BatchFileError(f"{source}: {path}: {value} is no finite number")
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise BatchFileError(f"{source}: {path}: a {type(value).__name__} is neither text, number, list nor mapping")


def _place_bundle(config: dict[str, Any], folder: Path, source: str, bundle: Bundle | None) -> None:
    """Makes the path of the bundle absolute."""
    simulation = config.get("simulation")
    if not isinstance(simulation, dict):
        return
    own = simulation.get("bundle")
    if bundle is not None:
        kept = {key: own[key] for key in own if key not in ("path", "sha256")} if isinstance(own, dict) else {}
        simulation["bundle"] = {**kept, **given(bundle)}
        if "scenario" in simulation:
            raise BatchFileError(f"{source}: config.simulation.scenario names what runs; leave it or the bundle out")
    elif isinstance(own, dict) and isinstance(own.get("path"), str):
        own["path"] = os.path.abspath(folder / own["path"])


def _fill_patterns(dispersions: object, folder: Path, source: str) -> None:
    if not isinstance(dispersions, dict):
        return
    for name, entry in dispersions.items():
        distribution = entry.get("distribution") if isinstance(entry, dict) else None
        if not isinstance(distribution, dict) or distribution.get("type") != "files" or "pattern" not in distribution:
            continue
        pattern = str(distribution.pop("pattern"))
        found = sorted(match for match in glob.glob(pattern, root_dir=folder) if (folder / match).is_file())
        if not found:
            raise BatchFileError(
                f"{source}: config.dispersions.{name}.distribution.pattern: '{pattern}' matches no file"
                f" in {folder.resolve()}"
            )
        distribution["files"] = found


def _fill_table(monte_carlo: dict[str, Any], folder: Path, source: str) -> None:
    table = monte_carlo.get("table")
    if not isinstance(table, dict) or "file" not in table or "columns" in table or "rows" in table:
        return
    path = folder / str(table.pop("file"))
    columns, rows = _read_parquet(path, source) if path.suffix == ".parquet" else _read_csv(path, source)
    table["columns"], table["rows"] = columns, rows


# A value in quotes, or one without, and what ends it.
CELL = re.compile(r'[ \t]*(?:"((?:[^"]|"")*)"[ \t]*|([^,"\r\n]*))(,|\r\n|\n|\r|\Z)')


def _read_csv(path: Path, source: str) -> tuple[list[str], list[list[Any]]]:
    """The columns and rows of a CSV file; values in quotes are text, others are read as in YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BatchFileError(f"{source}: config.monte_carlo.table.file: {path}: {error}") from error
    header: list[str] = []
    rows: list[list[Any]] = []
    row: list[Any] = []
    place, line = 0, 1
    while place < len(text):
        cell = CELL.match(text, place)
        if cell is None:
            column = place - text.rfind("\n", 0, place)
            raise BatchFileError(
                f"{path}:{line}:{column}: is no value of CSV; double quotes within quotes are written twice"
            )
        quoted, bare, end = cell.groups()
        row.append(
            quoted.replace('""', '"') if quoted is not None else (bare.strip() if not header else scalar(bare.strip()))
        )
        place = cell.end()
        if end == "," and place < len(text):
            continue
        if row not in ([None], [""]):
            if not header:
                header = [str(name) for name in row]
            elif len(row) != len(header):
                raise BatchFileError(f"{path}:{line}: has {len(row)} values; the first line names {len(header)}")
            else:
                rows.append(row)
        row = []
        line += text.count("\n", cell.start(), cell.end())
    if not rows:
        raise BatchFileError(f"{path}: has no rows; give a line of column names, and a line of values for each run")
    return header, rows


def _read_parquet(path: Path, source: str) -> tuple[list[str], list[list[Any]]]:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise BatchFileError(f"{path}: reading Parquet needs pyarrow: pip install pyarrow") from error
    try:
        table = pyarrow.parquet.read_table(path)
    except (OSError, pyarrow.ArrowInvalid) as error:
        raise BatchFileError(f"{source}: config.monte_carlo.table.file: {path}: {error}") from error
    columns = [column.to_pylist() for column in table.columns]
    return list(table.column_names), [list(row) for row in zip(*columns, strict=True)]
