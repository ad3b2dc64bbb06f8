"""A study on a pool of this machine: submitted, waited for, read as columns, judged and drawn."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from lynx_pools import local, study

import lynx
import lynx.aio
from lynx import _columns
from lynx.progress import Progress

mpl.use("Agg")
FALL = study(
    "fall",
    {"height_m": (80, 120), "drag": (0.005, 0.02)},
    runs=5,
    requirements=[
        {"name": "slow", "output": "speed_m_s", "operator": "lt", "threshold": 40, "units": "m/s", "probability": 0.5}
    ],
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lynx.LocalPool]:
    with local(tmp_path_factory.mktemp("pool")) as pool:
        yield pool


@pytest.fixture(scope="module")
def fallen(pool: lynx.LocalPool) -> lynx.Study:
    return pool.submit(FALL).wait(120)


def test_runs_are_columns_with_units(fallen: lynx.Study) -> None:
    runs = fallen.runs
    assert runs.rows == 5
    assert runs["run"].tolist() == list(range(5))
    assert set(runs["status"]) == {"Completed"}
    assert runs["height_m"].dtype == float
    assert ((runs["height_m"] >= 80) & (runs["height_m"] < 120)).all()
    assert runs.units["outputs.speed_m_s"] == "m/s"
    assert runs.label("speed_m_s") == "speed_m_s [m/s]"
    assert (runs["completed_at"] >= runs["created_at"]).all()


def test_a_name_that_is_no_column_gets_the_nearest(fallen: lynx.Study) -> None:
    with pytest.raises(KeyError, match=r"did you mean .*speed_m_s"):
        fallen.runs["sped_m_s"]
    with pytest.raises(TypeError, match="'status' is not of numbers"):
        fallen.runs.numbers("status")


def test_data_frames_have_the_same_values(fallen: lynx.Study, tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    parquet = pytest.importorskip("pyarrow.parquet")
    speed = fallen.runs["speed_m_s"]
    frame = fallen.runs.to_pandas()
    assert frame["outputs.speed_m_s"].tolist() == speed.tolist()
    assert frame.attrs["units"]["outputs.speed_m_s"] == "m/s"
    assert str(frame["created_at"].dt.tz) == "UTC"
    assert fallen.runs.to_polars()["outputs.speed_m_s"].to_list() == speed.tolist()
    fallen.to_parquet(tmp_path / "runs.parquet")
    read = parquet.read_table(tmp_path / "runs.parquet")
    assert read["outputs.speed_m_s"].to_pylist() == speed.tolist()
    assert read.schema.field("outputs.speed_m_s").metadata[b"units"] == b"m/s"
    assert polars.read_parquet(tmp_path / "runs.parquet").height == 5


def test_telemetry_is_a_row_for_each_point(fallen: lynx.Study) -> None:
    telemetry = fallen.telemetry("fall.speed_m_s")
    series = list(telemetry.series())
    assert [run for run, _, _ in series] == list(range(5))
    assert all(len(times) == len(values) == 40 for _, times, values in series)
    assert telemetry.units["fall.speed_m_s"] == "m/s"
    times, values = telemetry.interpolated(points=11)
    assert (times[0], times[-1], values.shape) == (0.0, 3.9, (5, 11))
    part = fallen.telemetry(start_s=1, end_s=2)
    assert set(part["variable"]) == {"fall.speed_m_s", "fall.height_m"}
    assert (part["time_s"].min(), part["time_s"].max()) == (1.0, 2.0)
    with pytest.raises(KeyError, match="several variables"):
        list(part.series())


def test_runs_and_points_are_the_same_however_they_are_read(
    pool: lynx.LocalPool, fallen: lynx.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the table as Arrow and as JSON, and from the lists of a control plane without one."""
    failed = pool.submit(study("product", {"x": (-1, 1), "y": 2}, runs=6)).wait(120)

    def read(batch_id: str) -> tuple[lynx.Table, lynx.Telemetry]:
        again = pool.study(batch_id)
        return again.runs, again.telemetry()

    for batch_id in (fallen.batch_id, failed.batch_id):
        ways = [read(batch_id)]
        with monkeypatch.context() as without:
            without.setattr(_columns, "has_arrow", lambda: False)
            ways.append(read(batch_id))
            without.setattr(pool._session, "paths", frozenset())
            ways.append(read(batch_id))
        for runs, telemetry in ways[1:]:
            for table, first in ((runs, ways[0][0]), (telemetry, ways[0][1])):
                assert list(table) == list(first)
                assert table.units == first.units
                for name in set(table) - {"duration_secs"}:
                    np.testing.assert_array_equal(table[name], first[name], err_msg=name)
                    assert table[name].dtype == first[name].dtype, name


def test_a_part_of_the_runs_is_chosen_by_the_control_plane(fallen: lynx.Study) -> None:
    speeds = np.sort(fallen.runs["speed_m_s"])[::-1]
    fastest = fallen.table(
        "run,outputs.*", where=f"outputs.speed_m_s >= {float(speeds[1])!r}", order="-outputs.speed_m_s"
    )
    assert list(fastest) == ["run", "outputs.speed_m_s"]
    assert fastest["speed_m_s"].tolist() == speeds[:2].tolist()
    with pytest.raises(lynx.InvalidRequest, match="speed_m_s"):
        fallen.table("outputs.sped_m_s")


