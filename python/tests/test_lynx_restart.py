"""A control plane that is killed and started again in the middle costs the caller no more than time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from lynx_pools import Restarted, eventually, restarted, study

import lynx


def test_waiting_goes_on_after_a_restart(tmp_path: Path) -> None:
    with restarted(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        slow = pool.submit(study("slow", {"seconds": 0.3, "x": 2.0}, runs=8))
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(slow.wait, 120)
            for ended in (1, 4):
                eventually(lambda ended=ended: slow.overview.ended >= ended)
                control_plane.kill()
                assert not waiting.done()
                control_plane.start()
            waiting.result(120)
        assert slow.runs["twice"].tolist() == [4.0] * 8


def test_evaluating_goes_on_after_a_restart(tmp_path: Path) -> None:
    with restarted(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        points = [[0.2, float(index)] for index in range(10)]
        with pool.function("slow", ["seconds", "x"], outputs="twice") as function, ThreadPoolExecutor(2) as threads:
            block = threads.submit(function.evaluate, points, progress=False)
            eventually(lambda: any(overview.ended >= 2 for overview in pool.studies()))
            control_plane.kill()
            # Asked while nobody is there.
            single = function.submit([0.0, 50.0])
            assert not block.done()
            control_plane.start()
            assert block.result(120)["twice"].tolist() == [2.0 * index for index in range(10)]
            assert single.result(120) == 100.0
            runs = sum(pool.study(batch_id).overview.total for batch_id in function.batch_ids)
        assert runs == 11


@contextmanager
def disturbed(control_plane: Restarted) -> Iterator[None]:
    """It is killed and started again all the time."""
    stop = threading.Event()

    def disturb() -> None:
        while not stop.wait(0.2):
            control_plane.kill()
            control_plane.start()

    with ThreadPoolExecutor(1) as threads:
        disturbing = threads.submit(disturb)
        try:
            yield
        finally:
            stop.set()
            disturbing.result(60)


def test_a_submission_whose_answer_was_lost_is_one_study(tmp_path: Path) -> None:
    with restarted(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        with disturbed(control_plane):
            batches = {pool.submit(study("product", {"x": 1.0, "y": 2.0}, runs=1)).batch_id for _ in range(15)}
        assert len(batches) == 15
        assert {overview.batch_id for overview in pool.studies()} == batches


def test_points_whose_answer_was_lost_are_run_once(tmp_path: Path) -> None:
    with restarted(tmp_path) as control_plane, lynx.connect(control_plane.url) as pool:
        with pool.function("product", ["x", "y"], outputs="sum") as function:
            asked = []
            with disturbed(control_plane):
                for index in range(40):
                    asked.append(function.submit([float(index), 1.0]))
                    time.sleep(0.02)
            assert [future.result(120) for future in asked] == [index + 1.0 for index in range(40)]
        assert sum(pool.study(batch_id).overview.total for batch_id in function.batch_ids) == 40


def test_an_outage_that_lasts_too_long_is_told(tmp_path: Path) -> None:
    with restarted(tmp_path) as control_plane:
        with lynx.connect(control_plane.url, max_outage=0.5) as pool:
            slow = pool.submit(study("slow", {"seconds": 0.0, "x": 2.0}, runs=1)).wait(60)
            control_plane.kill()
            with pytest.raises(lynx.Unavailable, match=r"GET /batches/.*: ConnectError"):
                slow.wait(60)
        control_plane.start()
