"""Answers what scipy, statsmodels, numpy and mpmath say: a JSON file of questions, one JSON answer on stdout.

A question has a name, numbers that it is about, and columns of data; its answer is a list of lists of numbers.
"""

import json
import math
import sys
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import numpy.typing as npt
from scipy import special, stats
from statsmodels import datasets
from statsmodels.stats import contingency_tables, multitest, proportion

Numbers = list[float]
Column = npt.NDArray[np.float64]
Answer = list[Numbers]


def numbers(values: Any) -> Numbers:  # noqa: ANN401
    return [float(value) for value in np.atleast_1d(values)]


def each(function: Callable[..., Any], arguments: Numbers, count: int) -> Numbers:
    """What a function gives for each group of so many arguments."""
    return [float(function(*arguments[i : i + count])) for i in range(0, len(arguments), count)]


def beta_fraction(a: Any, b: Any, x: Any) -> Any:  # noqa: ANN401
    """I_x(a, b) in many digits for x below (a + 1)/(a + b + 2), by Abramowitz and Stegun 26.5.8."""
    front = mpmath.exp(a * mpmath.log(x) + b * mpmath.log1p(-x) - mpmath.log(a))
    front /= mpmath.exp(mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b))
    d = 1 / (1 - (a + b) * x / (a + 1))
    c, result, m, factor = mpmath.mpf(1), d, 1, mpmath.mpf(0)
    while abs(factor - 1) > mpmath.mpf(10) ** -25:
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 / (1 + term * d), 1 + term / c
            factor = d * c
            result *= factor
        m += 1
    return front * result


def log_beta_tails(arguments: Numbers) -> Answer:
    """ln I_x(a, b) and ln(1 - I_x(a, b)) of each (a, b, x)."""
    lower, upper = [], []
    with mpmath.workdps(60):
        for i in range(0, len(arguments), 3):
            a, b, x = (mpmath.mpf(value) for value in arguments[i : i + 3])
            if x < (a + 1) / (a + b + 2):
                share = beta_fraction(a, b, x)
                logs = mpmath.log(share), mpmath.log1p(-share)
            else:
                share = beta_fraction(b, a, 1 - x)
                logs = mpmath.log1p(-share), mpmath.log(share)
            lower.append(float(logs[0]))
            upper.append(float(logs[1]))
    return [lower, upper]


def special_functions(name: str, arguments: Numbers) -> Answer | None:
    match name:
        case "log_beta_tails":
            return log_beta_tails(arguments)
        case "beta_quantiles":
            return [each(special.betaincinv, arguments, 3)]
        case "log_gamma":
            return [numbers(special.gammaln(arguments))]
        case "log_beta":
            with mpmath.workdps(40):
                return [each(lambda a, b: mpmath.log(mpmath.beta(a, b)), arguments, 2)]
        case "normal":
            return [numbers(special.ndtr(arguments)), numbers(stats.norm.pdf(arguments))]
        case "normal_quantiles":
            return [numbers(special.ndtri(arguments))]
        case "student":
            return [each(stats.t.sf, arguments, 2)]
        case "student_quantiles":
            return [each(stats.t.isf, arguments, 2)]
        case "binomial":
            rows = [arguments[i : i + 3] for i in range(0, len(arguments), 3)]
            functions = (stats.binom.pmf, stats.binom.cdf, stats.binom.sf)
            return [[float(function(k, n, p)) for n, p, k in rows] for function in functions]
    return None


