"""Answers what scipy says of samples and quantiles: a JSON file of questions, one JSON answer on stdout.

A distribution is written as in a batch file. Samples come in files of little-endian doubles.
"""

import json
import math
import sys
import warnings

import numpy as np
from scipy import stats
from scipy.stats import qmc


def frozen(spec):
    low, high = spec.get("min", 0.0), spec.get("max", 1.0)
    match spec["type"]:
        case "uniform":
            return stats.uniform(low, high - low)
        case "normal":
            return stats.norm(spec["mean"], spec["std_dev"])
        case "truncated_normal":
            mean, deviation = spec["mean"], spec["std_dev"]
            return stats.truncnorm((low - mean) / deviation, (high - mean) / deviation, mean, deviation)
        case "lognormal":
            return stats.lognorm(spec["sigma"], scale=math.exp(spec["mu"]))
        case "triangular":
            return stats.triang((spec["mode"] - low) / (high - low), low, high - low)
        case "exponential":
            return stats.expon(scale=1 / spec["rate"])
        case "weibull":
            return stats.weibull_min(spec["shape"], scale=spec["scale"])
        case "beta":
            return stats.beta(spec["alpha"], spec["beta"], low, high - low)
    raise ValueError(f"no continuous distribution: {spec}")


def answer(request):
    match request["question"]:
        case "kolmogorov_smirnov":
            samples = np.fromfile(request["file"], dtype="<f8")
            return float(stats.kstest(samples, frozen(request["distribution"]).cdf).pvalue)
        case "quantiles":
            return [float(x) for x in frozen(request["distribution"]).ppf(np.array(request["probabilities"]))]
        case "chi_square":
            observed = np.array(request["observed"], dtype=float)
            expected = np.array(request["expected"], dtype=float)
            return float(stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue)
        case "sobol":
            sequence = qmc.Sobol(request["dimensions"], scramble=False)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # that the number of points is no power of 2
                return [[float(x) for x in point] for point in sequence.random(request["runs"])]
    raise ValueError(f"unknown question: {request}")


with open(sys.argv[1], encoding="utf-8") as questions:
    json.dump([answer(request) for request in json.load(questions)], sys.stdout)
