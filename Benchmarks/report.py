"""Tables of medians, and what they are measured by."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass, field


@dataclass
class Series:
    """One figure, taken several times."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def percentile(self, share: int) -> float:
        """The `share`-th of the 99 cut points between hundredths."""
        return statistics.quantiles(self.values, n=100)[share - 1] if len(self.values) > 1 else self.values[0]

    def text(self) -> str:
        return f"{figure(self.median)} ({figure(min(self.values))}–{figure(max(self.values))})"


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

    def ratio(self, row: str, pair: tuple[str, str]) -> float | None:
        """None where one of the two was not measured in this row."""
        figures = self.rows[row]
        if pair[0] not in figures or pair[1] not in figures:
            return None
        return figures[pair[0]].median / figures[pair[1]].median

    def show(self) -> None:
        heads = ["", *self.columns, *(f"{a} / {b}" for a, b in self.ratios)]
        lines = [heads]
        for row, figures in self.rows.items():
            cells = [figures[column].text() if column in figures else "" for column in self.columns]
            ratios = [self.ratio(row, pair) for pair in self.ratios]
            lines.append([row, *cells, *("" if ratio is None else f"{ratio:.2f}" for ratio in ratios)])
        widths = [max(len(line[i]) for line in lines) for i in range(len(heads))]
        print(f"\n{self.title}; {self.unit}: median (minimum–maximum)")
        for line in lines:
            first, *rest = line
            print("  ".join([first.ljust(widths[0]), *(cell.rjust(widths[i + 1]) for i, cell in enumerate(rest))]))

    def document(self) -> dict[str, object]:
        return {
            "title": self.title,
            "unit": self.unit,
            "figures": {
                row: {column: [float(f"{value:.6g}") for value in s.values] for column, s in figures.items()}
                for row, figures in self.rows.items()
            },
            "ratios_of_medians": {
                row: {f"{a} / {b}": self.ratio(row, (a, b)) for a, b in self.ratios} for row in self.rows
            },
        }


@dataclass(frozen=True)
class Goal:
    """One line of the summary: what was to be reached, and whether it was."""

    what: str
    ours: str
    peer: str
    """Empty where nothing is compared with."""
    result: str
    wanted: str
    """Empty where a figure is only shown."""
    reached: bool

    @staticmethod
    def ratio(
        what: str,
        table: Table,
        row: str,
        ours: str,
        peer: str,
        wanted: float,
        *,
        fewer: bool = False,
        strictly: bool = False,
    ) -> Goal:
        """At least `wanted` times the peer's figure; with `fewer` the peer's at least `wanted` times ours."""
        figures = table.rows[row]
        mine, other = figures[ours].median, figures[peer].median
        ratio = other / mine if fewer else mine / other
        return Goal(
            what,
            f"{figure(mine)} {table.unit}",
            f"{figure(other)}, {peer}",
            f"{ratio:.2f} ×",
            f"more than {wanted:g} ×" if strictly else f"{wanted:g} ×",
            ratio > wanted if strictly else ratio >= wanted,
        )

    @staticmethod
    def most(what: str, value: float, unit: str, limit: float, *, peer: str = "") -> Goal:
        """At most `limit`."""
        return Goal(what, f"{figure(value)} {unit}", peer, "", f"under {figure(limit)} {unit}", value < limit)

    @staticmethod
    def least(what: str, value: float, unit: str, limit: float) -> Goal:
        """At least `limit`."""
        return Goal(what, f"{figure(value)} {unit}", "", "", f"{figure(limit)} {unit}", value >= limit)

    @staticmethod
    def shown(what: str, table: Table, row: str, ours: str, peer: str) -> Goal:
        figures = table.rows[row]
        return Goal(what, figure(figures[ours].median), f"{figure(figures[peer].median)}, {peer}", "", "", True)

    def document(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class Result:
    """What one part has measured."""

    tables: list[Table]
    goals: list[Goal]


def figure(value: float) -> str:
    """Three digits, or all before the point."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
