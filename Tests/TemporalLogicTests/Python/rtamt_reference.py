"""Writes Fixtures/rtamt.json: the robustness of random formulas on random signals, as rtamt computes it.

Short signals are written down with all of the robustness. Long ones are given by the seed of SplitMix64, from which a
reader draws them again, and their robustness by its first value, the number of its steps and their sum.

The numbers are drawn from a fixed seed, so that the file comes out the same each time. To make it again:

    python3 -m venv .venv-rtamt && .venv-rtamt/bin/pip install -r Tests/TemporalLogicTests/Python/requirements.txt
    .venv-rtamt/bin/python Tests/TemporalLogicTests/Python/rtamt_reference.py

Each formula is drawn as a tree and written in two languages. What rtamt has no words for is written out: a negative
number as a difference, min and max as `and` and `or`, which are the same functions of numbers there.
"""

import json
import logging
import math
import random
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import rtamt  # type: ignore[import-not-found]

SEED = 20
NAMES = {"x": "x", "y": "y", "ball.speed_m_s": "z"}
RELATIONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "==", "!=": "!=="}

Samples = list[list[float]]
Tree = tuple[Any, ...]


class Draw:
    """Random signals and formulas; exact ones have times, bounds and values on a grid, so that many coincide."""

    def __init__(self, seed: str, *, exact: bool, longest: float = 6) -> None:
        self.random = random.Random(seed)
        self.exact = exact
        self.longest = longest

    def number(self, low: float, high: float) -> float:
        value = self.random.uniform(low, high)
        return round(value * 2) / 2 if self.exact else round(value, 3)

    def time(self, high: float) -> float:
        value = self.random.uniform(0, high)
        return round(value * 4) / 4 if self.exact else round(value, 2)

    def signal(self, start: float, samples: int) -> Samples:
        time, out = start, []
        for _ in range(samples):
            out.append([time, self.number(-3, 3)])
            time += (
                self.random.randint(1, 8) / 4
                if self.exact
                else self.random.choice([0.1, self.random.uniform(0.01, 1.5)])
            )
        return out

    def term(self, depth: int) -> Tree:
        kind = self.random.randrange(12) if depth > 0 else self.random.randrange(4)
        if kind < 3:
            return ("variable", self.random.choice(list(NAMES)))
        if kind < 4:
            return ("number", self.number(-3, 3))
        if kind < 5:
            return ("abs", self.term(depth - 1))
        if kind < 6:
            return ("-", self.term(depth - 1))
        if kind < 7:
            return ("/", self.term(depth - 1), ("number", self.random.choice([2.0, -4.0, 0.5])))
        return (self.random.choice(["+", "-", "*", "min", "max"]), self.term(depth - 1), self.term(depth - 1))

    def relation(self) -> Tree:
        symbol = self.random.choice(["<", "<=", ">", ">=", "<", ">", "==", "!="])
        left = self.term(self.random.choice([0, 0, 1, 2]))
        right = ("number", self.number(-2, 2)) if self.random.random() < 0.7 else self.term(1)
        return (symbol, left, right)

    def bounds(self) -> tuple[float, float] | None:
        if self.random.random() < 0.25:
            return None
        low = 0.0 if self.random.random() < 0.4 else self.time(self.longest / 2)
        high = low if self.random.random() < 0.1 else low + self.time(self.longest)
        return (low, round(high, 2))

    def formula(self, depth: int, *, past: bool) -> Tree:
        if depth == 0:
            return self.relation()
        kind = self.random.choice(
            ["always", "eventually", "until", "until", "not", "and", "or", "implies", "iff", "past"]
        )
        if kind == "past":
            kind = self.random.choice(["once", "historically"]) if past else "always"
        operands = [self.formula(self.random.randrange(depth), past=past)]
        if kind in ("until", "and", "or", "implies", "iff"):
            operands.append(self.formula(self.random.randrange(depth), past=past))
        if kind in ("always", "eventually", "until", "once", "historically"):
            return (kind, self.bounds(), *operands)
        return (kind, *operands)


def variables(tree: Tree) -> set[str]:
    if tree[0] == "variable":
        return {tree[1]}
    return set().union(*(variables(part) for part in tree if isinstance(part, tuple) and isinstance(part[0], str)))


def ours(tree: Tree) -> str:
    match tree:
        case ("variable", name):
            return str(name)
        case ("number", value):
            return repr(value)
        case ("abs", operand):
            return f"abs({ours(operand)})"
        case ("-", operand):
            return f"-({ours(operand)})"
        case ("min" | "max" as function, left, right):
            return f"{function}({ours(left)}, {ours(right)})"
        case ("not", operand):
            return f"not({ours(operand)})"
        case ("until", bounds, left, right):
            return f"({ours(left)}) until{interval(bounds)} ({ours(right)})"
        case ("always" | "eventually" | "once" | "historically" as operator, bounds, operand):
            return f"{operator}{interval(bounds)}({ours(operand)})"
        case (operator, left, right):
            return f"({ours(left)}) {operator} ({ours(right)})"
    raise ValueError(tree)


