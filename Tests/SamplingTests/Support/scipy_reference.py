"""Answers what scipy, mpmath, SALib and OpenTURNS say of samples, quantiles, designs and correlations.

Reads a JSON file of questions and writes one JSON answer for each on stdout. A distribution is written as in a batch
file. Samples come in files of little-endian doubles.
"""

import json
import math
import sys
import warnings

import mpmath
import numpy as np
from mpmath import mpf
from scipy import stats
from scipy.stats import qmc


class Truncated:
    """A distribution conditioned on an interval."""

    def __init__(self, base, low, high):
        self.base, self.low, self.high = base, low, high
        self.mass = self.share(low, high)

    def share(self, low, high):
        """In the tail where no digits are lost."""
        below = self.base.cdf(high) - self.base.cdf(low)
        above = self.base.sf(low) - self.base.sf(high)
        return np.where(self.base.cdf(low) + self.base.cdf(high) < 1, below, above)

    def cdf(self, x):
        return self.share(self.low, np.clip(x, self.low, self.high)) / self.mass

    def sf(self, x):
        return self.share(np.clip(x, self.low, self.high), self.high) / self.mass

    def ppf(self, p):
        return self.value(p, 1 - p)

    def isf(self, q):
        return self.value(1 - q, q)

    def value(self, p, q):
        below = self.base.cdf(self.low) + p * self.mass
        above = self.base.sf(self.high) + q * self.mass
        return np.where(below < 0.5, self.base.ppf(np.minimum(below, 1)), self.base.isf(np.minimum(above, 1)))


class Mixture:
    """Several distributions, each with a share of all draws."""

    def __init__(self, components):
        total = sum(component["weight"] for component in components)
        self.parts = [(component["weight"] / total, frozen(component["distribution"])) for component in components]

    def cdf(self, x):
        return sum(share * part.cdf(x) for share, part in self.parts)

    def sf(self, x):
        return sum(share * part.sf(x) for share, part in self.parts)

    def ppf(self, p):
        """Of uniform components that lie apart, in ascending order: a line in each."""
        shares = np.cumsum([share for share, _ in self.parts])
        place = np.minimum(np.searchsorted(shares, p, side="right"), len(self.parts) - 1)
        below = np.concatenate([[0], shares])[place]
        weights = np.array([share for share, _ in self.parts])[place]
        starts, ends = (np.array([part.ppf(end) for _, part in self.parts])[place] for end in (0, 1))
        return starts + (ends - starts) * (p - below) / weights

    def isf(self, q):
        return self.ppf(1 - q)


class Interpolated:
    """Observed values with straight lines between them."""

    def __init__(self, values):
        self.values = np.sort(values)
        self.places = np.linspace(0, 1, len(values))

    def cdf(self, x):
        return np.interp(x, self.values, self.places)

    def sf(self, x):
        return 1 - self.cdf(x)

    def ppf(self, p):
        return np.quantile(self.values, p, method="linear")

    def isf(self, q):
        return -np.quantile(-self.values, q, method="linear")


class Observed(Interpolated):
    """Observed values, each equally likely."""

    def cdf(self, x):
        return np.searchsorted(self.values, x, side="right") / len(self.values)

    def ppf(self, p):
        return np.quantile(self.values, p, method="inverted_cdf")


def frozen(spec):
    bounds = spec.get("truncate")
    if bounds is not None:
        return Truncated(untruncated(spec), bounds.get("min", -math.inf), bounds.get("max", math.inf))
    return untruncated(spec)


def untruncated(spec):
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
        case "loguniform":
            return stats.loguniform(low, high)
        case "triangular":
            return stats.triang((spec["mode"] - low) / (high - low), low, high - low)
        case "exponential":
            return stats.expon(scale=1 / spec["rate"])
        case "weibull":
            return stats.weibull_min(spec["shape"], scale=spec["scale"])
        case "rayleigh":
            return stats.rayleigh(scale=spec["scale"])
        case "gumbel":
            return stats.gumbel_r(spec["loc"], spec["scale"])
        case "gamma":
            return stats.gamma(spec["shape"], scale=spec["scale"])
        case "beta":
            return stats.beta(spec["alpha"], spec["beta"], low, high - low)
        case "student_t":
            return stats.t(spec["df"], spec["loc"], spec["scale"])
        case "empirical":
            return Interpolated(spec["values"]) if spec["interpolate"] else Observed(spec["values"])
        case "mixture":
            return Mixture(spec["components"])
    raise ValueError(f"no continuous distribution: {spec}")