def shares(name: str, arguments: Numbers) -> Answer | None:
    match name:
        case "clopper_pearson" | "wilson":
            method = "beta" if name == "clopper_pearson" else "wilson"
            rows = [arguments[i : i + 3] for i in range(0, len(arguments), 3)]
            bounds = [proportion.proportion_confint(count, runs, alpha, method) for count, runs, alpha in rows]
            return [[float(low) for low, _ in bounds], [float(high) for _, high in bounds]]
        case "newcombe":
            rows = [arguments[i : i + 5] for i in range(0, len(arguments), 5)]
            bounds = [
                proportion.confint_proportions_2indep(k2, n2, k1, n1, method="newcomb", compare="diff", alpha=alpha)
                for k1, n1, k2, n2, alpha in rows
            ]
            return [[float(low) for low, _ in bounds], [float(high) for _, high in bounds]]
        case "mcnemar":
            rows = [arguments[i : i + 2] for i in range(0, len(arguments), 2)]
            return [[float(contingency_tables.mcnemar([[0, b], [c, 0]]).pvalue) for b, c in rows]]
        case "holm":
            return [numbers(multitest.multipletests(arguments, method="holm")[1])]
    return None


def columns_of_a_dataset(name: str) -> Answer:
    frame = getattr(datasets, name).load_pandas().data
    return [numbers(frame[column].to_numpy(dtype=float)) for column in frame.columns]


def descriptive(name: str, arguments: Numbers, columns: list[Column]) -> Answer | None:
    match name:
        case "moments":
            return [
                [
                    x.mean(),
                    x.std(ddof=1),
                    stats.skew(x),
                    stats.kurtosis(x),
                    *stats.t.interval(arguments[0], x.size - 1, x.mean(), stats.sem(x)),
                ]
                for x in columns
            ]
        case "quantiles":
            return [numbers(np.quantile(x, arguments)) for x in columns]
        case "quantile_intervals":
            confidence, *probabilities = arguments
            intervals = [
                stats.quantile_test(x, p=p).confidence_interval(confidence) for x in columns for p in probabilities
            ]
            return [[float(i.low) for i in intervals], [float(i.high) for i in intervals]]
        case "histogram":
            return [numbers(part) for x in columns for part in np.histogram(x, bins="auto")]
        case "distribution":
            return [numbers(stats.ecdf(x).cdf.evaluate(np.array(arguments))) for x in columns]
        case "covariance":
            return [numbers(np.cov(columns).ravel()), numbers(np.corrcoef(columns).ravel())]
        case "ellipse":
            matrix = np.cov(columns)
            values, vectors = np.linalg.eigh(matrix)
            away = np.array(columns) - np.mean(columns, axis=1, keepdims=True)
            distances = np.sqrt(np.sum(away * np.linalg.solve(matrix, away), axis=0))
            return [numbers(np.sqrt(values)), numbers(vectors[:, 1]), numbers(distances)]
    return None


def comparison(name: str, arguments: Numbers, columns: list[Column]) -> Answer | None:
    match name:
        case "kolmogorov_smirnov":
            result = stats.ks_2samp(*columns, method="exact" if arguments[0] else "asymp")
            return [[float(result.statistic), float(result.pvalue)]]
        case "bootstrap":
            confidence, resamples = arguments
            result = stats.bootstrap(
                columns,
                np.mean,
                confidence_level=confidence,
                n_resamples=int(resamples),
                method="BCa",
                rng=np.random.default_rng(1),
            )
            interval = result.confidence_interval
            return [[float(interval.low), float(interval.high), float(result.standard_error)]]
    return None


def answer(question: dict[str, Any]) -> Answer:
    name, arguments = question["name"], question["numbers"]
    columns = [np.array(column, dtype=float) for column in question["columns"]]
    if question["dataset"]:
        return columns_of_a_dataset(name)
    found = (
        special_functions(name, arguments)
        or shares(name, arguments)
        or descriptive(name, arguments, columns)
        or comparison(name, arguments, columns)
    )
    if found is None:
        raise ValueError(f"unknown question: {name}")
    return found


def spelled(value: float) -> float | str:
    """JSON has no infinite numbers."""
    return value if math.isfinite(value) else str(value)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        answers = [answer(question) for question in json.load(file)]
    json.dump([[[spelled(value) for value in row] for row in rows] for rows in answers], sys.stdout)


if __name__ == "__main__":
    main()
