"""The page of a study while its runs end, hundreds a second."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from pathlib import Path

from browsers import chromium, opened, tab_memory

from claims import control_plane
from report import Goal, Result, Table
from settings import Settings

OURS = "lynx"
RATE = 500
RUNNERS, SLOTS = 4, 4
VALUES = 10
"""Parameters of a run, and as many outputs."""
GOAL_FPS = 50.0
KEPT = 0.98
"""Of the rate that is asked for: the first claims and the last reports take a moment."""

WATCH = """() => {
  window.frames_seen = { count: 0, longest: 0, began: performance.now(), ended: null };
  let last = performance.now();
  const seen = window.frames_seen;
  const step = now => {
    seen.count += 1;
    seen.longest = Math.max(seen.longest, now - last);
    last = now;
    if (!seen.ended) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
"""Counts frames, and how long the page stood still at most."""

SEEN = """text => document.querySelector('section[aria-label=Progress]').textContent.includes(text)"""
ENDED = """() => {
  const seen = window.frames_seen;
  seen.ended = performance.now();
  return [1000 * seen.count / (seen.ended - seen.began), seen.longest];
}"""


def measure(settings: Settings) -> Result:
    runs = settings.sizes.page_live_runs
    row = f"{runs:,} runs"
    rate = Table("runs that end while their study's page is open", "per second", [OURS])
    frames = Table("frames of the page meanwhile", "per second", [OURS])
    longest = Table("longest time between two frames", "ms", [OURS])
    late = Table("from the last run's end to the page that shows it", "s", [OURS])
    memory = Table("memory of the tab at the end", "MB", [OURS])
    for number in range(settings.sizes.rounds):
        settings.say(f"web: {row} live, round {number + 1}")
        database = settings.work / f"live-{number}.sqlite"
        with control_plane(settings.programs, str(database), settings.work) as url, chromium() as browser:
            page, session = opened(browser)
            load = generator(settings.programs, url, runs)
            page.goto(f"{url}/ui/#/study/{newest(url)}")
            page.wait_for_function(SEEN, arg="rate")
            page.evaluate(WATCH)
            answer, _ = load.communicate(timeout=300)
            ended = time.monotonic()
            figures = json.loads(answer)
            page.wait_for_function(SEEN, arg=f"{separated(runs)} of {separated(runs)}", polling=20)
            page.wait_for_function(SEEN, arg=f"{separated(runs)} completed", polling=20)
            late.add(row, OURS, time.monotonic() - ended)
            shown, pause = page.evaluate(ENDED)
            rate.add(row, OURS, figures["jobs"] / figures["seconds"])
            frames.add(row, OURS, shown)
            longest.add(row, OURS, pause)
            memory.add(row, OURS, tab_memory(session))
    goals = [
        Goal.least(f"{row} live: they end", rate.rows[row][OURS].median, "per second", KEPT * RATE),
        Goal.least(f"{row} live: the page moves", frames.rows[row][OURS].median, "frames per second", GOAL_FPS),
    ]
    return Result([rate, frames, longest, late, memory], goals)


def generator(programs: Path, url: str, runs: int) -> subprocess.Popen[bytes]:
    command = [str(programs / "lynx-load"), "--control-plane", url, "--runners", str(RUNNERS), "--slots", str(SLOTS)]
    command += ["--jobs", str(runs), "--rate", str(RATE), "--parameters", str(VALUES), "--outputs", str(VALUES)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def newest(url: str) -> str:
    """The id of the batch that the generator submits first of all."""
    while True:
        with urllib.request.urlopen(f"{url}/batches") as answer:
            batches = json.load(answer)["batches"]
        if batches:
            return str(batches[0]["batch_id"])
        time.sleep(0.02)


def separated(count: int) -> str:
    """As the page writes it, with narrow spaces between thousands."""
    return f"{count:,}".replace(",", "\u202f")
