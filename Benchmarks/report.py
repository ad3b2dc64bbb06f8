"""Tables of medians."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass
class Series:
    """One figure, taken several times."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def text(self) -> str:
        return f"{self.median:.0f} ({min(self.values):.0f}–{max(self.values):.0f})"


@dataclass
class Table:
    title: str
    unit: str
    columns: list[str]
    """Of the figures; one more column says what a row is."""
    rows: dict[str, dict[str, Series]] = field(default_factory=dict)
    ratios: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of columns whose medians are divided, first by second."""

    def add(self, row: str, column: str, value: float) -> None:
        self.rows.setdefault(row, {}).setdefault(column, Series()).values.append(value)

    def ratio(self, row: str, pair: tuple[str, str]) -> float:
        return self.rows[row][pair[0]].median / self.rows[row][pair[1]].median

    def show(self) -> None:
        heads = ["", *self.columns, *(f"{a} / {b}" for a, b in self.ratios)]
        lines = [heads]
        for row, figures in self.rows.items():
            cells = [figures[column].text() if column in figures else "" for column in self.columns]
            lines.append([row, *cells, *(f"{self.ratio(row, pair):.2f}" for pair in self.ratios)])
        widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
        print(f"\n{self.title}; {self.unit}: median (minimum–maximum)")
        for line in lines:
            first, *rest = line
            print("  ".join([first.ljust(widths[0]), *(cell.rjust(widths[i + 1]) for i, cell in enumerate(rest))]))

    def document(self) -> dict[str, object]:
        return {
            "title": self.title,
            "unit": self.unit,
            "figures": {row: {column: s.values for column, s in figures.items()} for row, figures in self.rows.items()},
            "ratios_of_medians": {
                row: {f"{a} / {b}": self.ratio(row, (a, b)) for a, b in self.ratios} for row in self.rows
            },
        }
