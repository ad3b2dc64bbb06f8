"""Answers what SALib, OpenTURNS, scipy and statsmodels say: a JSON file of questions, one JSON answer on stdout.

A question has a name, numbers that it is about, and columns of data or the name of a data set of statsmodels; its
answer has named lists of lists of numbers.
"""

import contextlib
import io
import json
import math
import sys
from typing import Any

import numpy as np
import numpy.typing as npt
import openturns as ot
import statsmodels.api as sm
from SALib.analyze import pawn as salib_pawn
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from SALib.test_functions import Ishigami
from scipy import stats
from statsmodels import datasets
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

Array = npt.NDArray[np.float64]
Answer = dict[str, Any]

ISHIGAMI = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-math.pi, math.pi]] * 3}


def data_set(name: str) -> list[Array]:
    """The columns of a data set, the output last."""
    frame = getattr(datasets, name).load_pandas().data
    match name:
        case "fair":  # a survey, whose answers have few distinct values each
            names = [*frame.columns.drop("affairs"), "affairs"]
        case "copper":
            names = [*frame.columns[1:], frame.columns[0]]
        case (
            "star98"
        ):  # schools; without the products of other columns, and with the pupils above the median as the output
            names = [*frame.columns[2:14], "NABOVE"]
        case "heart":
            names = ["survival", "censors"]
        case _:
            raise ValueError(f"unknown data set: {name}")
    return [frame[column].to_numpy(dtype=float) for column in names]


def determination(inputs: Array, output: Array) -> float:
    return float(sm.OLS(output, sm.add_constant(inputs)).fit().rsquared)


def shuffled_first_order(inputs: Array, output: Array, orders: int = 200) -> list[Array]:
    """Means and standard errors of the rank estimator over random orders of rows with equal inputs."""
    rng = np.random.default_rng(5)
    found = np.empty((orders, inputs.shape[1]))
    for order in range(orders):
        shuffled = rng.permutation(len(output))
        for i, column in enumerate(inputs.T):
            values = output[shuffled][np.argsort(column[shuffled], kind="stable")]
            values = values - values.mean()
            found[order, i] = (values @ np.roll(values, -1)) / (values @ values)
    return [found.mean(axis=0), found.std(axis=0, ddof=1) / math.sqrt(orders)]


def drivers(columns: list[Array]) -> Answer:
    inputs, output = np.column_stack(columns[:-1]), columns[-1]
    ranks, output_ranks = stats.rankdata(inputs, axis=0), stats.rankdata(output)
    analysis = ot.CorrelationAnalysis(ot.Sample(inputs), ot.Sample(output.reshape(-1, 1)))
    # OpenTURNS breaks ties of ranks by position: mid-ranks go in as values.
    of_ranks = ot.CorrelationAnalysis(ot.Sample(ranks), ot.Sample(output_ranks.reshape(-1, 1)))
    first_order = ot.RankSobolSensitivityAlgorithm(ot.Sample(inputs), ot.Sample(output.reshape(-1, 1)))
    problem = {"num_vars": inputs.shape[1], "names": [f"x{i}" for i in range(inputs.shape[1])]}
    slices = salib_pawn.analyze(problem, inputs, output, S=10)
    return {
        "columns": columns,
        "spearman": [[stats.spearmanr(column, output).statistic for column in inputs.T]],
        "partial_rank": [of_ranks.computePCC()],
        "regression": [analysis.computeSRC()],
        "rank_regression": [of_ranks.computeSRC()],
        "determination": [[determination(inputs, output), determination(ranks, output_ranks)]],
        "first_order": [first_order.getFirstOrderIndices()],
        "shuffled_first_order": shuffled_first_order(inputs, output),
        "pawn": [slices["median"], slices["minimum"], slices["maximum"], slices["mean"]],
        "pawn_of_values": [
            sorted(stats.ks_2samp(output[column == value], output).statistic for value in np.unique(column))
            for column in inputs.T
            if len(np.unique(column)) <= 10
        ],
    }


def sobol_indices(blocks: int, second_order: bool, resamples: int) -> Answer:
    points = salib_sample.sample(ISHIGAMI, blocks, calc_second_order=second_order, seed=7)
    outputs = Ishigami.evaluate(points)
    found = salib_sobol.analyze(ISHIGAMI, outputs, calc_second_order=second_order, num_resamples=resamples, seed=11)
    answer = {
        "outputs": [outputs],
        "first": [found["S1"], found["S1_conf"]],
        "total": [found["ST"], found["ST_conf"]],
    }
    if second_order:
        upper = np.triu_indices(3, 1)
        answer["second"] = [found["S2"][upper], found["S2_conf"][upper]]
    return answer


