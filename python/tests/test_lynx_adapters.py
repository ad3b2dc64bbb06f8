"""Other tools run on the pool give what they give on the same model in this process."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lynx_pools import local
from numpy.typing import NDArray

import lynx
from lynx.adapters import dakota

BEAM = ["load_N", "length_m", "stiffness_Nm2"]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lynx.LocalPool]:
    with local(tmp_path_factory.mktemp("pool")) as pool:
        yield pool


@pytest.fixture(scope="module")
def ishigami(pool: lynx.LocalPool) -> Iterator[lynx.Function]:
    with pool.function("ishigami", ["x", "y", "z"], outputs="f") as function:
        yield function


@pytest.fixture(scope="module")
def beam(pool: lynx.LocalPool) -> Iterator[lynx.Function]:
    with pool.function("beam", BEAM, outputs="deflection_m", units={"load_N": "N"}) as function:
        yield function


@pytest.fixture(scope="module")
def product(pool: lynx.LocalPool) -> Iterator[lynx.Function]:
    with pool.function("product", ["x", "y"], outputs="product") as function:
        yield function


def deflection(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sample[:, 0] * sample[:, 1] ** 3 / (3 * sample[:, 2]))


def ishigami_here(points: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, z = points.T
    return np.asarray(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def test_openturns_finds_the_failure_probability_of_a_beam(beam: lynx.Function) -> None:
    ot = import_module("openturns")
    from lynx.adapters.openturns import to_openturns

    inputs = ot.JointDistribution([ot.Normal(300.0, 30.0), ot.Normal(2.5, 0.05), ot.Normal(1.2e4, 800.0)])

    def event(model: Any) -> Any:  # noqa: ANN401
        return ot.ThresholdEvent(ot.CompositeRandomVector(model, ot.RandomVector(inputs)), ot.Greater(), 0.18)

    def by_subsets(model: Any) -> float:  # noqa: ANN401
        ot.RandomGenerator.SetSeed(1)
        simulation = ot.SubsetSampling(event(model))
        simulation.setBlockSize(50)
        simulation.setMaximumOuterSampling(3)
        simulation.setConditionalProbability(0.2)
        simulation.run()
        return float(simulation.getResult().getProbabilityEstimate())

    def by_form(model: Any) -> float:  # noqa: ANN401
        solver = ot.Cobyla()
        solver.setStartingPoint(inputs.getMean())
        form = ot.FORM(solver, event(model))
        form.run()
        return float(form.getResult().getEventProbability())

    model = to_openturns(beam)
    here = ot.PythonFunction(3, 1, func_sample=lambda sample: deflection(np.array(sample))[:, np.newaxis])
    assert list(model.getInputDescription()) == BEAM
    assert by_subsets(model) == pytest.approx(by_subsets(here), rel=1e-9)
    assert by_form(model) == pytest.approx(by_form(here), rel=1e-6)
    ot.RandomGenerator.SetSeed(2)
    exact = np.mean(deflection(np.array(inputs.getSample(1_000_000))) > 0.18)
    assert by_form(here) == pytest.approx(exact, rel=0.1)


def test_salib_gets_the_indices_of_ishigami(ishigami: lynx.Function) -> None:
    import_module("SALib")
    from lynx.adapters import salib

    def indices(model: Any) -> Any:  # noqa: ANN401
        problem = salib.problem(ishigami, dict.fromkeys("zyx", (-math.pi, math.pi)))
        problem.sample_sobol(32, calc_second_order=False, seed=1).evaluate(model)
        problem.analyze_sobol(calc_second_order=False, seed=1)
        return problem.analysis

    found, expected = indices(salib.model(ishigami)), indices(ishigami_here)
    for index in ("S1", "ST"):
        assert found[index] == pytest.approx(expected[index], abs=1e-12)


def test_scipy_gets_the_indices_of_ishigami(ishigami: lynx.Function) -> None:
    stats = import_module("scipy.stats")
    from lynx.adapters.scipy import for_sobol_indices

    def indices(func: Any) -> Any:  # noqa: ANN401
        uniform = stats.uniform(-math.pi, 2 * math.pi)
        return stats.sobol_indices(func=func, n=32, dists=[uniform] * 3, rng=np.random.default_rng(1))

    found, expected = indices(for_sobol_indices(ishigami)), indices(lambda points: ishigami_here(points.T)[np.newaxis])
    assert found.first_order == pytest.approx(expected.first_order, abs=1e-12)
    assert found.total_order == pytest.approx(expected.total_order, abs=1e-12)


def test_scipy_optimizes_generation_by_generation(beam: lynx.Function) -> None:
    optimize = import_module("scipy.optimize")
    from lynx.adapters.scipy import Objective

    objective = Objective(beam)
    found = optimize.differential_evolution(
        objective,
        [(200, 400), (2, 3), (1e4, 2e4)],
        workers=objective.workers,
        updating="deferred",
        maxiter=3,
        popsize=4,
        polish=False,
        rng=np.random.default_rng(1),
    )
    assert found.fun == pytest.approx(deflection(found.x[np.newaxis])[0])
    # What no load, length and stiffness within the bounds can be below, and what a point of the middle has.
    assert 200 * 2**3 / (3 * 2e4) <= found.fun < 300 * 2.5**3 / (3 * 1.5e4)
    with pytest.raises(TypeError, match="their own objective"):
        objective.workers(math.sin, [])


def test_optuna_asks_and_tells(product: lynx.Function) -> None:
    optuna = import_module("optuna")
    from lynx.adapters.optuna import optimize

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    uniform = optuna.distributions.FloatDistribution
    optimize(study, product, {"x": uniform(-0.5, 1.0), "y": uniform(0.0, 1.0)}, trials=24, at_once=6)
    assert len(study.trials) == 24
    for trial in study.trials:
        assert (trial.state == optuna.trial.TrialState.FAIL) == (trial.params["x"] < 0)
    assert study.best_value == pytest.approx(study.best_params["x"] * study.best_params["y"])


def test_a_surrogate_learns_where_it_knows_least(product: lynx.Function) -> None:
    process = import_module("sklearn.gaussian_process")
    from lynx.adapters.surrogate import refine

    candidates = np.random.default_rng(1).uniform(0, 1, (60, 2))
    kernel = process.kernels.RBF(0.7, "fixed")
    model = process.GaussianProcessRegressor(kernel, alpha=1e-8)
    points, outputs = refine(product, model, candidates, first=4, rounds=4, at_once=4)
    assert len(points) == len(outputs) == 20
    assert len({*map(tuple, points)}) == 20
    assert model.predict(candidates) == pytest.approx(candidates.prod(axis=1), abs=0.02)


PARAMETERS = """\
                      2 variables
  2.000000000000000e+00 x
  3.000000000000000e+00 y
                      1 functions
                      1 ASV_1:product
                      2 derivative_variables
                      1 DVV_1:x
                      2 DVV_2:y
                      0 analysis_components
                    1:1 eval_id
                      2 variables
 -1.000000000000000e+00 x
  3.000000000000000e+00 y
                      1 functions
                      1 ASV_1:product
                      2 derivative_variables
                      1 DVV_1:x
                      2 DVV_2:y
                      0 analysis_components
                    1:2 eval_id