def exact_tails(spec, x):
    """The shares below and above x, with more digits than doubles have."""
    bounds = spec.get("truncate")
    if bounds is not None:
        plain = {key: value for key, value in spec.items() if key != "truncate"}
        return conditional(plain, bounds.get("min", -math.inf), bounds.get("max", math.inf), x)
    if spec["type"] == "truncated_normal":
        normal = {"type": "normal", "mean": spec["mean"], "std_dev": spec["std_dev"]}
        return conditional(normal, spec["min"], spec["max"], x)
    if spec["type"] == "mixture":
        weights = [mpf(component["weight"]) for component in spec["components"]]
        parts = [exact_tails(component["distribution"], x) for component in spec["components"]]
        return tuple(mpmath.fdot(weights, side) / mpmath.fsum(weights) for side in zip(*parts, strict=True))
    try:
        return exact_base(spec, mpf(x))
    except (mpmath.libmp.NoConvergence, ValueError):
        # Of shapes in the ten thousands; scipy has other methods for these.
        return mpf(float(frozen(spec).cdf(x))), mpf(float(frozen(spec).sf(x)))


def conditional(base, low, high, x):
    lower = exact_tails(base, low) if low > -math.inf else (mpf(0), mpf(1))
    upper = exact_tails(base, high) if high < math.inf else (mpf(1), mpf(0))
    here = lower if x <= low else upper if x >= high else exact_tails(base, x)
    # With so many digits to spare both sides serve, but one of them may have come from scipy.
    side, sign = (0, 1) if lower[0] + upper[0] < 1 else (1, -1)
    mass = sign * (upper[side] - lower[side])
    return sign * (here[side] - lower[side]) / mass, sign * (upper[side] - here[side]) / mass


def exact_base(spec, x):
    low, high = mpf(spec.get("min", 0.0)), mpf(spec.get("max", 1.0))

    def within(below):
        return (mpf(0), mpf(1)) if x <= low else (mpf(1), mpf(0)) if x >= high else (below(), 1 - below())

    match spec["type"]:
        case "uniform":
            return within(lambda: (x - low) / (high - low))
        case "loguniform":
            return within(lambda: mpmath.log(x / low) / mpmath.log(high / low))
        case "triangular":
            mode = mpf(spec["mode"])
            if x < mode:
                return within(lambda: (x - low) ** 2 / ((high - low) * (mode - low)))
            return within(lambda: 1 - (high - x) ** 2 / ((high - low) * (high - mode)))
        case "normal":
            z = (x - mpf(spec["mean"])) / mpf(spec["std_dev"])
            return mpmath.ncdf(z), mpmath.ncdf(-z)
        case "lognormal" if x > 0:
            z = (mpmath.log(x) - mpf(spec["mu"])) / mpf(spec["sigma"])
            return mpmath.ncdf(z), mpmath.ncdf(-z)
        case "exponential" if x > 0:
            return exponential(x * mpf(spec["rate"]))
        case "weibull" if x > 0:
            return exponential((x / mpf(spec["scale"])) ** mpf(spec["shape"]))
        case "rayleigh" if x > 0:
            return exponential((x / mpf(spec["scale"])) ** 2 / 2)
        case "gumbel":
            return exponential(mpmath.exp(-(x - mpf(spec["loc"])) / mpf(spec["scale"])))[::-1]
        case "gamma" if x > 0:
            a, t = mpf(spec["shape"]), x / mpf(spec["scale"])
            return mpmath.gammainc(a, 0, t, regularized=True), mpmath.gammainc(a, t, mpmath.inf, regularized=True)
        case "beta" if low < x < high:
            return beta_tails(mpf(spec["alpha"]), mpf(spec["beta"]), (x - low) / (high - low))
        case "beta" if x >= high:
            return mpf(1), mpf(0)
        case "student_t":
            t, df = (x - mpf(spec["loc"])) / mpf(spec["scale"]), mpf(spec["df"])
            tail = beta_tails(df / 2, mpf(1) / 2, df / (df + t * t))[0] / 2
            return (tail, 1 - tail) if t < 0 else (1 - tail, tail)
        case "empirical":
            values = sorted(spec["values"])
            if x <= values[0] or x >= values[-1]:
                return (mpf(0), mpf(1)) if x <= values[0] else (mpf(1), mpf(0))
            place = max(index for index, value in enumerate(values) if value <= x)
            share = (place + (x - values[place]) / (values[place + 1] - mpf(values[place]))) / (len(values) - 1)
            return share, 1 - share
    return mpf(0), mpf(1)


def exponential(t):
    return -mpmath.expm1(-t), mpmath.exp(-t)


def beta_tails(a, b, x):
    if x > 0.5:
        return beta_tails(b, a, 1 - x)[::-1]
    below = mpmath.betainc(a, b, 0, x, regularized=True)
    return below, 1 - below