def test_files_and_logs_are_read_by_run(fallen: lynx.Study, tmp_path: Path) -> None:
    assert fallen.artifact(3, "summary.json") == b'{"done": true}\n'
    assert fallen.artifact(3, "stdout") == b"run 3 has fallen\n"
    assert fallen.save_artifact(0, "summary.json", tmp_path / "s.json").read_text() == '{"done": true}\n'
    assert {entry["run"] for entry in fallen.artifacts if entry["path"] == "summary.json"} == set(range(5))
    with pytest.raises(lynx.NotFound, match=r"run 0 has no file 'sumary\.json': it has .*summary\.json"):
        fallen.save_artifact(0, "sumary.json", tmp_path / "t.json")
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]


def test_requirements_are_verdicts(fallen: lynx.Study) -> None:
    verdicts = fallen.requirements
    assert verdicts["slow"].runs == 5
    assert "slow" in repr(verdicts)
    assert "<table>" in verdicts._repr_html_()
    other = fallen.evaluate(
        {"name": "fast", "output": "speed_m_s", "operator": "gt", "threshold": 1e3, "units": "m/s", "probability": 0.9}
    )
    assert other["fast"].failures == 5
    assert not other.are_met
    with pytest.raises(lynx.InvalidRequest, match="threshold"):
        fallen.evaluate(
            {"name": "fast", "output": "speed_m_s", "operator": "gt", "threshold": "high", "probability": 0.9}
        )


def test_every_chart_draws_what_the_study_has(fallen: lynx.Study) -> None:
    plot = fallen.plot
    speed = fallen.runs["speed_m_s"]
    assert sum(bar.get_height() for bar in plot.histogram("speed_m_s").containers[0]) == 5
    line = plot.ecdf("speed_m_s").lines[0]
    assert np.asarray(line.get_xdata()).tolist() == sorted(speed)
    points = plot.scatter("height_m", "speed_m_s", color="drag").collections[0].get_offsets()
    assert np.asarray(points)[:, 1].tolist() == speed.tolist()
    assert plot.pairs("height_m", "speed_m_s").shape == (2, 2)
    assert len(plot.fan("fall.speed_m_s").lines) == 1
    means = np.asarray(plot.convergence("speed_m_s").lines[0].get_ydata())
    assert means[-1] == pytest.approx(speed.mean())
    assert {label.get_text() for label in plot.tornado("speed_m_s").get_yticklabels()} == {"height_m", "drag"}
    mpl.pyplot.close("all")


def test_a_study_is_extended_compared_and_found_again(pool: lynx.LocalPool) -> None:
    first = pool.submit(FALL, runs=3).wait(120)
    first.extend(2).wait(120)
    assert first.runs.rows == 5
    again = pool.study(first.batch_id)
    assert again.runs["speed_m_s"].tolist() == first.runs["speed_m_s"].tolist()
    assert first.compare(pool.submit(FALL).wait(120))["is_paired"]
    named = pool.submit(FALL, runs=1, name="a + b & c% ä")
    assert [found.batch_id for found in pool.studies(name="a + b & c% ä")] == [named.batch_id]
    assert "fall" in first._repr_html_()


def test_failed_runs_keep_their_reason_and_can_be_retried(pool: lynx.LocalPool) -> None:
    study_ = pool.submit(study("product", {"x": (-1, 1), "y": 2.0}, runs=8)).wait(120)
    runs = study_.runs
    failed = runs["x"] < 0
    assert failed.any()
    assert not failed.all()
    assert [status == "Failed" for status in runs["status"]] == failed.tolist()
    assert np.isnan(runs["product"][failed]).all()
    assert all("x is negative" in message for message in runs["error_message"][failed])
    assert study_.retry().wait(120).overview.failed == failed.sum()


def test_a_cancelled_study_ends(pool: lynx.LocalPool) -> None:
    slow = pool.submit(study("slow", {"seconds": 60.0, "x": 1.0}, runs=4))
    with pytest.raises(TimeoutError, match="has not ended"):
        slow.wait(0.3)
    assert slow.cancel().wait(60).overview.status == "Cancelled"
    with pytest.raises(lynx.Conflict):
        slow.extend(1)


def test_a_wrong_study_is_told_by_its_fields(pool: lynx.LocalPool, tmp_path: Path) -> None:
    with pytest.raises(lynx.InvalidRequest) as caught:
        pool.submit({"name": "x", "config": {"simulation": {"name": "s"}, "monte_carlo": {"runs": 0}}})
    assert caught.value.errors[0].field == "config.monte_carlo.runs"
    assert "0 is out of range" in str(caught.value)
    (tmp_path / "s.yaml").write_text(
        "name: x\nconfig: {simulation: {name: s}, monte_carlo: {runs: 1}, dispersion: {}}\n"
    )
    with pytest.raises(lynx.InvalidRequest, match=r"s\.yaml: .*config\.dispersion: is not a field"):
        pool.submit(tmp_path / "s.yaml")
    with pytest.raises(lynx.NotFound):
        pool.study("20261130T000000-00000000")


