"""A study's page: its views are linked, and its selection is an address, a file and a new study."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import web_studies
from control_plane import ControlPlane, serve
from playwright.sync_api import Browser, Page, expect
from web_page import Visit, drag, visit

RUNS = 400


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ControlPlane, str]]:
    directory = tmp_path_factory.mktemp("study")
    batch = web_studies.make_ledger(directory, RUNS)
    with serve(directory) as plane:
        yield plane, batch


@pytest.fixture
def visited(study: tuple[ControlPlane, str], browser: Browser) -> Iterator[Visit]:
    plane, batch = study
    with visit(browser, plane.url) as visited:
        visited.open(f"#/study/{batch}")
        expect(visited.page.locator(".selection .count")).to_have_text(f"All {RUNS} runs")
        expect(visited.card("Runs").locator(".line").first).to_be_visible()
        # All that moves other cards when it comes: pointers and keys go to places.
        expect(visited.card("Outputs").locator("h3").first).to_contain_text("miss_m")
        expect(visited.card("Runs to look at first")).to_contain_text("nearest to")
        expect(visited.card("What drives the outputs")).to_contain_text("wind_m_s")
        expect(visited.card("What tells failed runs from others")).to_contain_text("mass_kg")
        expect(visited.card("Breaches against simulated time")).to_contain_text("too_hot")
        expect(visited.card("Scatter")).not_to_contain_text("No run has both values")
        yield visited


def selected(page: Page) -> int:
    """How many runs are selected, when any are."""
    count = page.locator(".selection .count")
    expect(count).to_have_text(re.compile(rf"^\d+ of {RUNS} runs$"))
    return int((count.text_content() or "").split()[0])


def matching(plane: ControlPlane, batch: str, where: str) -> list[int]:
    """The runs that the control plane finds."""
    table = plane.json(f"/batches/{batch}/table?columns=run&where={quote(where)}")
    return [row[0] for row in table["rows"]]


def test_says_the_verdict_and_how_runs_ended_at_first_sight(visited: Visit) -> None:
    requirement = visited.card("Requirements")
    expect(requirement).to_contain_text("lands_near")
    expect(requirement).to_contain_text("miss_m < 3 m in 90 % of runs")
    expect(requirement.locator(".badge")).to_contain_text(re.compile("MET|UNDECIDED"))
    expect(visited.card("Progress")).to_contain_text(f"{RUNS} of {RUNS}")
    expect(visited.card("Progress").get_by_role("button", name="stopped by a condition")).to_be_visible()
    expect(visited.card("Outputs").locator("h3").first).to_contain_text("miss_m [m]")
    expect(visited.card("What drives the outputs")).to_contain_text("wind_m_s")
    expect(visited.card("What tells failed runs from others")).to_contain_text("mass_kg >")
    expect(visited.card("Runs to look at first")).to_contain_text("nearest to miss_m < 3")
    expect(visited.card("Breaches against simulated time")).to_contain_text("too_hot")


def test_a_rectangle_in_the_scatter_plot_selects_in_all_views(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    page = visited.page
    drag(page, visited.card("Scatter").locator("canvas").first, (0.3, 0.2), (0.7, 0.8))
    count = selected(page)
    assert 0 < count < RUNS
    expect(visited.card("Runs")).to_contain_text(f"{count} selected")
    expect(visited.card("Outputs").locator("p").first).to_contain_text("selected runs")
    expect(visited.card("Progress").locator(".legend")).to_contain_text(" of ")
    page.wait_for_url(re.compile("select="))
    where = page.evaluate("new URLSearchParams(location.hash.split('?')[1]).get('select')")
    assert len(matching(*study, where)) == count


def test_a_selection_is_an_address(visited: Visit, study: tuple[ControlPlane, str], browser: Browser) -> None:
    page = visited.page
    page.get_by_label("Select runs by an expression").fill("outputs.miss_m > 1.5 and status = 'Completed'")
    page.get_by_role("button", name="Select", exact=True).click()
    count = selected(page)
    assert count == len(matching(*study, "outputs.miss_m > 1.5 and status = 'Completed'"))
    page.wait_for_url(re.compile("select="))
    with visit(browser, study[0].url) as other:
        other.page.goto(page.url)
        assert selected(other.page) == count


@pytest.mark.parametrize(
    "where",
    [
        "breach is null and not (outputs.heat_kW <= 3)",
        "parameters.wind_m_s < -1 or parameters.wind_m_s > 1e0",
        "status != 'Completed'",
        '(outcome = "breach" or outcome = "failure") and run >= 100',
        "3 < outputs.heat_kW",
        "`outputs.miss_m` is null",
        "outputs.miss_m > outputs.heat_kW",
        "completed_at < '2100-01-01T00:00:00Z' and not status = 'Failed'",
    ],
)
def test_expressions_mean_what_they_mean_to_the_control_plane(
    visited: Visit, study: tuple[ControlPlane, str], where: str
) -> None:
    page = visited.page
    page.get_by_label("Select runs by an expression").fill(where)
    page.get_by_role("button", name="Select", exact=True).click()
    assert selected(page) == len(matching(*study, where))


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("outputs.mis > 1", "No column is called 'outputs.mis'"),
        ("status > ", "the end"),
        ("status = 5", "'status' is compared with a text"),
        ("outputs.miss_m = 'far'", "'outputs.miss_m' is compared with a number"),
        ("outputs.miss_m > 1 outputs", "Expected 'and', 'or' or the end"),
        ("(run = 1", "Expected ')'"),
        ("run = 1 § 2", "Not understood"),
    ],
)
def test_an_expression_that_is_none_is_told(visited: Visit, where: str, message: str) -> None:
    page = visited.page
    page.get_by_label("Select runs by an expression").fill(where)
    page.get_by_role("button", name="Select", exact=True).click()
    expect(page.locator(".selection")).to_contain_text(message)
    expect(page.locator(".selection .count")).to_have_text(f"All {RUNS} runs")


def test_a_range_is_chosen_with_the_keyboard(visited: Visit) -> None:
    page = visited.page
    canvas = visited.card("Outputs").locator("canvas").first
    canvas.focus()
    page.keyboard.press("ArrowRight")
    before = selected(page)
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".selection .count")).not_to_have_text(f"{before} of {RUNS} runs")
    moved = selected(page)
    for _ in range(25):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".selection .count")).not_to_have_text(f"{moved} of {RUNS} runs")
    assert selected(page) > moved
    page.keyboard.press("Escape")
    expect(page.locator(".selection .count")).to_have_text(f"All {RUNS} runs")


def test_parallel_coordinates_select_on_an_axis(visited: Visit) -> None:
    canvas = visited.card("Parallel coordinates").locator("canvas").first
    drag(visited.page, canvas, (0.05, 0.3), (0.05, 0.6))
    assert 0 < selected(visited.page) < RUNS
    expect(visited.page.locator(".chip")).to_contain_text("parameters.")


def test_the_table_sorts_and_shows_other_columns(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    plane, batch = study
    table = visited.card("Runs")
    table.get_by_role("columnheader", name="miss_m").click()
    table.get_by_role("columnheader", name="miss_m").click()
    rows = plane.json(f"/batches/{batch}/table?columns=run&order=-outputs.miss_m&runs={RUNS}")["rows"]
    # To reach the column the table was scrolled sideways, and only columns in view have texts.
    table.locator(".viewport").evaluate("element => { element.scrollLeft = 0; }")
    expect(table.locator('.line[aria-rowindex="2"] .cell').first).to_have_text(str(rows[0][0]))
    expect(table.get_by_role("columnheader", name="miss_m")).to_have_attribute("aria-sort", "descending")
    table.get_by_role("button", name="Columns…").click()
    table.get_by_label("duration_secs").check()
    expect(table.get_by_role("columnheader", name="duration_secs")).to_be_visible()
    expect(table.locator(".line").first).to_contain_text("4.316")


def test_the_table_scrolls_to_its_last_run(visited: Visit) -> None:
    viewport = visited.card("Runs").locator(".viewport")
    viewport.evaluate("element => { element.scrollTop = element.scrollHeight; }")
    expect(visited.card("Runs").locator(f'.line[aria-rowindex="{RUNS + 1}"] .cell').first).to_have_text(str(RUNS - 1))
    assert visited.card("Runs").locator(".line").count() < 60


def test_a_selection_is_saved_as_csv(visited: Visit, study: tuple[ControlPlane, str], tmp_path: Path) -> None:
    page = visited.page
    visited.card("Progress").get_by_role("button", name="timed out").click()
    count = selected(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    path = tmp_path / "selection.csv"
    waiting.value.save_as(path)
    lines = path.read_text().splitlines()
    assert len(lines) == count + 1
    assert {line.split(",")[0] for line in lines[1:]} == {str(run) for run in matching(*study, "status = 'Timeout'")}


def test_a_selection_runs_again_as_a_study(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    plane, batch = study
    page = visited.page
    page.get_by_label("Select runs by an expression").fill("run = 3 or run = 9")
    page.get_by_role("button", name="Select", exact=True).click()
    page.get_by_role("button", name="Run again…").click()
    page.get_by_role("button", name="Submit it").click()
    expect(page.get_by_role("heading", name="landing again")).to_be_visible()
    again = page.url.split("/study/")[1].split("?")[0]
    columns = "columns=parameters.*"
    rows = plane.json(f"/batches/{batch}/table?{columns}&where=run%20%3D%203%20or%20run%20%3D%209")["rows"]
    assert plane.json(f"/batches/{again}/table?{columns}")["rows"] == rows
    plane.json(f"/batches/{again}/cancel", {})


def test_failures_of_a_requirement_are_selected(visited: Visit, study: tuple[ControlPlane, str]) -> None:
    visited.card("Requirements").get_by_role("button", name="Select its failures").click()
    wanted = matching(*study, "not (outputs.miss_m < 3) or breach is not null")
    assert selected(visited.page) == len(wanted)


def test_any_columns_are_shown_against_each_other(visited: Visit) -> None:
    page = visited.page
    card = visited.card("Scatter")
    card.locator("canvas").first.scroll_into_view_if_needed()
    for axis, name in (("Horizontal axis", "run"), ("Vertical axis", "status"), ("Colour", "outputs.heat_kW")):
        card.get_by_label(axis).select_option(name)
    expect(card.locator("canvas").first).to_have_attribute("aria-label", re.compile("status against run of 400 runs"))
    assert "x=run" in page.url
    drag(page, card.locator("canvas").first, (0.2, 0.05), (0.8, 0.95))
    assert 0 < selected(page) < RUNS


READ_IN_PIECES = """async ([batch, size]) => {
  const module = (name) => import(new URL(name, document.querySelector("script[type=module]").src).href);
  const { ArrowReader } = await module("data/arrow.js");
  const { Column } = await module("data/column.js");
  const headers = { Accept: "application/vnd.apache.arrow.stream" };
  const bytes = new Uint8Array(await (await fetch(`/batches/${batch}/table`, { headers })).arrayBuffer());
  const reader = new ArrowReader();
  const columns = [], dictionaries = new Map();
  let row = 0;
  for (let begin = 0; begin < bytes.length; begin += size) {
    for (const message of reader.push(bytes.subarray(begin, begin + size))) {
      if (message.kind === "schema") for (const field of message.fields) columns.push(new Column(field, 400));
      else if (message.kind === "dictionary") dictionaries.set(message.column, message.texts);
      else {
        const rows = Int32Array.from({ length: message.rows }, (_, place) => row + place);
        columns.forEach((column, place) => column.set(rows, message.columns[place], dictionaries.get(place) ?? []));
        row += message.rows;
      }
    }
  }
  const value = (column, row) => column.kind === "time" && column.value(row) !== null
    ? new Date(column.value(row)).toISOString() : column.value(row);
  const rows = Array.from({ length: row }, (_, row) => columns.map((column) => value(column, row)));
  return { isComplete: reader.isComplete, names: columns.map(({ name }) => name), rows };
}"""


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 24])
def test_a_table_is_read_however_it_is_cut(visited: Visit, study: tuple[ControlPlane, str], size: int) -> None:
    plane, batch = study
    read = visited.page.evaluate(READ_IN_PIECES, [batch, size])
    table = plane.json(f"/batches/{batch}/table")
    assert read["isComplete"]
    assert read["names"] == [column["name"] for column in table["columns"]]
    assert read["rows"] == table["rows"]