def points(sequence, runs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that the number of points is no power of 2
        return [[float(x) for x in point] for point in sequence.random(runs)]


def saltelli(dimensions, base_points, second_order):
    from SALib.sample import sobol

    problem = {
        "num_vars": dimensions,
        "names": [f"x{i}" for i in range(dimensions)],
        "bounds": [[0.0, 1.0]] * dimensions,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return sobol.sample(problem, base_points, calc_second_order=second_order, scramble=False).tolist()


def sobol_indices(dimensions, outputs, second_order):
    from SALib.analyze import sobol

    problem = {
        "num_vars": dimensions,
        "names": [f"x{i}" for i in range(dimensions)],
        "bounds": [[0.0, 1.0]] * dimensions,
    }
    found = sobol.analyze(problem, np.array(outputs), calc_second_order=second_order, seed=1)
    return [float(x) for x in [*found["S1"], *found["ST"]]]


def knots(spec):
    """Where a quantile function is not smooth."""
    match spec["type"]:
        case "triangular":
            return [spec["mode"]]
        case "empirical":
            return spec["values"]
        case "mixture":
            return [
                end
                for component in spec["components"]
                for end in (component["distribution"]["min"], component["distribution"]["max"])
            ]
    return []


def composite_rule(cuts):
    """Gauss and Legendre's points on short pieces between the cuts, with the normal density in their weights."""
    edges = np.unique(np.concatenate([np.arange(-12.0, 13.0), cuts]))
    points, weights = np.polynomial.legendre.leggauss(16)
    half, centre = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
    z = (centre + half * points).ravel()
    return z, (half * weights).ravel() * stats.norm.pdf(z)


def scores(spec):
    """A parameter over a normal number, standardized; and where it has to be cut."""
    distribution = frozen(spec)
    cuts = stats.norm.ppf([share for share in distribution.cdf(np.array(knots(spec))) if 0 < share < 1])

    def value(z):
        with np.errstate(all="ignore"):
            return np.where(z < 0, distribution.ppf(stats.norm.cdf(z)), distribution.isf(stats.norm.sf(z)))

    z, weights = composite_rule(cuts)
    mean = weights @ value(z)
    deviation = math.sqrt(weights @ (value(z) - mean) ** 2)
    return lambda z: (value(z) - mean) / deviation, cuts


def linear_correlation(first, second, normal):
    """Of two parameters over normal numbers with the correlation `normal`, by quadrature in two dimensions."""
    (one, cuts), (other, other_cuts) = scores(first), scores(second)
    rest = math.sqrt(1 - normal**2)
    if rest == 0:
        z, weights = composite_rule(np.concatenate([cuts, normal * other_cuts]))
        return float(weights @ (one(z) * other(normal * z)))
    z, weights = composite_rule(cuts)
    conditional = []
    for outer in z:
        inner, inner_weights = composite_rule(np.clip((other_cuts - normal * outer) / rest, -12, 12))
        conditional.append(inner_weights @ other(normal * outer + rest * inner))
    return float(weights @ (one(z) * np.array(conditional)))


def normal_correlations(kind, coefficients):
    import openturns

    matrix = openturns.CorrelationMatrix(2)
    found = []
    for coefficient in coefficients:
        matrix[0, 1] = coefficient
        if kind == "spearman":
            found.append(openturns.NormalCopula.GetCorrelationFromSpearmanCorrelation(matrix)[0, 1])
        else:
            found.append(openturns.NormalCopula.GetCorrelationFromKendallCorrelation(matrix)[0, 1])
    return found


def coefficient(kind, file):
    x, y = np.fromfile(file, dtype="<f8").reshape(2, -1)
    match kind:
        case "pearson":
            return float(stats.pearsonr(x, y).statistic)
        case "spearman":
            return float(stats.spearmanr(x, y).statistic)
        case "kendall":
            return float(stats.kendalltau(x, y).statistic)
    raise ValueError(f"no such coefficient: {kind}")


def answer(request):
    match request["question"]:
        case "kolmogorov_smirnov":
            samples = np.fromfile(request["file"], dtype="<f8")
            return float(stats.kstest(samples, frozen(request["distribution"]).cdf).pvalue)
        case "quantiles":
            return [float(x) for x in frozen(request["distribution"]).ppf(np.array(request["probabilities"]))]
        case "tails":
            tails = [exact_tails(request["distribution"], x) for x in request["probabilities"]]
            return [float(share) for side in zip(*tails, strict=True) for share in side]
        case "chi_square":
            observed = np.array(request["observed"], dtype=float)
            expected = np.array(request["expected"], dtype=float)
            return float(stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue)
        case "sobol":
            return points(qmc.Sobol(request["dimensions"], scramble=False), request["runs"])
        case "halton":
            return points(qmc.Halton(request["dimensions"], scramble=False), request["runs"])
        case "saltelli":
            return saltelli(request["dimensions"], request["runs"], request["second_order"])
        case "sobol_indices":
            return sobol_indices(request["dimensions"], request["observations"], request["second_order"])
        case "discrepancy":
            return float(qmc.discrepancy(np.fromfile(request["file"], dtype="<f8").reshape(-1, request["dimensions"])))
        case "normal_correlations":
            return normal_correlations(request["kind"], request["probabilities"])
        case "linear_correlations":
            return [linear_correlation(*request["pair"], normal) for normal in request["probabilities"]]
        case "coefficient":
            return coefficient(request["kind"], request["file"])
    raise ValueError(f"unknown question: {request}")


mpmath.mp.dps = 60
with open(sys.argv[1], encoding="utf-8") as questions:
    json.dump([answer(request) for request in json.load(questions)], sys.stdout)
