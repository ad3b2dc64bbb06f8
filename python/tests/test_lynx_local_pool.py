"""How a pool of this machine begins and ends, and what is said where there is none."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lynx_pools import ROOT, eventually, local, restarted, study

import lynx
import lynx.aio


def test_nobody_there_is_told_at_once() -> None:
    with pytest.raises(lynx.Unavailable, match=r"GET /healthz: ConnectError"):
        lynx.connect("http://127.0.0.1:9")
    with pytest.raises(ValueError, match="'localhost:8080' is no URL"):
        lynx.connect("localhost:8080")


def test_another_server_is_no_control_plane() -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html></html>")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(lynx.Unavailable, match="not that of a control plane"):
                lynx.connect(f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


def test_a_runner_that_dies_ends_the_waiting(tmp_path: Path) -> None:
    with local(tmp_path) as pool:
        slow = pool.submit(study("slow", {"seconds": 60.0, "x": 1.0}))
        eventually(lambda: slow.overview.by_status.get("Running"))
        pool._programs[0].kill()
        with pytest.raises(lynx.ProgramError, match="runner-host has ended"):
            slow.wait(60)


def test_a_cell_that_is_run_again_replaces_its_pool(tmp_path: Path) -> None:
    first = local(tmp_path)
    done = first.submit(study("product", {"x": 1.0, "y": 2.0}, runs=1)).wait(60)
    with local(tmp_path) as second:
        assert second.study(done.batch_id).runs["product"].tolist() == [2.0]
        assert not any(program.end.alive for program in first._programs)


def test_what_is_unfinished_is_not_run_by_another_scenario(tmp_path: Path) -> None:
    with local(tmp_path) as pool:
        slow = pool.submit(study("slow", {"seconds": 0.5, "x": 1.0}, runs=8))
    other = tmp_path / "other.py"
    other.write_text("raise SystemExit(1)\n")
    with pytest.raises(lynx.ProgramError, match=rf"unfinished studies of .*lynx_models\.py \({slow.batch_id}\)"):
        local(tmp_path, other)
    with local(tmp_path) as pool:
        assert pool.study(slow.batch_id).wait(60).runs["twice"].tolist() == [2.0] * 8
    with local(tmp_path, other) as pool:
        assert pool.study(slow.batch_id).overview.completed == 8


def test_a_state_in_use_by_another_process_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").symlink_to(tmp_path)
    with restarted(tmp_path), pytest.raises(lynx.ProgramError, match="in use by another control plane"):
        local(tmp_path)


def test_programs_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    source = (
        "import sys\nfrom pathlib import Path\nfrom lynx_pools import local\n"
        "pool = local(Path(sys.argv[1]))\n"
        "print(*(program._pid for program in pool._programs), flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(ROOT / "python")])}
    with subprocess.Popen(
        [sys.executable, "-c", source, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        pids = process.stdout.readline().split()
        assert len(pids) == 2
        process.kill()
    eventually(lambda: not any(Path("/proc", pid).exists() for pid in pids))


def test_what_a_program_complains_of_is_raised(tmp_path: Path) -> None:
    with pytest.raises(lynx.ProgramError, match=r"none\.py: there is no such file"):
        lynx.local(tmp_path / "none.py")
    (tmp_path / "study.yaml").touch()
    with pytest.raises(lynx.ProgramError, match=r"study\.yaml: is no scenario"):
        lynx.local(tmp_path / "study.yaml")
    with pytest.raises(
        lynx.ProgramError, match=r"runner-host has ended with 2: .*max-concurrent-jobs: 0 is out of range"
    ):
        local(tmp_path, slots=0)
    with pytest.raises(lynx.ProgramError, match="lynxctl and runner-host are not in"):
        lynx.local(__file__, programs=tmp_path)
