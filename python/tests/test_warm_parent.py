"""A process forked from a warm parent is what a process of its own would be."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import warm_host
from warm_host import JobRefusedError, WarmHost, run_cold

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("TETRYX_")},
    "PYTHONUNBUFFERED": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MARK": "the host's",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return warm_host.compile_library(tmp_path_factory.mktemp("library"))


class Bench:
    """Starts hosts for scenarios given as text, and ends them with the test."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._library = library
        self.folder = folder
        self._hosts: list[WarmHost] = []

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def host(self, scenario: str, **environment: str) -> WarmHost:
        path = self.write("scenario.py", scenario)
        self._hosts.append(WarmHost(self._library, path, {**ENVIRONMENT, **environment}))
        return self._hosts[-1]

    def close(self) -> None:
        for host in self._hosts:
            host.close()


@pytest.fixture
def bench(library: Path, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(library, tmp_path)
    yield bench
    bench.close()


ENDS = {
    "nothing": "",
    "exit": "sys.exit()",
    "exit code": "sys.exit(7)",
    "exit code beyond a byte": "sys.exit(256 + 3)",
    "negative exit code": "sys.exit(-1)",
    "huge exit code": "sys.exit(1 << 70)",
    "exit with text": "sys.exit('it is broken')",
    "exit with None": "raise SystemExit(None)",
    "exit with True": "sys.exit(True)",
    "uncaught error": "def inner(): raise ValueError('deep')\ninner()",
    "error with a cause": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('a') from e",
    "hook": "sys.excepthook = lambda *e: print('hooked', e[0].__name__)\n1 / 0",
    "failing hook": "sys.excepthook = lambda *e: [][0]\n1 / 0",
    "interrupted": "raise KeyboardInterrupt",
    "own signal": "os.kill(os.getpid(), 15)",
    "os._exit": "os._exit(9)",
    "abort": "os.abort()",
    "at exit": "import atexit\natexit.register(print, 'first')\natexit.register(print, 'second')\nprint('main')",
    "error at exit": "import atexit\ndef fail(): 1 / 0\natexit.register(fail)",
    "thread": "threading.Thread(target=lambda: (time.sleep(0.05), print('thread done'))).start()\nprint('main done')",
    "daemon": "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
    "destructor": "class A:\n    def __del__(self): print('gone')\na = A()\nb = [A()]; b.append(b)",
    "closed output": "sys.stdout.close()",
    "C buffer": "import ctypes; ctypes.CDLL(None).printf(b'from C')",
    "file left open": "f = open(os.environ['TETRYX_OUTPUT_DIR'] + '/a', 'w'); f.write('x' * 100)",
    "file left in a module": "sys.f = open(os.environ['TETRYX_OUTPUT_DIR'] + '/a', 'w'); sys.f.write('x' * 100)",
    "standard streams": "print(repr(sys.stdin.read()), sys.stdin, sys.stdout, sys.stderr, sys.stdout.seekable())",
    "names": "print(sorted(globals()), __name__, __file__, __spec__, __package__, sys.argv, sys.orig_argv[1:])",
    "main": "print(sys.modules['__main__'].__dict__ is globals(), sys.path[0], os.getcwd())",
    "children": "print(subprocess.run(['sh', '-c', 'echo from a child; exit 3']).returncode)",
    "descriptors": "print(sorted(os.listdir('/proc/self/fd'))[:-1])",
    "name of the process": "print(open('/proc/self/comm').read())",
    "session": "print(os.getsid(0) == os.getpid() == os.getpgrp())",
    "signals": "print({s: signal.getsignal(s) for s in sorted(signal.valid_signals())}, signal.pthread_sigmask(0, []))",
    "environment": "print(sorted((n, v) for n, v in os.environ.items() if n != 'TETRYX_OUTPUT_DIR'))",
    "C environment": "subprocess.run(['env'])",
    "multiprocessing": "import multiprocessing as m\nprint(m.get_context('fork').Pool(2).map(abs, [-1]))",
    "threads": "print(threading.active_count(), threading.current_thread() is threading.main_thread())",
}
DIFFERING = {
    "error at exit": ["Exception ignored in"],
    "C environment": ["TETRYX_OUTPUT_DIR", "_=", "LC_CTYPE"],
    "environment": ["LC_CTYPE"],
}
PRELUDE = "import os, signal, subprocess, sys, threading, time\n\n"


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_and_prints_as_a_process_of_its_own(bench: Bench, name: str) -> None:
    host = bench.host(PRELUDE + ENDS[name] + "\n")
    assert host.word == "ready"
    job = host.start()
    warm = job.end()
    cold_output = bench.folder / "cold"
    cold = run_cold(bench.folder / "scenario.py", ENVIRONMENT, cold_output)

    def lines(text: str) -> list[str]:
        kept = [line for line in text.splitlines() if not line.startswith(tuple(DIFFERING.get(name, ())))]
        return sorted(kept) if name in DIFFERING else kept

    assert lines(warm.err) == lines(cold.err)
    assert lines(warm.out) == lines(cold.out)
    assert (warm.code, warm.signal) == (cold.code, cold.signal)
    for file in cold_output.iterdir():
        assert (job.output / file.name).read_bytes() == file.read_bytes()


def test_each_job_has_its_own_variables_and_none_of_another(bench: Bench) -> None:
    host = bench.host(
        "import os\nprint(sorted(v for v in os.environ if v.startswith('TETRYX_')), os.environ['MARK'])\n"
    )
    first = host.run(TETRYX_RUN_CONFIG="one", TETRYX_TELEMETRY_URL="url")
    second = host.run()
    assert first.out == "['TETRYX_OUTPUT_DIR', 'TETRYX_RUN_CONFIG', 'TETRYX_TELEMETRY_URL'] the host's\n"
    assert second.out == "['TETRYX_OUTPUT_DIR'] the host's\n"


def test_nothing_goes_from_one_job_to_the_next(bench: Bench) -> None:
    bench.write("shared.py", "count = 0\n")
    host = bench.host(
        "import os\nimport shared\n"
        "shared.count += 1\nos.environ['MARK'] = 'changed'\nos.chdir('/')\n"
        "print(shared.count, os.environ.setdefault('LEFT', 'no'), os.getpid())\n"
    )
    ends = [host.run() for _ in range(3)]
    assert [end.out.split()[:2] for end in ends] == [["1", "no"]] * 3
    assert len({end.out.split()[2] for end in ends}) == 3


def test_random_generators_that_modules_share_differ_between_jobs(bench: Bench) -> None:
    host = bench.host("import random\nimport numpy as np\nprint(random.random(), np.random.random())\n")
    assert host.word == "ready"
    drawn = [host.run().out.split() for _ in range(3)]
    assert len({one[0] for one in drawn}) == 3
    assert len({one[1] for one in drawn}) == 3


def test_what_is_shown_of_the_process_names_its_output_directory(bench: Bench) -> None:
    host = bench.host("import sys\nprint(open('/proc/self/environ').read().replace('\\0', '\\n'))\n")
    job = host.start()
    assert f"TETRYX_OUTPUT_DIR={job.output}" in job.end().out.splitlines()


def test_the_guardian_is_small_and_shows_the_output_directory(bench: Bench) -> None:
    os.mkfifo(bench.folder / "gate")
    host = bench.host("open('gate').read()\n")
    job = host.start()
    try:
        guardian = Path(f"/proc/{job.guardian}")
        assert (guardian / "exe").readlink().name == warm_host.SPAWNER
        assert (guardian / "comm").read_text() == "lynx-guardian\n"
        assert (guardian / "environ").read_bytes() == f"TETRYX_OUTPUT_DIR={job.output}\0".encode()
        assert int((guardian / "statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") < 4 << 20
    finally:
        (bench.folder / "gate").write_text("go")
    assert job.end().code == 0


def test_the_c_library_of_a_job_knows_its_processor(bench: Bench) -> None:
    host = bench.host(
        "import ctypes, os\n"
        "for processor in sorted(os.sched_getaffinity(0)) * 2:\n"
        "    os.sched_setaffinity(0, {processor})\n"
        "    assert ctypes.CDLL(None).sched_getcpu() == processor\n"
    )
    end = host.run()
    assert (end.code, end.err) == (0, "")


def test_without_a_program_for_the_guardian_there_is_no_job_and_nothing_left(bench: Bench, library: Path) -> None:
    spawner = library.parent / warm_host.SPAWNER
    host = bench.host("print('x')\n")
    spawner.rename(spawner.with_suffix(".away"))
    try:
        with pytest.raises(JobRefusedError, match=str(errno.ENOENT)):
            host.start()
    finally:
        spawner.with_suffix(".away").rename(spawner)
    assert Path(f"/proc/self/task/{os.getpid()}/children").read_text().split() == [str(host.pid)]
    assert host.run().out == "x\n"


WARMED = """
import os
from lynx_scenario import warm_up

count = 0

@warm_up
def prepare():
    global count
    count += 1
    print("prepared", os.getpid())
"""


def test_a_warm_up_is_done_once_in_the_parent_and_never_in_a_cold_start(bench: Bench) -> None:
    bench.write("warmed.py", WARMED)
    host = bench.host("import warmed\nprint(warmed.count)\n")
    assert host.word == "ready"
    for _ in range(2):
        # Printed by each job, as what imports print is.
        assert host.run().out == f"prepared {host.pid}\n1\n"
    assert run_cold(bench.folder / "scenario.py", ENVIRONMENT, bench.folder / "cold").out == "0\n"


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("1 / 0", "its warm-up fails: ZeroDivisionError"),
        ("threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()", "start threads"),
        ("os.environ.get('TETRYX_OUTPUT_DIR')", "reads TETRYX_OUTPUT_DIR"),
    ],
)
def test_a_warm_up_that_cannot_be_shared_keeps_jobs_cold(bench: Bench, action: str, reason: str) -> None:
    bench.write("warmed.py", f"import os, threading, time\n{WARMED}    {action}\n")
    word = bench.host("import warmed\n").word
    assert word.startswith("refused ")
    assert reason in word


