"""Studies that go on while somebody looks at them, and connections that break."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import web_studies
from control_plane import LYNXCTL, ControlPlane, serve
from playwright.sync_api import Browser, expect
from web_page import visit
from web_runner import HandRunner


def test_a_study_moves_while_its_runs_end(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path) as plane:
        batch = str(plane.json("/jobs", web_studies.submission(12))["batch_id"])
        runner = HandRunner(plane)
        with visit(browser, plane.url) as visited:
            page = visited.open(f"#/study/{batch}")
            progress = visited.card("Progress")
            expect(progress).to_contain_text("0 of 12")
            jobs = runner.claim(4)
            for job in jobs:
                runner.start(job)
            expect(progress).to_contain_text("Running now (4)")
            times = [float(step) for step in range(50)]
            for job in jobs:
                heat = [300 + 5 * time for time in times]
                runner.end(job, outputs={"miss_m": (1.0, "m")}, telemetry={"skin.temp_K": ("K", times, heat)})
            expect(progress).to_contain_text("4 of 12")
            expect(progress.get_by_role("button", name="4 completed")).to_be_visible()
            expect(visited.card("Outputs").locator("p").first).to_contain_text("4 runs, mean 1 m")
            expect(visited.card("Telemetry over runs")).to_contain_text("Bands over 4 runs")
            for job in runner.claim(12):
                runner.end(job, outputs={"miss_m": (2.0, "m")}, telemetry={"skin.temp_K": ("K", times, times)})
            expect(page.locator(".study-head .badge")).to_contain_text("Completed")
            expect(progress).to_contain_text("12 of 12")
            expect(visited.card("Outputs").locator("p").first).to_contain_text("12 runs")
            expect(visited.card("Telemetry over runs")).to_contain_text("Bands over 12 runs")
            assert plane.failures() == []


def test_the_list_of_studies_moves(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path) as plane:
        runner = HandRunner(plane)
        with visit(browser, plane.url) as visited:
            page = visited.open("")
            expect(page.locator("main")).to_contain_text("No studies yet")
            plane.json("/jobs", web_studies.submission(2, name="first one"))
            row = page.locator("tr", has_text="first one")
            expect(row).to_contain_text("0 of 2")
            expect(row).to_contain_text("Pending")
            for job in runner.claim(2):
                runner.end(job, outputs={"miss_m": (9.0, "m")})
            expect(row).to_contain_text("2 of 2")
            expect(row).to_contain_text("Completed")
            expect(row.locator(".badge")).to_have_count(2)
            page.get_by_label("Search studies").fill("second")
            expect(page.locator("main")).to_contain_text("No study has this")
            plane.json("/jobs", web_studies.submission(2, name="the second"))
            expect(page.get_by_role("link", name="the second")).to_be_visible()
            expect(row).to_have_count(0)


def test_a_running_job_moves(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path) as plane:
        plane.json("/jobs", web_studies.submission(1))
        runner = HandRunner(plane)
        [job] = runner.claim(1)
        runner.start(job)
        with visit(browser, plane.url) as visited:
            page = visited.open(f"#/run/{job['job_id']}")
            expect(page.locator(".study-head .badge")).to_contain_text("Running")
            runner.end(job, "failure", message="exit code 5", exit_code=5)
            expect(visited.card("Why it failed")).to_contain_text("exit code 5")


def test_a_connection_that_breaks_comes_back(tmp_path: Path, browser: Browser) -> None:
    with again(tmp_path, 0) as plane:
        batch = str(plane.json("/jobs", web_studies.submission(6))["batch_id"])
        port = int(plane.url.rsplit(":", 1)[1])
        with visit(browser, plane.url) as visited:
            visited.open(f"#/study/{batch}")
            progress = visited.card("Progress")
            expect(progress.locator("header")).to_contain_text("live")
            plane.stop()
            expect(progress.locator("header")).to_contain_text("connection lost")
            with again(tmp_path, port) as back:
                runner = HandRunner(back)
                for job in runner.claim(3):
                    runner.end(job, outputs={"miss_m": (1.0, "m")})
                expect(progress.locator("header")).to_contain_text("live")
                expect(progress).to_contain_text("3 of 6")
                expect(progress.get_by_role("button", name=re.compile("3 completed"))).to_be_visible()


class Stoppable(ControlPlane):
    def __init__(self, url: str, log: Path, process: subprocess.Popen[str]) -> None:
        super().__init__(url, log)
        self.process = process

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=60)


@contextmanager
def again(directory: Path, port: int) -> Iterator[Stoppable]:
    """A control plane on a port that it may have had before."""
    log = directory / f"serve-{port}.log"
    command = [str(LYNXCTL), "serve", "--port", str(port), "--database", str(directory / "ledger.sqlite")]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "listening on" in line, log.read_text()
        yield Stoppable(line.split()[-1], log, process)
    finally:
        process.kill()
        process.wait(timeout=60)
        process.stdout.close()


@pytest.mark.parametrize("address", ["#/study/nothing", "#/run/nothing-0", "#/compare/a/b", "#/somewhere"])
def test_what_is_not_there_is_told(tmp_path: Path, browser: Browser, address: str) -> None:
    with serve(tmp_path) as plane, visit(browser, plane.url) as visited:
        page = visited.open(address)
        expect(page.get_by_role("alert")).to_be_visible()
