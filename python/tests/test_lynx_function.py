"""A scenario as a function: outputs in the order of the points, reasons where they are missing, futures, a cache."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lynx_pools import local

import lynx
import lynx.aio
from lynx import _growing
from lynx.points import columns_of, rows_of


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lynx.LocalPool]:
    with local(tmp_path_factory.mktemp("pool")) as pool:
        yield pool


@pytest.fixture(scope="module")
def product(pool: lynx.LocalPool) -> Iterator[lynx.Function]:
    with pool.function("product", ["x", "y"], outputs="product") as function:
        yield function


def test_outputs_are_in_the_order_of_the_points(pool: lynx.LocalPool) -> None:
    pandas = import_module("pandas")
    points = pandas.DataFrame({"x": [3.0, 1.0, 2.0], "y": [1.0, 2.0, 3.0]}, index=["c", "a", "b"])
    evaluation = pool.evaluate("product", points, progress=False)
    assert evaluation.outputs == ("product", "sum")
    assert evaluation["product"].tolist() == [3.0, 2.0, 6.0]
    assert np.asarray(evaluation).tolist() == [[3.0, 4.0], [2.0, 3.0], [6.0, 5.0]]
    assert evaluation.units == {"product": "m"}
    frame = evaluation.to_pandas()
    assert frame.loc["b", "sum"] == 5.0
    assert "reason" not in frame
    with pytest.raises(KeyError, match="there is no output 'produkt'; there are product"):
        evaluation["produkt"]


def test_a_failed_point_is_nan_with_its_reason_and_stops_no_other(product: lynx.Function) -> None:
    evaluation = product.evaluate(np.array([[1.0, 2.0], [-1.0, 2.0], [3.0, 4.0]]), progress=False)
    assert evaluation["product"][[0, 2]].tolist() == [2.0, 12.0]
    assert evaluation.missing == [1]
    assert "x is negative" in str(evaluation.reasons[1])
    assert "x is negative" in evaluation._repr_html_()
    with pytest.raises(lynx.MissingOutputs, match=r"1 of 3 points have no output; point 1: .*x is negative"):
        evaluation.require()


def test_any_points_can_become_a_data_frame(product: lynx.Function) -> None:
    frame = product.evaluate([[1.0, 2.0], [-1.0, 2.0]], progress=False).to_pandas()
    assert frame.index.tolist() == [0, 1]
    assert frame["product"].iloc[0] == 2.0
    assert "x is negative" in frame["reason"].iloc[1]


def test_progress_of_an_evaluation_ends_with_its_points(
    product: lynx.Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    product.evaluate([[1.0, 2.0], [-1.0, 2.0], [3.0, 4.0]])
    last = terminal.getvalue().split("\r")[-1]
    assert "3/3  1 failed" in last
    assert last.endswith("\n")


def test_an_output_that_no_run_gives_is_missing_everywhere(pool: lynx.LocalPool) -> None:
    evaluation = pool.evaluate("product", {"x": [1.0], "y": [2.0]}, outputs=["product", "quotient"], progress=False)
    assert evaluation.reasons == ["the run gave no quotient"]
    assert evaluation["product"].tolist() == [2.0]


def test_calls_take_a_point_or_many(product: lynx.Function) -> None:
    assert product([2.0, 5.0]) == 10.0
    assert product({"y": 5.0, "x": 3.0}) == 15.0
    assert product(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [2.0, 12.0]
    assert np.isnan(product([-1.0, 5.0]))


def test_futures_and_maps_are_in_the_order_of_asking(product: lynx.Function) -> None:
    points = [[float(index), 2.0] for index in range(12)]
    futures = [product.submit(point) for point in points]
    assert [future.result(60) for future in futures] == [2.0 * index for index in range(12)]
    assert list(product.map(points)) == [2.0 * index for index in range(12)]
    assert list(product.executor.map(product, points[:3])) == [0.0, 2.0, 4.0]
    with pytest.raises(TypeError, match="and no other callable"):
        product.executor.submit(max, 1, 2)


def test_points_of_many_threads_share_batches(pool: lynx.LocalPool) -> None:
    with pool.function("product", ["x", "y"], outputs="sum") as function:
        with concurrent.futures.ThreadPoolExecutor(20) as threads:
            sums = list(threads.map(lambda number: function([number, 1.0]), [float(index) for index in range(40)]))
        assert sums == [index + 1.0 for index in range(40)]
        assert len(function.batch_ids) == 1


def test_an_older_control_plane_gets_a_batch_for_each_append(pool: lynx.LocalPool) -> None:
    with lynx.connect(pool.url) as older:
        older._session.paths = frozenset()
        with older.function("product", ["x", "y"], outputs="sum") as function:
            for count in (3, 2):
                points = [[float(index), 1.0] for index in range(count)]
                assert function.evaluate(points, progress=False)["sum"].tolist() == [
                    index + 1.0 for index in range(count)
                ]
            assert [pool.study(batch_id).overview.total for batch_id in function.batch_ids] == [3, 2]
            assert len(function.evaluated()) == 5


def test_many_points_go_in_several_appends(pool: lynx.LocalPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_growing, "MOST_ROWS", 4)
    monkeypatch.setattr(_growing, "MOST_RUNS", 9)
    with pool.function("product", ["x", "y"], outputs="sum") as function:
        evaluation = function.evaluate([[float(index), 1.0] for index in range(22)], progress=False)
        assert evaluation["sum"].tolist() == [index + 1.0 for index in range(22)]
        assert len(set(evaluation.jobs)) == 22
        assert len(function.batch_ids) == 3
        assert [job.rpartition("-")[0] for job in evaluation.jobs if job] == sorted(
            (job.rpartition("-")[0] for job in evaluation.jobs if job), key=function.batch_ids.index
        )


def test_rows_of_long_texts_are_fewer_in_an_append() -> None:
    batch = _growing.GrowingBatch.__new__(_growing.GrowingBatch)
    batch._columns = ["file", "x"]
    assert batch.fitting([["a" * 40_000, 1.0]] * 100) == 8
    assert batch.fitting([["a" * 4_000_000, 1.0]] * 3) == 1
    assert batch.fitting([[1.0, 2.0]] * 30_000) == 10_000


def test_points_are_awaited(product: lynx.Function) -> None:
    async def main() -> None:
        values = await asyncio.gather(*(lynx.aio.ask(product, [float(index), 3.0]) for index in range(5)))
        assert values == [0.0, 3.0, 6.0, 9.0, 12.0]
        assert (await lynx.aio.evaluate(product, [[2.0, 2.0]]))["product"].tolist() == [4.0]

    asyncio.run(main())


def test_a_cached_point_is_not_run_again(pool: lynx.LocalPool, tmp_path: Path) -> None:
    def ask(**options: Any) -> lynx.Evaluation:  # noqa: ANN401
        with pool.function("product", ["x", "y"], cache=tmp_path / "cache.sqlite", **options) as function:
            return function.evaluate([[1.0, 2.0], [-1.0, 2.0], [3.0, 4.0]], progress=False)

    first, second = ask(), ask()
    assert [job is None for job in second.jobs] == [True, False, True]
    assert second["product"][[0, 2]].tolist() == first["product"][[0, 2]].tolist()
    assert None not in ask(seed=1).jobs
    assert None not in ask(code="another").jobs


def test_a_cache_needs_to_know_the_code(pool: lynx.LocalPool, tmp_path: Path) -> None:
    with lynx.connect(pool.url) as remote, pytest.raises(ValueError, match="give code="):
        remote.function("product", ["x", "y"], cache=tmp_path / "cache.sqlite")


def test_what_was_asked_is_found_again(pool: lynx.LocalPool) -> None:
    asked = pool.function("product", ["x", "y"])
    before = asked.evaluate([[1.0, 2.0], [-1.0, 2.0], [3.0, 4.0]], progress=False)
    with lynx.connect(pool.url) as remote:
        found = remote.attach(asked.batch_ids[-1])
        assert found.parameters == ["x", "y"]
        again = found.evaluated()
        with pytest.raises(ValueError, match="attach with parameters"):
            found([1.0, 2.0])
        more = remote.attach(asked.batch_ids[-1], ["x", "y"], "sum")
        assert more([5.0, 6.0]) == 11.0
        assert more.batch_ids == asked.batch_ids
        assert len(more.evaluated()) == 4
    assert again["product"][[0, 2]].tolist() == before["product"][[0, 2]].tolist()
    assert again.missing == [1]


def test_two_may_ask_the_same_batch(pool: lynx.LocalPool) -> None:
    with pool.function("product", ["x", "y"], outputs="sum") as first:
        assert first([1.0, 2.0]) == 3.0
        second = pool.attach(first.batch_ids[0], ["x", "y"], "sum")
        for index in range(4):
            assert second([float(index), 10.0]) == index + 10.0
            assert first.evaluate([[float(index), 20.0]] * 2, progress=False)["sum"].tolist() == [index + 20.0] * 2
        assert first.batch_ids == second.batch_ids
        assert len(first.evaluated()) == 13


def test_a_scenario_may_have_parameters_of_its_own(pool: lynx.LocalPool) -> None:
    scenario = {
        "simulation": {"name": "product"},
        "dispersions": {"y": {"distribution": {"type": "constant", "value": 10.0}}},
        "outputs": {"product": {"units": "m"}},
    }
    evaluation = pool.evaluate(scenario, {"x": [1.0, 2.0]}, progress=False)
    assert evaluation.outputs == ("product",)
    assert evaluation["product"].tolist() == [10.0, 20.0]
    with pytest.raises(ValueError, match="no monte_carlo"):
        pool.evaluate({**scenario, "monte_carlo": {}}, {"x": [1.0]})


def test_a_closed_function_takes_nothing_and_cancels_who_waits(pool: lynx.LocalPool) -> None:
    function = pool.function("slow", ["seconds", "x"])
    waiting = function.submit([30.0, 1.0])
    function.close()
    with pytest.raises(concurrent.futures.CancelledError):
        waiting.result(30)
    with pytest.raises(RuntimeError, match="is closed"):
        function([0.0, 1.0])
    for overview in pool.studies(name="slow, evaluated"):
        if not overview.is_over:
            pool.study(overview.batch_id).cancel()


def test_a_function_that_nobody_holds_is_closed(pool: lynx.LocalPool) -> None:
    function = pool.function("product", ["x", "y"], name="dropped")
    assert function.submit([1.0, 2.0]).result(60).tolist() == [2.0, 3.0]
    del function
    gc.collect()
    [overview] = pool.studies(name="dropped")
    assert pool.study(overview.batch_id).wait(60, progress=False).overview.status == "Completed"


def test_a_pool_that_is_closed_closes_its_functions(pool: lynx.LocalPool) -> None:
    with lynx.connect(pool.url) as remote:
        function = remote.function("product", ["x", "y"], outputs="sum")
        remote.evaluate("product", {"x": [1.0], "y": [2.0]}, progress=False)
        assert function([1.0, 2.0]) == 3.0
    for overview in pool.studies(name="product, evaluated", status="Running"):
        assert overview.batch_id not in function.batch_ids
    with pytest.raises(RuntimeError, match="is closed"):
        function([1.0, 2.0])


def test_what_the_control_plane_refuses_is_raised_to_who_asked(pool: lynx.LocalPool) -> None:
    with pool.function({"simulation": {"name": "product"}, "outputs": 3}, ["x", "y"]) as function:
        with pytest.raises(lynx.InvalidRequest, match=r"config\.outputs"):
            function.evaluate([[1.0, 2.0]], progress=False)
        with pytest.raises(lynx.InvalidRequest):
            function.submit([1.0, 2.0]).result(60)


def test_points_come_in_many_forms() -> None:
    pandas, polars = import_module("pandas"), import_module("polars")
    columns = {"a": [1, 2], "b": [0.5, 1.5]}
    expected = [[0.5, 1], [1.5, 2]]
    table = import_module("pyarrow").table(columns)
    forms = [
        columns,
        pandas.DataFrame(columns),
        polars.DataFrame(columns),
        table,
        [{"a": 1, "b": 0.5}, {"b": 1.5, "a": 2}],
    ]
    for points in forms:
        assert columns_of(points) == ["a", "b"]
        assert rows_of(points, ["b", "a"]) == expected
    assert rows_of(np.array([1.0, 2.0]), ["a"]) == [[1.0], [2.0]]
    assert rows_of([], ["a", "b"]) == []


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[1.0, float("nan")]], "point 0: b is nan; give a finite number"),
        ([[1.0, 2.0], [1.0, None]], "point 1: b is a NoneType; give a number"),
        (np.zeros((3, 4)), r"shape \(3, 4\); give \(points, 2\), a column for each of a, b"),
        ({"a": [1.0], "b": [1.0, 2.0]}, "differ in length: a has 1, b has 2"),
        ({"a": [1.0]}, "the points: no value of b; the parameters are a, b"),
        ([{"a": 1.0, "c": 2.0}], "point 0: no value of b; c is no parameter"),
    ],
)
def test_a_point_that_is_none_is_told_by_its_place(points: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rows_of(points, ["a", "b"])


def test_an_array_has_no_names() -> None:
    with pytest.raises(TypeError, match="does not name the parameters"):
        columns_of(np.zeros((2, 2)))