def test_a_rare_event_has_an_estimate(pool: lynx.LocalPool) -> None:
    design = {
        "sampling_method": "subset_simulation",
        "seed": 1,
        "limit_state": {"output": "product", "above": 0.9},
        "samples_per_level": 20,
        "level_probability": 0.2,
    }
    batch = study("product", {"x": (0, 1), "y": (0, 1)})
    batch["config"]["monte_carlo"] = design
    batch["config"]["outputs"] = {"product": {"units": "m"}}
    estimate = pool.submit(batch).wait(240).rare_event
    assert 0 < estimate["probability"] < 0.2
    with pytest.raises(lynx.Conflict):
        _ = pool.submit(study("product", {"x": 1.0, "y": 2.0}, runs=1)).wait(60).rare_event


def test_an_open_table_is_closed(pool: lynx.LocalPool) -> None:
    batch = study("product", {"y": 2.0})
    table = {"columns": ["x"], "rows": [[1.0]]}
    batch["config"]["monte_carlo"] = {"sampling_method": "table", "open": True, "table": table}
    opened = pool.submit(batch)
    with pytest.raises(TimeoutError):
        opened.wait(1.0)
    assert opened.close().wait(60).runs["product"].tolist() == [2.0]


def test_a_key_makes_a_submission_once(pool: lynx.LocalPool) -> None:
    cell = study("product", {"x": 1.0, "y": 2.0}, runs=1)
    assert pool.submit(cell, key="cell 1".replace(" ", "-")).batch_id == pool.submit(cell, key="cell-1").batch_id
    with pytest.raises(lynx.InvalidRequest):
        pool.submit(cell, runs=2, key="cell-1")


def test_the_same_is_awaited(pool: lynx.LocalPool) -> None:
    async def main() -> None:
        async with lynx.aio.connect(pool.url) as remote:
            first, second = await asyncio.gather(*(remote.submit(FALL, seed=seed, runs=2) for seed in (1, 2)))
            await asyncio.gather(first.wait(120), second.wait(120))
            runs = await first.runs()
            assert set(runs["status"]) == {"Completed"}
            assert (await second.requirements())["slow"].runs == 2
            assert await first.artifact(1, "summary.json") == b'{"done": true}\n'
            assert len(list((await first.telemetry("fall.height_m")).series())) == 2
            assert (await first.compare(second.batch_id))["pairs"] == 0

    asyncio.run(main())


def test_progress_is_one_line_in_a_terminal_and_silent_in_a_file(fallen: lynx.Study) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        Progress(stream).show(fallen.overview)
    assert file.getvalue() == ""
    assert terminal.getvalue().startswith("\r\x1b[K[")
    assert "5/5  0 failed  Completed" in terminal.getvalue()


def test_the_nominal_run_is_apart_from_the_sample(pool: lynx.LocalPool) -> None:
    plan = study("fall", {"height_m": (80, 120), "drag": (0.005, 0.02)}, runs=4)
    plan["config"]["monte_carlo"]["nominal"] = True
    # Slower than any of the sample.
    plan["config"]["dispersions"]["drag"]["nominal"] = 0.1
    done = pool.submit(plan).wait(120)
    now = done.overview
    assert (now.nominal_run, now.sample_runs, now.total) == (4, 4, 5)
    assert done.runs["run"].tolist() == [0, 1, 2, 3]
    nominal = done.nominal
    assert nominal is not None
    assert nominal["run"].tolist() == [4]
    assert nominal["drag"].tolist() == [0.1]
    assert nominal["speed_m_s"][0] < done.runs["speed_m_s"].min()
    assert done.table("run,nominal")["nominal"].tolist() == [False] * 4 + [True]
    assert done.statistics["outputs"][0]["min"] == done.runs["speed_m_s"].min()
    plot = done.plot
    histogram = plot.histogram("speed_m_s")
    assert sum(bar.get_height() for bar in histogram.containers[0]) == 4
    assert np.asarray(histogram.lines[0].get_xdata())[0] == nominal["speed_m_s"][0]
    points = plot.scatter("drag", "speed_m_s").collections
    assert [len(np.asarray(one.get_offsets())) for one in points] == [4, 1]
    fan = plot.fan("fall.speed_m_s")
    assert [line.get_label() for line in fan.lines] == ["median", "nominal"]
    assert fan.get_title() == "4 runs"
    mpl.pyplot.close("all")
    plain = pool.submit(study("fall", {"height_m": (80, 120), "drag": 0.01}, runs=1)).wait(120)
    assert plain.nominal is None
    assert plain.overview.sample_runs == 1

    async def awaited() -> tuple[int, int]:
        async with lynx.aio.connect(pool.url) as connected:
            again = connected.study(done.batch_id)
            own = await again.nominal()
            assert own is not None
            return (await again.runs()).rows, own.rows

    assert asyncio.run(awaited()) == (4, 1)