def test_a_temporary_file_made_in_a_warm_up_does_no_harm(bench: Bench) -> None:
    bench.write("warmed.py", f"import os, tempfile\n{WARMED}    tempfile.TemporaryFile().close()\n")
    host = bench.host("import os, tempfile, warmed\nprint('name', next(tempfile._get_candidate_names()))\n")
    assert host.word == "ready"
    names = [host.run().out.splitlines()[-1] for _ in range(2)]
    assert names[0].startswith("name ")
    assert names[0] != names[1]


def test_a_picture_drawn_in_a_warm_up_leaves_no_font_open(bench: Bench) -> None:
    bench.write(
        "warmed.py",
        "import io\nfrom lynx_scenario import warm_up\nfrom matplotlib.figure import Figure\n"
        "@warm_up\ndef draw():\n"
        "    figure = Figure()\n    figure.add_subplot().set_title('text')\n    figure.savefig(io.BytesIO())\n",
    )
    host = bench.host("import warmed\nwarmed.draw()\n")
    assert host.word == "ready"
    assert host.run().code == 0


def test_what_imports_print_is_printed_by_each_job(bench: Bench) -> None:
    bench.write("loud.py", "import sys\nprint('hello')\nprint('careful', file=sys.stderr)\n")
    host = bench.host("import loud\nprint('main')\n")
    for _ in range(2):
        end = host.run()
        assert (end.out, end.err) == ("hello\nmain\n", "careful\n")