def theirs(tree: Tree) -> str:
    match tree:
        case ("variable", name):
            return NAMES[name]
        case ("number", value):
            return f"(0 - {-value!r})" if value < 0 else repr(value)
        case ("abs", operand):
            return f"abs({theirs(operand)})"
        case ("-", operand):
            return f"(0 - {theirs(operand)})"
        case ("min", left, right):
            return f"({theirs(left)} and {theirs(right)})"
        case ("max", left, right):
            return f"({theirs(left)} or {theirs(right)})"
        case ("not", operand):
            return f"not({theirs(operand)})"
        case ("iff", left, right):  # rtamt's own is another function: -|left - right|
            return f"(({theirs(left)} implies {theirs(right)}) and ({theirs(right)} implies {theirs(left)}))"
        case ("until", bounds, left, right):
            return f"(({theirs(left)}) until{interval(bounds)} ({theirs(right)}))"
        case ("always" | "eventually" | "once" | "historically" as operator, bounds, operand):
            return f"({operator}{interval(bounds)}({theirs(operand)}))"
        case (operator, left, right):
            return f"(({theirs(left)}) {RELATIONS.get(operator, operator)} ({theirs(right)}))"
    raise ValueError(tree)


def interval(bounds: tuple[float, float] | None) -> str:
    return "" if bounds is None else f"[{bounds[0]!r},{bounds[1]!r}]"


def evaluate(formula: str, trace: dict[str, Samples]) -> Samples:
    monitor = rtamt.StlDenseTimeSpecification()
    for name in trace:
        monitor.declare_var(NAMES[name], "float")
    monitor.spec = formula
    monitor.parse()
    return [list(sample) for sample in monitor.evaluate(*[[NAMES[name], samples] for name, samples in trace.items()])]


def encoded(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def steps(samples: Samples, start: float) -> list[list[float | str]]:
    """The samples from `start` on as a step function: without repetitions."""
    out: Samples = []
    for time, value in samples:
        if time == math.inf:
            continue
        if time <= start or (out and out[-1][0] == time):
            out = [*out[:-1], [max(time, start), value]]
        else:
            out.append([time, value])
    kept = [sample for index, sample in enumerate(out) if index == 0 or sample[1] != out[index - 1][1]]
    return [[time, encoded(value)] for time, value in kept]


def split_mix(state: int) -> Iterator[int]:
    mask = 2**64 - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def walk(seed: int, samples: int) -> Samples:
    """A random walk at irregular times; every number is a multiple of 1/64."""
    numbers, time, value, out = split_mix(seed), 0.0, 0.0, []
    for _ in range(samples):
        out.append([time, value])
        time += (1 + next(numbers) % 16) / 64
        value += (next(numbers) % 129 - 64) / 64
    return out


def long_group(index: int) -> dict[str, Any]:
    draw, samples = Draw(f"{SEED}/long/{index}", exact=True, longest=[6, 60, 600][index % 3]), 2000
    seeds = {name: 100 * index + number for number, name in enumerate(NAMES)}
    formulas = []
    for _ in range(10):
        while not variables(tree := draw.formula(3, past=False)):
            pass
        used = {name: walk(seeds[name], samples) for name in NAMES if name in variables(tree)}
        robustness = [float(value) for _, value in steps(evaluate(theirs(tree), used), 0.0)]
        total = 0.0
        for value in robustness:
            total += value
        formulas.append({"formula": ours(tree), "first": robustness[0], "steps": len(robustness), "sum": total})
    return {"seeds": seeds, "samples": samples, "formulas": formulas}


def group(index: int) -> dict[str, Any]:
    exact, late = index % 3 != 2, index % 5 == 4
    draw = Draw(f"{SEED}/{index}", exact=exact)
    starts = [draw.time(3) if late else 0.0 for _ in NAMES]
    trace = {name: draw.signal(start, draw.random.randint(1, 10)) for name, start in zip(NAMES, starts, strict=True)}
    formulas = []
    for number in range(8):
        while not variables(tree := draw.formula(number % 4, past=not late)):
            pass
        used = {name: trace[name] for name in NAMES if name in variables(tree)}
        start = max(samples[0][0] for samples in used.values())
        formulas.append({"formula": ours(tree), "robustness": steps(evaluate(theirs(tree), used), start)})
    return {"trace": trace, "formulas": formulas}


def written(groups: Iterable[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(group, separators=(",", ":")) for group in groups) + "\n]"


def main() -> None:
    logging.disable(logging.WARNING)  # rtamt's about variables
    short = written(group(index) for index in range(100))
    long = written(long_group(index) for index in range(6))
    file = Path(__file__).parent.parent / "Fixtures" / "rtamt.json"
    file.write_text(f'{{"rtamt":"{version("rtamt")}","short":{short},"long":{long}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