def separation(failed: Array, passed: Array) -> Answer:
    test = stats.ks_2samp(failed, passed)
    statistic = stats.mannwhitneyu(failed, passed).statistic
    return {
        "distance": [[test.statistic]],
        "p_value": [[test.pvalue]],
        "cut": [[test.statistic_location]],
        "area": [[statistic / (len(failed) * len(passed))]],
    }


def kaplan_meier(times: Array, breached: Array, confidence: float) -> Answer:
    of_scipy = stats.ecdf(
        stats.CensoredData(uncensored=times[breached == 1], right=times[breached == 0]),
    ).cdf
    of_statsmodels = SurvfuncRight(times, breached)
    with np.errstate(all="ignore"):
        limits = [of_scipy.confidence_interval(confidence, method=method) for method in ("log-log", "linear")]
    at_breaches = np.isin(of_scipy.quantiles, of_statsmodels.surv_times)
    return {
        "columns": [times, breached],
        "times": [of_statsmodels.surv_times],
        "at_risk": [of_statsmodels.n_risk],
        "breaches": [of_statsmodels.n_events],
        "probability": [1 - of_statsmodels.surv_prob, of_scipy.probabilities[at_breaches]],
        "error": [of_statsmodels.surv_prob_se],
        "log_log": [getattr(limits[0], side).probabilities[at_breaches] for side in ("low", "high")],
        "plain": [getattr(limits[1], side).probabilities[at_breaches] for side in ("low", "high")],
    }


def cumulative_incidence(times: Array, causes: Array) -> Answer:
    """Causes count from 1; 0 stands for a run without a breach."""
    with np.errstate(all="ignore"):
        found = CumIncidenceRight(times, causes)
    return {"times": [found.times], "probability": list(found.cinc), "error": list(found.cinc_se)}


def subset_simulation(dimensions: int, reliability: float, repetitions: int) -> Answer:
    """OpenTURNS' estimates for g = reliability·√d − Σx, failing below 0."""
    names = [f"x{i}" for i in range(dimensions)]
    function = ot.SymbolicFunction(names, [f"{reliability * math.sqrt(dimensions)!r} - ({' + '.join(names)})"])
    output = ot.CompositeRandomVector(function, ot.RandomVector(ot.Normal(dimensions)))
    probabilities, variations = [], []
    for seed in range(repetitions):
        ot.RandomGenerator.SetSeed(seed)
        algorithm = ot.SubsetSampling(ot.ThresholdEvent(output, ot.Less(), 0.0))
        algorithm.setMaximumOuterSampling(1000)
        algorithm.setConditionalProbability(0.1)
        algorithm.run()
        probabilities.append(algorithm.getResult().getProbabilityEstimate())
        variations.append(algorithm.getResult().getCoefficientOfVariation())
    return {"probability": [probabilities], "variation": [variations]}


def answer(question: dict[str, Any]) -> Answer:
    numbers: list[float] = question["numbers"]
    columns = [np.array(column, dtype=float) for column in question["columns"]]
    if question["dataset"]:
        columns = data_set(question["dataset"])
    match question["name"]:
        case "drivers":
            return drivers(columns)
        case "sobol_indices":
            return sobol_indices(int(numbers[0]), bool(numbers[1]), int(numbers[2]))
        case "separation":
            return separation(columns[0], columns[1])
        case "false_discoveries":
            return {"q_values": [stats.false_discovery_control(numbers, method="bh")]}
        case "kaplan_meier":
            return kaplan_meier(columns[0], columns[1], numbers[0])
        case "cumulative_incidence":
            return cumulative_incidence(columns[0], columns[1])
        case "subset_simulation":
            return subset_simulation(int(numbers[0]), numbers[1], int(numbers[2]))
    raise ValueError(f"unknown question: {question['name']}")


def spelled(value: float) -> float | str:
    """JSON has no infinite numbers."""
    return value if math.isfinite(value) else str(value)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        questions = json.load(file)
    # Libraries print to standard output as they like.
    with contextlib.redirect_stdout(io.StringIO()):
        answers = [answer(question) for question in questions]
    plain = [
        {name: [[spelled(float(value)) for value in row] for row in rows] for name, rows in answer.items()}
        for answer in answers
    ]
    json.dump(plain, sys.stdout)


if __name__ == "__main__":
    main()