"""


def test_dakota_gets_the_results_of_a_batch(pool: lynx.LocalPool, tmp_path: Path) -> None:
    (tmp_path / "params.in").write_text(PARAMETERS)
    command = [
        "--scenario",
        "product",
        "--outputs",
        "product,sum",
        "--control-plane",
        pool.url,
        "params.in",
        "results.out",
    ]
    subprocess.run([sys.executable, "-m", "lynx.adapters.dakota", *command], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "results.out").read_text().splitlines() == [
        "#",
        "6.00000000000000000e+00 product",
        "5.00000000000000000e+00 sum",
        "#",
        "FAIL",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PARAMETERS.replace("1 ASV", "3 ASV"), "line 5: ASV_1:product asks for derivatives"),
        (
            PARAMETERS.replace("-1.000000000000000e+00 x", "-1.000000000000000e+00 z"),
            "line 11: the variables are not those",
        ),
        (PARAMETERS.replace("3.000000000000000e+00 y", "three y"), "line 2: a variable is no number"),
        ("{ DAKOTA_VARS = 2 }\n", "without aprepro"),
    ],
)
def test_parameters_that_are_none_are_told_by_their_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        dakota.read_parameters(text)
    (tmp_path / "params.in").write_text(text)
    assert (
        dakota.main(["--scenario", "s", "--outputs", "o", str(tmp_path / "params.in"), str(tmp_path / "results.out")])
        == 2
    )
