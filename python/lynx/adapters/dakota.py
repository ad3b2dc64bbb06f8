"""Dakota: the driver of an interface with `batch`, which gets the parameters of many evaluations in one file.

    interface
      analysis_drivers = 'python -m lynx.adapters.dakota --scenario beam --outputs deflection'
        fork
          parameters_file = 'params.in'
          results_file = 'results.out'
      batch

The formats are those of Dakota's user manual, "Parameters file format (standard)" and "Batched Evaluations".
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lynx.errors import LynxError
from lynx.pool import connect


def read_parameters(text: str) -> tuple[list[str], list[list[float]]]:
    """The names of the variables, and their values for each evaluation. Raises `ValueError` that names the line."""
    lines = text.splitlines()
    names: list[str] = []
    rows: list[list[float]] = []
    place = 0
    while place < len(lines):
        value, _, label = lines[place].strip().partition(" ")
        label = label.strip()
        if label == "variables":
            entries = [line.split(maxsplit=1) for line in lines[place + 1 : place + 1 + int(value)]]
            try:
                rows.append([float(number) for number, _ in entries])
            except ValueError as error:
                raise ValueError(f"line {place + 2}: a variable is no number and a name: {error}") from error
            found = [name.strip() for _, name in entries]
            if names and found != names:
                raise ValueError(f"line {place + 1}: the variables are not those of the first evaluation")
            names = found
            place += len(entries)
        elif label.startswith("ASV_") and value != "1":
            raise ValueError(f"line {place + 1}: {label} asks for derivatives; use numerical_gradients, or none")
        place += 1
    if not rows:
        raise ValueError("there are no variables: give parameters in Dakota's standard format, without aprepro")
    return names, rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m lynx.adapters.dakota", description="Evaluates a batch of Dakota's on a pool."
    )
    parser.add_argument("--scenario", required=True, help="the name of the simulation")
    parser.add_argument(
        "--outputs", required=True, help="the outputs, comma-separated, in the order of Dakota's responses"
    )
    parser.add_argument("--control-plane", help="its URL, instead of that in LYNX_CONTROL_PLANE_URL")
    parser.add_argument("parameters", type=Path, help="written by Dakota")
    parser.add_argument("results", type=Path, help="read by Dakota")
    given = parser.parse_args(arguments)
    try:
        names, rows = read_parameters(given.parameters.read_text(encoding="utf-8"))
        with (
            connect(given.control_plane) as pool,
            pool.function(given.scenario, names, outputs=given.outputs.split(",")) as function,
        ):
            evaluation = function.evaluate(rows, progress=False)
    except (LynxError, OSError, ValueError) as error:
        print(f"{given.parameters}: {error}" if isinstance(error, ValueError) else error, file=sys.stderr)
        return 2
    blocks = [
        "FAIL\n"
        if reason is not None
        else "".join(f"{value:.17e} {name}\n" for value, name in zip(values, evaluation.outputs, strict=True))
        for values, reason in zip(evaluation.values, evaluation.reasons, strict=True)
    ]
    given.results.write_text("#\n" + "#\n".join(blocks), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
