"""A run's page: why it failed, what it sent and wrote, and what it was made with."""

from __future__ import annotations

import math
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import web_studies
from control_plane import LYNXCTL, ControlPlane, serve
from playwright.sync_api import Browser, expect
from web_page import Visit, drag, visit
from web_runner import HandRunner

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
"""What must never become markup."""


def picture() -> bytes:
    """A PNG of 2 × 2 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff\x00\x00" * 2 for _ in range(2))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ControlPlane, str]]:
    """Three runs: one stopped by the condition, one that crashed, one that has evil names in all it gives."""
    with serve(tmp_path_factory.mktemp("runs")) as plane:
        batch = str(plane.json("/jobs", web_studies.submission(3))["batch_id"])
        runner = HandRunner(plane)
        jobs = {job["run_config"]["run_index"]: job for job in runner.claim(3)}
        stopped(runner, jobs[0])
        crashed(runner, jobs[1])
        evil(runner, jobs[2])
        yield plane, batch


def stopped(runner: HandRunner, job: dict[str, Any]) -> None:
    times = [0.5 * step for step in range(200)]
    heat = [300 + 601 * time / 99.5 for time in times]
    runner.keep_file(job, "track/path.csv", b"time_s,height_m\n0,100\n1,95\n2,80.5\n", "text/csv")
    runner.keep_file(job, "summary.json", b'{"landed": false, "note": "too hot"}', "application/json")
    runner.keep_file(job, "plot.png", picture(), "image/png")
    runner.end(
        job,
        "breach",
        message="early termination 'too_hot': skin.temp_K = 901 K > 900 K at t = 99.5 s",
        telemetry={
            "skin.temp_K": ("K", times, heat),
            "height_m": ("m", times, [1000 - 5 * time + math.sin(time) for time in times]),
        },
        outputs={"miss_m": (2.5, "m")},
        breach={"condition": "too_hot", "sim_time_s": 99.5},
        exit_signal=9,
        sim_time_s=99.5,
    )


def crashed(runner: HandRunner, job: dict[str, Any]) -> None:
    log = "".join(f"line {number}\n" for number in range(20_000)) + "ValueError: the mass is negative\n"
    runner.keep_file(job, "stderr.log", log.encode(), "text/plain; charset=utf-8", kind="log")
    runner.end(job, "failure", message="exit code 3: ValueError: the mass is negative", exit_code=3)


def evil(runner: HandRunner, job: dict[str, Any]) -> None:
    runner.keep_file(job, "stdout.log", f"{EVIL}\n".encode(), "text/plain; charset=utf-8", kind="log")
    runner.keep_file(
        job,
        f"{EVIL.replace('/', '')}.csv",
        f'a,"{EVIL.replace(chr(34), chr(34) * 2)}"\n1,2\n3,4\n'.encode(),
        "text/csv",
    )
    runner.keep_file(job, "page.html", f"<html>{EVIL}</html>".encode(), "text/html")
    runner.end(
        job,
        "failure",
        message=f"exit code 1: {EVIL}",
        exit_code=1,
        telemetry={EVIL: (EVIL, [0.0, 1.0], [1.0, 2.0])},
        outputs={EVIL: (1.0, EVIL)},
    )


@pytest.fixture
def visited(study: tuple[ControlPlane, str], browser: Browser) -> Iterator[Visit]:
    with visit(browser, study[0].url) as visited:
        yield visited


def test_says_why_a_run_was_stopped(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    visited.open(f"#/run/{study[1]}-0")
    why = visited.card("Why it failed")
    expect(why).to_contain_text("skin.temp_K reached 901 K at 99.5 s of simulated time, above the limit of 900 K")
    expect(why).to_contain_text("stopping condition 'too_hot'")
    expect(why).to_contain_text("1 of the 3 runs")
    first = visited.card("Telemetry").locator("canvas").first
    expect(first).to_have_attribute("aria-label", re.compile(r"skin\.temp_K from 0 to 99\.5: 1 lines, 1 marks"))
    expect(visited.card("Outputs")).to_contain_text("miss_m")
    expect(visited.card("Attempts")).to_contain_text("breach")
    expect(visited.card("Attempts")).to_contain_text("hand-1")
    expect(visited.card("Parameters, against the design")).to_contain_text("normal, mean 0, std_dev 1")
    expect(visited.card("Parameters, against the design")).to_contain_text(re.compile(r"above \d"))
    expect(visited.card("Made with")).to_contain_text("TETRYX_RUN_CONFIG=")


def test_plots_are_zoomed_together(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    visited.open(f"#/run/{study[1]}-0")
    card = visited.card("Telemetry")
    expect(card.locator("canvas")).to_have_count(2)
    drag(visited.page, card.locator("canvas").first, (0.4, 0.5), (0.6, 0.5))
    for place in range(2):
        expect(card.locator("canvas").nth(place)).not_to_have_attribute("aria-label", re.compile("from 0 to 99.5"))
    card.get_by_role("button", name="All of the time").click()
    expect(card.locator("canvas").nth(1)).to_have_attribute("aria-label", re.compile("from 0 to 99.5"))


def test_shows_files(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    visited.open(f"#/run/{study[1]}-0")
    files = visited.card("Files")
    rows = files.locator(".stack > div")
    rows.filter(has_text="track/path.csv").get_by_role("button", name="Preview").click()
    expect(files.locator("table")).to_contain_text("80.5")
    expect(files.locator("canvas")).to_be_visible()
    rows.filter(has_text="summary.json").get_by_role("button", name="Preview").click()
    expect(files).to_contain_text('"note": "too hot"')
    rows.filter(has_text="plot.png").get_by_role("button", name="Preview").click()
    image = files.get_by_alt_text("Picture plot.png")
    image.scroll_into_view_if_needed()
    visited.page.wait_for_function("() => document.querySelector('.preview img').naturalWidth === 2")


def test_shows_how_a_crash_ended(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    visited.open(f"#/run/{study[1]}-1")
    expect(visited.card("Why it failed")).to_contain_text("gave up with exit code 3")
    log = visited.card("The end of its log")
    expect(log).to_contain_text("ValueError: the mass is negative")
    expect(log).to_contain_text("line 19999")
    expect(log).not_to_contain_text("line 10\n")
    visited.page.get_by_role("link", name="Next ›").click()
    expect(visited.page.get_by_role("heading", name="Run 2", exact=True)).to_be_visible()


def test_what_a_run_gives_is_text(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    page = visited.open(f"#/run/{study[1]}-2")
    for title in ("Why it failed", "The end of its log", "Outputs", "Attempts"):
        expect(visited.card(title)).to_contain_text(EVIL)
    files = visited.card("Files")
    files.locator(".stack > div").filter(has_text=".csv").get_by_role("button", name="Preview").click()
    expect(files.locator("table")).to_contain_text(EVIL)
    files.locator(".stack > div").filter(has_text="page.html").get_by_role("button", name="Preview").click()
    expect(files.locator(".log").last).to_contain_text("<html>")
    assert page.locator("main img, main script").count() == 0
    visited.open(f"#/study/{study[1]}")
    expect(visited.card("Runs").locator(".line").first).to_be_visible()
    expect(visited.card("Runs")).to_contain_text(EVIL)
    expect(visited.card("Outputs")).to_contain_text(EVIL)
    assert page.locator("main img, main script").count() == 0


def test_a_failed_run_is_retried(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    plane, batch = study
    visited.open(f"#/run/{batch}-1")
    visited.page.get_by_role("button", name="Retry the run").click()
    expect(visited.page.locator(".study-head .badge")).to_contain_text(re.compile("Pending"))
    visited.page.get_by_role("button", name="Cancel the run").click()
    visited.page.get_by_role("dialog").get_by_role("button", name="Cancel the run").click()
    expect(visited.page.locator(".study-head .badge")).to_contain_text("Cancelled")
    assert plane.json(f"/jobs/{batch}-1")["status"] == "Cancelled"


def test_a_new_user_finds_out_why_the_example_fails(tmp_path: Path, browser: Browser) -> None:
    """The study of early termination that comes with the project, run for real."""
    root = Path(__file__).parents[2]
    host = shutil.which("runner-host", path=str(LYNXCTL.parent))
    assert host, "runner-host is not built"
    with serve(tmp_path) as plane:
        runner = subprocess.Popen(
            [
                *(host, "--config", "configs/lynx-runner-basilisk.yaml", "--control-plane-url", plane.url),
                *("--output-root", str(tmp_path / "runs"), "--warm-workers", "false"),
            ],
            cwd=root,
            stderr=subprocess.DEVNULL,
        )
        try:
            study = root / "scenarios/aerospace/configs/basic_orbit_breach.yaml"
            command = [str(LYNXCTL), "submit", str(study), "--control-plane", plane.url, "--wait"]
            subprocess.run(command, check=False, capture_output=True, timeout=280)
            batch = plane.json("/batches")["batches"][0]["batch_id"]
            with visit(browser, plane.url) as visited:
                page = visited.open("")
                page.get_by_role("link", name="basic-orbit-breach").click()
                visited.card("Runs to look at first").get_by_role("link", name="run 0").click()
                why = visited.card("Why it failed")
                expect(why).to_contain_text(re.compile(r"orbit\.altitude_km reached 69\d\S* km at \d+ s"))
                expect(why).to_contain_text("above the limit of 690 km")
                expect(why).to_contain_text("The spacecraft left the altitudes that the study is about.")
                expect(why).to_contain_text("All 4 runs")
                assert page.url.endswith(f"#/run/{batch}-0")
        finally:
            runner.terminate()
            runner.wait(timeout=60)
