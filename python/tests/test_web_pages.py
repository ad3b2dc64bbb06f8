"""Lists, comparisons, the pool, tenants, and how the page looks after itself."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
import web_studies
from control_plane import LYNXCTL, ControlPlane, serve
from playwright.sync_api import Browser, expect
from web_page import visit
from web_runner import HandRunner

WEB = Path(__file__).parents[2] / "web"
PHONE = 390
LONG_MS = 200_000


def test_the_types_of_its_modules_are_right() -> None:
    checked = subprocess.run(["tsc", "-p", str(WEB)], capture_output=True, text=True, timeout=280, check=False)
    assert checked.returncode == 0, checked.stdout


def test_makes_no_markup_out_of_data() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setAttribute\(\"style\""
    )
    for path in WEB.glob("src/**/*.js"):
        assert forbidden.search(path.read_text()) is None, path
    index = (WEB / "index.html").read_text()
    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", index) is None


def compared(plane: ControlPlane) -> tuple[str, str]:
    """Two studies of the same inputs, of which the second has a run that fails and was made with other code."""
    runner = HandRunner(plane)
    batches = []
    for name, miss, code in (("before", 1.0, "a" * 64), ("after", 5.0, "b" * 64)):
        batches.append(str(plane.json("/jobs", web_studies.submission(4, name=name))["batch_id"]))
        provenance = {"host_version": "1", "engine_sha256": "c" * 64, "files": {"basilisk_entrypoint": code}}
        for job in runner.claim(4):
            run = job["run_config"]["run_index"]
            value = miss if run == 2 else 1.0 + 0.1 * run
            runner.end(job, outputs={"miss_m": (value, "m")}, provenance=provenance)
    return batches[0], batches[1]


def test_two_studies_are_ticked_and_compared(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path) as plane:
        first, second = compared(plane)
        with visit(browser, plane.url) as visited:
            page = visited.open("")
            for batch in (first, second):
                page.locator("tr", has_text=batch).get_by_role("checkbox").check()
            page.get_by_role("link", name="Compare the two").click()
            expect(page.locator("main")).to_contain_text("4 runs of both have ended")
            expect(page.locator("main")).to_contain_text("Made with different code")
            expect(visited.card("Requirements")).to_contain_text("newly failing: 1 2")
            expect(visited.card("Outputs")).to_contain_text("1 of 4")
            expect(visited.card("Outputs")).to_contain_text("1 → 5")
            label = visited.card("Distributions over each other").locator("canvas").first
            expect(label).to_have_attribute("aria-label", re.compile("Distribution functions from 1 to 5: 2 lines"))
            visited.card("Requirements").get_by_role("link", name="in the second").click()
            expect(page.locator(".selection .count")).to_have_text("1 of 4 runs")


def test_the_pool_shows_runners_and_drains_them(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path) as plane:
        plane.json("/jobs", web_studies.submission(5, name="queued"))
        runner = HandRunner(plane, slots=3)
        runner.claim(2)
        with visit(browser, plane.url) as visited:
            page = visited.open("#/pool")
            runners = visited.card("Runners")
            expect(runners).to_contain_text("2 of 3 slots used")
            expect(runners.locator(".slot")).to_have_count(3)
            expect(visited.card("Queue").locator("tr", has_text="queued")).to_contain_text("3")
            runners.get_by_role("button", name="Drain").click()
            page.get_by_role("button", name="Drain it").click()
            expect(runners.locator(".badge").first).to_contain_text("Maintenance")
            expect(visited.card("Queue")).to_contain_text(re.compile("drained", re.IGNORECASE))
            runners.get_by_role("button", name="Resume").click()
            expect(runners.locator(".badge").first).to_contain_text("Busy")


@pytest.fixture
def tenants(tmp_path: Path) -> Iterator[tuple[ControlPlane, dict[str, str]]]:
    """A control plane with a study of tenant lab, and tokens of that and of another tenant."""
    with serve(tmp_path, tenant="lab") as plane:
        tokens = {"lab": str(plane.token)}
        for name, tenant, scope in (("other", "other", "admin"), ("reader", "lab", "read")):
            create = [str(LYNXCTL), "token", "create", "--database", str(tmp_path / "ledger.sqlite")]
            create += ["--tenant", tenant, "--scope", scope, "--name", name]
            tokens[name] = subprocess.run(create, check=True, capture_output=True, text=True).stdout.strip()
        yield plane, tokens


def test_a_tenant_sees_only_its_own(tenants: tuple[ControlPlane, dict[str, str]], browser: Browser) -> None:
    plane, tokens = tenants
    batch = str(plane.json("/jobs", web_studies.submission(2, name="secret"))["batch_id"])
    with visit(browser, plane.url) as visited:
        page = visited.open("")
        page.get_by_label("API token").fill("lynx_api_0000000000000000_wrong")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("API token").fill(tokens["other"])
        page.get_by_role("button", name="Log in").click()
        expect(page.locator("main")).to_contain_text("No studies yet")
        page.goto(f"{plane.url}/ui/#/study/{batch}")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("secret")
        page.goto(f"{plane.url}/ui/#/run/{batch}-0")
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        page.get_by_label("API token").fill(tokens["lab"])
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Run 0")).to_be_visible()


def test_administrators_make_and_revoke_tokens(tenants: tuple[ControlPlane, dict[str, str]], browser: Browser) -> None:
    plane, tokens = tenants
    with visit(browser, plane.url) as visited:
        page = visited.open("#/pool")
        page.get_by_label("API token").fill(tokens["other"])
        page.get_by_role("button", name="Log in").click()
        page.goto(f"{plane.url}/ui/#/pool")
        card = visited.card("Tokens and enrolment")
        # Those of other tenants are not there.
        expect(card.locator("tbody tr")).to_have_count(1)
        card.get_by_label("Name of the token").fill("<b>nightly</b>")
        card.get_by_label("What the token may do").select_option("read")
        card.get_by_role("button", name="Make a token").click()
        secret = card.get_by_role("status").locator("code").inner_text()
        row = card.locator("tbody tr", has_text="<b>nightly</b>")
        expect(row).to_contain_text("read")
        expect(row).to_contain_text("in 365 days")
        made = ControlPlane(plane.url, plane.log, secret)
        assert made.json("/batches")["batches"] == []
        row.get_by_role("button", name="Revoke").click()
        page.get_by_role("button", name="Revoke it").click()
        expect(row).to_contain_text("revoked")
        with pytest.raises(HTTPError):
            made.json("/batches")
        card.get_by_label("Name of the runner").fill("hangar 3")
        card.get_by_role("button", name="Enrol a runner").click()
        expect(card.get_by_role("status").locator("code")).to_have_text(re.compile("^lynx_enroll_"))
        expect(card.locator("tbody tr", has_text="hangar 3")).to_contain_text("enrolment")
        card.get_by_label("Name of the token").fill("x" * 300)
        card.get_by_role("button", name="Make a token").click()
        expect(card.get_by_role("alert")).to_contain_text("name")
    with visit(browser, plane.url) as visited:
        page = visited.open("#/pool")
        page.get_by_label("API token").fill(tokens["reader"])
        page.get_by_role("button", name="Log in").click()
        page.goto(f"{plane.url}/ui/#/pool")
        expect(visited.card("Queue")).to_be_visible()
        expect(visited.card("Tokens and enrolment")).to_have_count(0)


def test_buttons_are_those_of_the_scope(tenants: tuple[ControlPlane, dict[str, str]], browser: Browser) -> None:
    plane, tokens = tenants
    batch = str(plane.json("/jobs", web_studies.submission(2))["batch_id"])
    with visit(browser, plane.url) as visited:
        page = visited.open(f"#/study/{batch}")
        page.get_by_label("API token").fill(tokens["reader"])
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("link", name="All runs as CSV")).to_be_visible()
        expect(page.get_by_role("button", name="Cancel the study")).to_have_count(0)


@pytest.mark.parametrize("width", [PHONE, 1440])
def test_nothing_is_wider_than_the_window(tmp_path: Path, browser: Browser, width: int) -> None:
    batch = web_studies.make_ledger(
        tmp_path, 60, name="a name that is so long that it does not fit into a narrow window " * 2
    )
    with serve(tmp_path) as plane, visit(browser, plane.url, width=width) as visited:
        for address, title in (
            ("", "Studies"),
            (f"#/study/{batch}", "Runs"),
            (f"#/run/{batch}-1", "Made with"),
            ("#/pool", "Queue"),
        ):
            page = visited.open(address)
            expect(visited.card(title)).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_colours_follow_the_reader(tmp_path: Path, browser: Browser) -> None:
    with serve(tmp_path) as plane, visit(browser, plane.url) as visited:
        page = visited.open("")
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        page.get_by_role("button", name="Use dark colours").click()
        dark = page.evaluate(background)
        assert light != dark
        page.reload()
        expect(page.get_by_role("button", name="Use light colours")).to_be_visible()
        assert page.evaluate(background) == dark


def test_a_hundred_thousand_runs_are_shown(tmp_path: Path, browser: Browser) -> None:
    runs = 100_000
    batch = web_studies.make_ledger(tmp_path, runs)
    with serve(tmp_path) as plane, visit(browser, plane.url) as visited:
        # What the control plane computes over all runs takes a debug build long, and has tests of its own.
        visited.page.route(re.compile("/batches/.+/drivers"), lambda route: route.fulfill(status=404))
        page = visited.open(f"#/study/{batch}")
        count = page.locator(".selection .count")
        expect(count).to_have_text("All 100\u202f000 runs", timeout=LONG_MS)
        viewport = visited.card("Runs").locator(".viewport")
        last = visited.card("Runs").locator(f'.line[aria-rowindex="{runs + 1}"]')
        expect(visited.card("Runs").locator(".line").first).to_contain_text("Completed", timeout=LONG_MS)
        page.wait_for_function(
            "() => document.querySelector('.runs-table .body').offsetHeight > 2_000_000", timeout=LONG_MS
        )
        viewport.evaluate("element => { element.scrollTop = element.scrollHeight; }")
        expect(last.locator(".cell").first).to_have_text(str(runs - 1), timeout=LONG_MS)
        page.get_by_label("Select runs by an expression").fill("outputs.miss_m > 3")
        page.get_by_role("button", name="Select", exact=True).click()
        expect(count).to_have_text(re.compile(r"^\d[\d\u202f]* of 100\u202f000 runs$"))
        url = f"/batches/{batch}/table?columns=run&where=outputs.miss_m%20%3E%203"
        wanted = len(plane.json(url)["rows"])
        shown = int((count.text_content() or "").split(" of ")[0].replace("\u202f", ""))
        assert shown == wanted