REFUSED = {
    "a thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
        "start threads",
    ),
    "a process": ("import subprocess\nsubprocess.Popen(['sleep', '1000'])", "start processes"),
    "a descriptor": ("file = open('/dev/null')", "descriptor open (/dev/null)"),
    "a variable of the job": ("import os\nvalue = os.environ.get('TETRYX_RUN_CONFIG', 'x')", "reads TETRYX_RUN_CONFIG"),
    "a generator": ("import numpy\ngenerator = numpy.random.default_rng()", "random generator of its own"),
    "a random.Random": ("import random\ngenerator = random.Random()", "random generator of its own (random.Random)"),
    "an error": ("raise ValueError('no')", "its imports fail: ValueError: no"),
    "an end": ("import sys\nsys.exit(3)", "its imports fail: SystemExit: 3"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_scenario_whose_imports_leave_more_than_modules_is_not_kept_warm(bench: Bench, name: str) -> None:
    module, reason = REFUSED[name]
    bench.write("module.py", module + "\n")
    host = bench.host("import module\n")
    assert host.word.startswith("refused ")
    assert reason in host.word


IMPORTS = {
    "plain": ("import one\nfrom two import name\n", {"one", "two"}),
    "after a path is changed": ("import one\nimport sys\nsys.path.insert(0, 'x')\nimport two\n", {"one"}),
    "after a variable is set": ("import os\nos.environ['A'] = 'b'\nimport one\n", set()),
    "after names of its own": ("'''doc'''\nA: int = 1\ndef f(x=1): ...\nclass C:\n    y = 2\nimport one\n", {"one"}),
    "after a decorator": ("import one\n@one.name\ndef f(): ...\nimport two\n", {"one"}),
    "for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import one\nelse:\n    import two\n",
        {"two"},
    ),
    "under a condition": ("import one\nif one.name:\n    import two\n", {"one"}),
    "for the script": ("if __name__ == '__main__':\n    import one\n    one.name()\n", {"one"}),
    "or else": ("try:\n    import absent\nexcept ImportError:\n    import one\nelse:\n    import two\n", {"one"}),
    "if there": ("try:\n    import one\nexcept ModuleNotFoundError:\n    one = None\nimport two\n", {"one", "two"}),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_only_imports_before_the_first_own_action_are_done_beforehand(bench: Bench, name: str) -> None:
    text, expected = IMPORTS[name]
    for module in ("one", "two"):
        bench.write(f"{module}.py", f"open('{module}.imported', 'w').close()\nname = print\n")
    host = bench.host(text)
    assert host.word == "ready"
    assert {path.stem for path in bench.folder.glob("*.imported")} == expected


def test_an_import_that_fails_refuses(bench: Bench) -> None:
    assert "ModuleNotFoundError" in bench.host("import absent\n").word


def test_a_scenario_that_is_no_python_is_refused_and_fails_by_itself(bench: Bench) -> None:
    assert bench.host("import sys\n)\n").word.startswith("refused it cannot be read")


@pytest.mark.parametrize("name", ["scenario.py", "module.py"])
def test_a_changed_file_ends_the_parent(bench: Bench, name: str) -> None:
    bench.write("module.py", "value = 1\n")
    host = bench.host("import module\nprint(module.value)\n")
    assert host.run().out == "1\n"
    bench.write(name, "import module\nprint('new')\n" if name == "scenario.py" else "value = 22\n")
    with pytest.raises(JobRefusedError, match=str(errno.ESTALE)):
        host.start()
    warm_host.wait_until_gone(host.pid)


def test_a_killed_parent_leaves_its_jobs_and_gives_no_more(bench: Bench) -> None:
    (bench.folder / "gate").touch()
    os.unlink(bench.folder / "gate")
    os.mkfifo(bench.folder / "gate")
    host = bench.host("import sys\nopen('gate').read()\nprint('through')\n")
    job = host.start()
    warm_host.kill(host.pid)
    warm_host.wait_until_gone(host.pid)
    with pytest.raises(JobRefusedError):
        host.start()
    (bench.folder / "gate").write_text("go")
    assert job.end().out == "through\n"


def test_a_kill_ends_all_that_a_job_started(bench: Bench) -> None:
    os.mkfifo(bench.folder / "pids")
    host = bench.host(
        "import os, subprocess, time\n"
        "stubborn = 'trap \"\" TERM HUP; sleep 1000 & echo $!; wait'\n"
        "child = subprocess.Popen(['setsid', 'sh', '-c', stubborn], stdout=subprocess.PIPE)\n"
        "grandchild = child.stdout.readline().decode()\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid} {grandchild}')\n"
        "time.sleep(1000)\n"
    )
    job = host.start()
    pids = [int(pid) for pid in (bench.folder / "pids").read_text().split()]
    assert pids[0] == job.pid
    assert len(pids) == 3
    job.kill()
    end = job.end()
    assert end.signal == signal.SIGKILL
    assert all(map(warm_host.is_gone, pids))
    assert not warm_host.is_gone(host.pid)


def test_nothing_outlives_the_host(library: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pids")
    (tmp_path / "scenario.py").write_text(
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['setsid', 'sleep', '1000'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "time.sleep(1000)\n"
    )
    program = (
        "import os, sys, time\nfrom pathlib import Path\nfrom warm_host import WarmHost\n"
        f"host = WarmHost(Path({str(library)!r}), Path({str(tmp_path / 'scenario.py')!r}), dict(os.environ))\n"
        "job = host.start()\nprint(host.pid, job.guardian, flush=True)\ntime.sleep(1000)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split() + (tmp_path / "pids").read_text().split()]
    assert len(pids) == 4
    process.kill()
    process.wait()
    process.stdout.close()
    for pid in pids:
        warm_host.wait_until_gone(pid)
