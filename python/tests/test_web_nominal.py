"""The nominal run on a study's page: a mark of its own, and part of no figure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import web_studies
from control_plane import ControlPlane, serve
from playwright.sync_api import Browser, expect
from web_page import Visit, visit

RUNS = 60
NOMINAL = {"wind_m_s": 40.0, "tilt_deg": 0.0}
"""So that its miss is far beyond those of the sample, and would show in every figure that counted it."""
DRAWN = """(canvas) => {
  const style = getComputedStyle(document.documentElement).getPropertyValue("--nominal");
  const hex = /#[0-9a-f]{6}/.exec(style)[0];
  const wanted = [1, 3, 5].map((place) => Number.parseInt(hex.slice(place, place + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let place = 0; place < data.length; place += 4) {
    if (wanted.every((value, channel) => data[place + channel] === value) && data[place + 3] === 255) count += 1;
  }
  return count;
}"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ControlPlane, str]]:
    directory = tmp_path_factory.mktemp("nominal")
    batch = web_studies.make_ledger(directory, RUNS, nominal=NOMINAL)
    with serve(directory) as plane:
        yield plane, batch


@pytest.fixture
def visited(study: tuple[ControlPlane, str], browser: Browser) -> Iterator[Visit]:
    plane, batch = study
    with visit(browser, plane.url) as visited:
        visited.open(f"#/study/{batch}")
        expect(visited.page.locator(".selection .count")).to_have_text(f"All {RUNS} runs, without the nominal one")
        expect(visited.card("Outputs").locator("h3").first).to_contain_text("miss_m")
        yield visited


def test_the_answer_marks_it(study: tuple[ControlPlane, str]) -> None:
    plane, batch = study
    assert plane.json(f"/batches/{batch}")["nominal_run"] == RUNS
    rows = plane.json(f"/batches/{batch}/table?columns=run,nominal,outputs.miss_m")["rows"]
    assert len(rows) == RUNS + 1
    assert [row[0] for row in rows if row[1]] == [RUNS]
    assert rows[RUNS][2] > 30
    statistics = plane.json(f"/batches/{batch}/statistics")
    assert statistics["total_runs"] == RUNS
    assert statistics["outputs"][0]["max"] < 30


def test_no_figure_counts_it(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    plane, batch = study
    rows = plane.json(f"/batches/{batch}/table?columns=run,outputs.miss_m")["rows"]
    misses = [row[1] for row in rows[:RUNS] if row[1] is not None]
    summary = visited.card("Outputs").locator("p").first
    expect(summary).to_contain_text(re.compile(rf"^{len(misses)} runs, mean "))
    mean = float(re.search(r"mean ([\d.]+)", summary.text_content() or "").group(1))  # type: ignore[union-attr]
    assert mean == pytest.approx(sum(misses) / len(misses), rel=1e-3)
    expect(summary).to_contain_text(re.compile("nominal run 40(\\.|\\d)* m, not counted|nominal run (39|40)"))
    expect(visited.page.locator(".study-head")).to_contain_text(f"{RUNS} runs and the nominal one")
    expect(visited.card("Runs to look at first")).not_to_contain_text(f"run {RUNS}")
    expect(visited.card("Progress").locator(".legend")).not_to_contain_text(f"{RUNS + 1}")


def test_a_selection_leaves_it_out_and_the_table_shows_it_first(visited: Visit) -> None:
    page = visited.page
    page.get_by_label("Select runs by an expression").fill("outputs.miss_m > 30")
    page.get_by_role("button", name="Select", exact=True).click()
    expect(page.locator(".selection .count")).to_have_text(f"0 of {RUNS} runs, without the nominal one")
    table = visited.card("Runs")
    expect(table).to_contain_text("0 selected and the nominal one, in the first row")
    expect(table.locator(".line.is-nominal .cell").first).to_have_text("nominal")
    # A table out of view waits.
    table.scroll_into_view_if_needed()
    expect(table.locator(".line")).to_have_count(1)


@pytest.mark.parametrize("title", ["Outputs", "Scatter", "Parallel coordinates"])
def test_it_is_drawn_as_its_own_mark(visited: Visit, title: str) -> None:
    page = visited.page
    if title == "Scatter":
        # Two columns in whose ranges it lies.
        visited.card(title).get_by_label("Horizontal axis").select_option("parameters.tilt_deg")
        visited.card(title).get_by_label("Vertical axis").select_option("parameters.mass_kg")
        expect(visited.card(title)).to_contain_text("nominal run")
    card = visited.card(title)
    card.scroll_into_view_if_needed()
    page.wait_for_function(
        '(title) => [...document.querySelectorAll(`section[aria-label="${title}"] canvas`)]'
        f".some((canvas) => ({DRAWN})(canvas) > 20)",
        arg=title,
    )


def test_its_own_page_says_what_it_is(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    visited.open(f"#/run/{study[1]}-{RUNS}")
    expect(visited.page.get_by_role("heading", name=f"Nominal run ({RUNS})")).to_be_visible()
