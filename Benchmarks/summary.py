"""The summary of a measurement, from its JSON; and the README's section of it.

python Benchmarks/summary.py    writes the section of README.md anew, from Benchmarks/results/latest.json
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
RESULTS = HERE / "results" / "latest.json"
BEGIN = "<!-- The table is written by Benchmarks/summary.py. -->"
END = "<!-- End of the table. -->"


def text(document: dict[str, Any]) -> str:
    """Markdown: one line per goal of each part."""
    lines = ["| Benchmark | Here | Beside it | Ratio | To reach | Reached |", "| --- | --- | --- | --- | --- | --- |"]
    for part in document["parts"].values():
        for goal in part["goals"]:
            reached = ("yes" if goal["reached"] else "**no**") if goal["wanted"] else ""
            cells = [goal["what"], goal["ours"], goal["peer"], goal["result"], goal["wanted"], reached]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def origin(document: dict[str, Any]) -> str:
    """What the figures were taken on, in a sentence."""
    machine = document["machine"]
    dates = sorted(part["at"][:10] for part in document["parts"].values())
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    return (
        f"Measured on {when}: {machine['processors']} × {machine['processor']}, {machine['memory_gib']} GiB, "
        f"{machine['system']}, Linux {machine['kernel']}."
    )


def main() -> None:
    document = json.loads(RESULTS.read_text())
    section = f"{BEGIN}\n{origin(document)}\n\n{text(document)}\n{END}"
    readme = README.read_text()
    if BEGIN not in readme or END not in readme:
        raise SystemExit(f"bench: README.md has no place for the table, between '{BEGIN}' and '{END}'")
    README.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: section, readme, flags=re.DOTALL))


if __name__ == "__main__":
    main()
