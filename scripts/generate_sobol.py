"""Writes the direction numbers of Sobol's sequence as a table in Swift, from those that scipy brings.

They are Joe and Kuo's (new-joe-kuo-6.21201; SIAM J. Sci. Comput. 30, 2008), of which the first dimensions are taken.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy
from scipy.stats import _sobol

DIMENSIONS = 1024
TABLE = Path(_sobol.__file__).with_name("_sobol_direction_numbers.npz")
OUTPUT = Path(__file__).parent.parent / "Sources/Sampling/Generated/SobolDirectionNumbers+Table.swift"


def lines() -> list[str]:
    """`coefficients initial numbers`: the polynomial without its ends, as in Joe and Kuo's file."""
    table = np.load(TABLE)
    found = []
    for polynomial, initial in zip(table["poly"][:DIMENSIONS], table["vinit"][:DIMENSIONS], strict=True):
        degree = int(polynomial).bit_length() - 1
        numbers = [int(number) for number in initial[:degree]]
        found.append(" ".join(map(str, [(int(polynomial) >> 1) & ((1 << max(degree - 1, 0)) - 1), *numbers])))
    return found


def main() -> None:
    OUTPUT.parent.mkdir(exist_ok=True)
    body = "\n".join(f"        {line}" for line in lines())
    OUTPUT.write_text(
        f"// Made by scripts/generate_sobol.py from the direction numbers in scipy {scipy.__version__}; "
        "not to be edited.\n\n"
        "extension SobolDirectionNumbers {\n"
        "    /// A line for each dimension: the coefficients of its polynomial, then its first direction numbers.\n"
        f'    static let table: StaticString = """\n{body}\n        """\n'
        "}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
