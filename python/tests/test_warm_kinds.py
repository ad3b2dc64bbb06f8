"""A job of a warm parent computes what a fresh process does, whatever the modules that it imports do."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from warm_bench import ENVIRONMENT, Bench
from warm_host import run_cold

# Texts that are equal, and the same object or not: a pickle tells.
PICKLED = """
import pickle, sys
MADE = "".join(["quantity_", "3"])
INTERNED = sys.intern("".join(["quantity_", "4"]))
class Box: pass
BOX = Box()
LATE = "".join(["made_", "later"])
for name in (LATE, "".join(["quantity_", "5"])): setattr(BOX, name, 1)
def value():
    texts = [MADE, INTERNED, LATE, "quantity_6", "quantity_" + str(7), *globals(), *vars(BOX), *value.__code__.co_names]
    return pickle.dumps(texts).hex(), [sys.intern(text) is text for text in texts]
"""

SAME = {
    # Where a process is, and what it may do.
    "directory": "import os\nos.makedirs('data', exist_ok=True)\nos.chdir('data')\nvalue = os.getcwd",
    "directory by descriptor": "import os\nos.fchdir(os.open('/', os.O_RDONLY))\nvalue = os.getcwd",
    "directory and back": "import os\nhere = os.getcwd()\nos.chdir('/')\nos.chdir(here)\nvalue = os.getcwd",
    "directory by ctypes": "import ctypes, os\nctypes.CDLL(None).chdir(b'/usr')\nvalue = os.getcwd",
    "mask": "import os\nos.umask(0o027)\ndef value():\n    old = os.umask(0)\n    os.umask(old)\n    return old",
    "limit": "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))\n"
    "value = lambda: resource.getrlimit(resource.RLIMIT_NOFILE)",
    "core limit": "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "value = lambda: resource.getrlimit(resource.RLIMIT_CORE)",
    "ignored signal": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    "value = lambda: signal.getsignal(signal.SIGINT)",
    "handled signal": "import signal\nsignal.signal(signal.SIGUSR1, print)\nvalue = lambda: signal.getsignal(signal.SIGUSR1)",
    "blocked signal": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])\n"
    "value = lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [])",
    "faults": "import faulthandler\nfaulthandler.enable()\nvalue = faulthandler.is_enabled",
    "timer": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 1000)\n"
    "value = lambda: signal.getitimer(signal.ITIMER_REAL)[0] > 0",
    "alarm": "import signal\nsignal.alarm(1000)\nvalue = lambda: signal.alarm(0) > 0",
    "name": "import ctypes\nctypes.CDLL(None).prctl(15, b'solver', 0, 0, 0)\n"
    "value = lambda: open('/proc/self/comm').read()",
    "nice": "import os\nos.nice(3)\nvalue = lambda: os.nice(0)",
    "affinity": "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    "value = lambda: len(os.sched_getaffinity(0))",
    # What it was started with.
    "arguments": "import sys\nARGUMENTS = list(sys.argv)\nORIGINAL = list(sys.orig_argv)\n"
    "value = lambda: (ARGUMENTS, ORIGINAL[1:], sys.argv)",
    "command line": "COMMAND = open('/proc/self/cmdline').read()\n"
    "value = lambda: (COMMAND, open('/proc/self/cmdline').read())",
    "environment, copied": "import os\nENV = dict(os.environ, TZ='UTC')\nvalue = lambda: ENV.get('TETRYX_RUN_CONFIG')",
    "environment, in a closure": "import os\ndef keep(now=os.environ.copy()):\n    return now.get('TETRYX_RUN_CONFIG')\nvalue = keep",
    "environment, asked": "import os\nCONFIG = os.environ.get('TETRYX_RUN_CONFIG')\nvalue = lambda: CONFIG",
    "environment, asked with a prefix": "import os\nOWN = {n: v for n, v in os.environ.items() if n == 'TETRYX_RUN_CONFIG'}\n"
    "value = lambda: OWN",
    "environment, as an object": "import os\nclass Site:\n    def __init__(self): self.all = dict(os.environ)\n"
    "SITE = Site()\nvalue = lambda: SITE.all.get('TETRYX_RUN_CONFIG')",
    "environment, changed": "import os\nos.environ['SOLVER'] = 'fast'\nvalue = lambda: os.environ['SOLVER']",
    "environment, by C": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.getenv.restype = ctypes.c_char_p\n"
    "CONFIG = libc.getenv(b'TETRYX_RUN_CONFIG')\nvalue = lambda: CONFIG",
    "temporary directory": "import tempfile\nWHERE = tempfile.gettempdir()\nvalue = lambda: WHERE",
    # What a module has fixed.
    "seed of random": "import random\nrandom.seed(99)\nvalue = random.random",
    "seed of numpy": "import numpy as np\nnp.random.seed(1234)\nvalue = np.random.normal",
    "generator": "import numpy as np\nRNG = np.random.default_rng(7)\nvalue = RNG.normal",
    "random.Random": "import random\nRNG = random.Random(5)\nvalue = RNG.random",
    "legacy state": "import numpy as np\nRNG = np.random.RandomState(3)\nvalue = RNG.normal",
    "drawn after seeding": "import random\nrandom.seed(4)\nFIRST = random.random()\nvalue = lambda: (FIRST, random.random())",
    "generator, drawn from": "import numpy as np\nRNG = np.random.default_rng(7)\nRNG.normal(size=3)\nvalue = RNG.normal",
    "seed of C": "import ctypes\nC = ctypes.CDLL(None)\nC.srand(17)\nvalue = C.rand",
    # How Python is set up.
    "path": "import sys\nsys.path.insert(0, '/opt/models')\nvalue = lambda: sys.path[:2]",
    "recursion": "import sys\nsys.setrecursionlimit(4321)\nvalue = sys.getrecursionlimit",
    "hook": "import sys\nsys.excepthook = print\nvalue = lambda: sys.excepthook",
    "collector": "import gc\ngc.disable()\nvalue = gc.isenabled",
    "thresholds": "import gc\ngc.set_threshold(5, 6, 7)\nvalue = gc.get_threshold",
    "locale": "import locale\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8')\nvalue = lambda: locale.setlocale(locale.LC_ALL)",
    "builtins": "import builtins\nbuiltins.G0 = 9.81\nvalue = lambda: G0",
    "finder": "import sys\nclass Finder:\n    def find_spec(self, *_): return None\n"
    "sys.meta_path.append(Finder)\nvalue = lambda: len(sys.meta_path)",
    "warnings": "import warnings\nwarnings.simplefilter('ignore')\nvalue = lambda: warnings.filters[0][0]",
    "printed": "print('loaded')\nimport sys\nprint('careful', file=sys.stderr)\nvalue = int",
    "standard output": "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, write_through=True)\nvalue = int",
    "modules": "import sys\nvalue = lambda: sorted(n for n in sys.modules if 'lynx' in n or n in ('ctypes', 'json', 'struct'))",
    "names, pickled": PICKLED + "".join(f"quantity_{number} = {number}\n" for number in range(40)),
    "attributes of a package": "import xml\nvalue = lambda: hasattr(xml, 'dom')",
    # What it has open.
    "thread": "import threading, time\nSTOP = threading.Event()\n"
    "THREAD = threading.Thread(target=STOP.wait, daemon=True)\nTHREAD.start()\nvalue = THREAD.is_alive",
    "child": "import subprocess\nCHILD = subprocess.Popen(['sleep', '5'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\nvalue = CHILD.poll",
    "pipe": "import os\nR, W = os.pipe()\ndef value():\n    os.write(W, b'x')\n    return os.read(R, 9)",
    "socket pair": "import socket\nA, B = socket.socketpair()\ndef value():\n    A.send(b'x')\n    return B.recv(9)",
    "file": "FILE = open(__file__)\nvalue = FILE.readline",
    "file in memory": "import os\nFD = os.memfd_create('t')\ndef value():\n    os.write(FD, b'x')\n    return os.fstat(FD).st_size",
    # Memory that copies would share.
    "anonymous map": "import mmap\nMAP = mmap.mmap(-1, 8)\ndef value():\n    MAP[0] += 1\n    return MAP[0]",
    "value": "import multiprocessing\nCOUNT = multiprocessing.Value('i')\n"
    "def value():\n    COUNT.value += 1\n    return COUNT.value",
    "array": "import multiprocessing\nA = multiprocessing.RawArray('d', 4)\ndef value():\n    A[0] += 1\n    return A[0]",
    "semaphore": "import multiprocessing\nS = multiprocessing.Semaphore(2)\nvalue = lambda: S.acquire(timeout=1) and S.get_value()",
    "lock": "import multiprocessing\nL = multiprocessing.Lock()\nvalue = lambda: L.acquire(timeout=1)",
    "barrier": "import multiprocessing\nB = multiprocessing.Barrier(1)\nvalue = B.wait",
    "queue": "import multiprocessing\nQ = multiprocessing.SimpleQueue()\ndef value():\n    Q.put(1)\n    return Q.get(), Q.empty()",
    "mapped file": "import mmap, os\nF = open('state.bin', 'w+b')\nF.write(bytes(8))\nF.flush()\nMAP = mmap.mmap(F.fileno(), 8)\n"
    "def value():\n    MAP[0] += 1\n    return MAP[0]",
    "numpy memmap": "import numpy as np\nM = np.memmap('state.dat', dtype='i4', mode='w+', shape=(4,))\n"
    "def value():\n    M[0] += 1\n    return int(M[0])",
    # Counters and caches.
    "counter": "import itertools\nIDS = itertools.count()\nvalue = lambda: next(IDS)",
    "dictionary": "CACHE = {}\ndef value():\n    CACHE[len(CACHE)] = 1\n    return len(CACHE)",
    "registry of another": "import decimal\ndecimal.getcontext().prec = 7\nvalue = lambda: decimal.Decimal(1) / 3",
    "numpy errors": "import numpy as np\nnp.seterr(all='raise')\nvalue = np.geterr",
    "numpy printing": "import numpy as np\nnp.set_printoptions(precision=2)\nvalue = lambda: str(np.array([1 / 3]))",
    "log": "import logging\nlogging.basicConfig(level=logging.INFO, format='%(message)s')\n"
    "def value():\n    logging.info('here')\n    return logging.getLogger().level",
    # Ends.
    "exit handler": "import atexit\natexit.register(print, 'bye')\nvalue = int",
    "finalizer": "import weakref\nclass A: pass\nOBJECT = A()\nweakref.finalize(OBJECT, print, 'gone')\nvalue = int",
    "temporary directory of its own": "import os, tempfile\nT = tempfile.TemporaryDirectory()\n"
    "value = lambda: os.path.isdir(T.name)",
    "temporary file": "import tempfile\nF = tempfile.NamedTemporaryFile()\ndef value():\n    F.write(b'x')\n    return F.tell()",
    "output directory": "import os\nos.makedirs('scratch', exist_ok=True)\nopen('scratch/lock', 'a').write('x')\n"
    "value = lambda: os.path.getsize('scratch/lock') > 0",
}

DIFFERENT = {
    "pid": "import os\nPID = os.getpid()\nvalue = lambda: PID",
    "pid in a name": "import os\nNAME = f'run-{os.getpid()}'\nvalue = lambda: NAME",
    "pid of an object": "import os\nclass Me:\n    pid = os.getpid()\nvalue = lambda: Me.pid",
    "time": "import time\nSTART = time.time()\nvalue = lambda: START",
    "date": "import datetime\nSTART = datetime.datetime.now()\nvalue = lambda: START",
    "clock": "from time import perf_counter\nSTART = perf_counter()\nvalue = lambda: START",
    "time in a closure": "import time\ndef clock(start=time.monotonic_ns()):\n    return start\nvalue = clock",
    "time of an object": "import time\nclass Timer:\n    def __init__(self): self.start = time.monotonic()\nT = Timer()\nvalue = lambda: T.start",
    "uuid": "import uuid\nID = uuid.uuid4()\nvalue = lambda: ID",
    "secret": "import secrets\nKEY = secrets.token_hex(8)\nvalue = lambda: KEY",
    "randomness": "import os\nKEY = os.urandom(8)\nvalue = lambda: KEY",
    "randomness, hidden": "import os\ndef make():\n    key = os.urandom(8)\n    return lambda: key\nvalue = make()",
    "file of randomness": "with open('/dev/urandom', 'rb') as file:\n    KEY = file.read(8)\nvalue = lambda: KEY",
    "generator": "import numpy as np\nRNG = np.random.default_rng()\nvalue = RNG.normal",
    "random.Random": "import random\nRNG = random.Random()\nvalue = RNG.random",
    "legacy state": "import numpy as np\nRNG = np.random.RandomState()\nvalue = RNG.normal",
    "shared random": "import random\nvalue = random.random",
    "shared numpy": "import numpy as np\nvalue = np.random.normal",
    "drawn": "import random\nBIAS = random.random()\nvalue = lambda: BIAS",
    "drawn by numpy": "import numpy as np\nBIAS = np.random.normal(size=2).tolist()\nvalue = lambda: BIAS",
    "generator in an object": "import numpy as np\nclass Sensor:\n    def __init__(self): self.rng = np.random.default_rng()\n"
    "S = Sensor()\nvalue = lambda: S.rng.normal()",
    "generator, lazily seeded": "import numpy as np\nclass Sensor:\n    rng = np.random.Generator(np.random.PCG64())\n"
    "value = lambda: Sensor.rng.normal()",
    "sampler": "from scipy.stats import qmc\nS = qmc.Sobol(2)\nvalue = lambda: S.random(2).tolist()",
    "authentication key": "import multiprocessing\nvalue = lambda: bytes(multiprocessing.current_process().authkey)",
    "start of the log": "import logging\nvalue = lambda: logging._startTime",
    "name of a temporary file": "import tempfile\nvalue = tempfile.mktemp",
}

NATIVE = {
    "chance, with a handler": (
        "#include <pthread.h>\n#include <sys/random.h>\nstatic unsigned s;\n"
        "static void seed(void) { if (getrandom(&s, sizeof s, 0) < 0) s = 1; }\n"
        "__attribute__((constructor)) static void loaded(void) { seed(); pthread_atfork(0, 0, seed); }\n"
        "unsigned value(void) { return s; }\n",
        False,
    ),
    "chance": (
        "#include <sys/random.h>\nstatic unsigned s;\n"
        "__attribute__((constructor)) static void loaded(void) { if (getrandom(&s, sizeof s, 0) < 0) s = 1; }\n"
        "unsigned value(void) { return s; }\n",
        False,
    ),
    "chance, by number": (
        "#define _GNU_SOURCE\n#include <unistd.h>\n#include <sys/syscall.h>\nstatic unsigned s;\n"
        "__attribute__((constructor)) static void loaded(void) { if (syscall(SYS_getrandom, &s, sizeof s, 0) < 0) s = 1; }\n"
        "unsigned value(void) { return s; }\n",
        False,
    ),
    "chance, from a file": (
        "#include <stdio.h>\nstatic unsigned s;\n"
        "__attribute__((constructor)) static void loaded(void) {\n"
        '    FILE *f = fopen("/dev/urandom", "rb"); if (f && fread(&s, sizeof s, 1, f) != 1) s = 1; if (f) fclose(f);\n}\n'
        "unsigned value(void) { return s; }\n",
        False,
    ),
    "time": (
        "#include <time.h>\nstatic struct timespec s;\n"
        "__attribute__((constructor)) static void loaded(void) { clock_gettime(CLOCK_MONOTONIC, &s); }\n"
        "unsigned value(void) { return (unsigned)(s.tv_nsec ^ s.tv_sec); }\n",
        False,
    ),
    "pid": (
        "#include <unistd.h>\nstatic unsigned s;\n"
        "__attribute__((constructor)) static void loaded(void) { s = (unsigned)getpid(); }\n"
        "unsigned value(void) { return s; }\n",
        False,
    ),
    "handler of forks": (
        "#include <pthread.h>\nstatic unsigned s;\nstatic void forked(void) { s++; }\n"
        "__attribute__((constructor)) static void loaded(void) { pthread_atfork(0, 0, forked); }\n"
        "unsigned value(void) { return s < 2; }\n",
        True,
    ),
    "seed of C": (
        "#include <stdlib.h>\n__attribute__((constructor)) static void loaded(void) { srand(3); }\n"
        "unsigned value(void) { return (unsigned)rand(); }\n",
        True,
    ),
    "shared memory": (
        "#include <sys/mman.h>\nstatic unsigned *s;\n__attribute__((constructor)) static void loaded(void) {\n"
        "    s = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n}\n"
        "unsigned value(void) { return ++*s; }\n",
        True,
    ),
    "counter": ("static unsigned s;\nunsigned value(void) { return ++s; }\n", True),
    "process-wide lock": (
        "#include <fcntl.h>\n#include <semaphore.h>\n#include <stdio.h>\n#include <unistd.h>\nstatic sem_t *s;\n"
        "__attribute__((constructor)) static void loaded(void) {\n"
        '    char n[64]; snprintf(n, sizeof n, "/warm-%d", (int)getpid()); s = sem_open(n, O_CREAT, 0600, 1); sem_unlink(n);\n}\n'
        "unsigned value(void) { return (unsigned)sem_trywait(s); }\n",
        True,
    ),
}


@pytest.fixture(scope="module")
def bench(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(library, tmp_path_factory.mktemp("kinds"))
    yield bench
    bench.close()


SCENARIO = "import json, struct\nimport module\nprint(module.value())\n"


@pytest.mark.parametrize("name", SAME)
def test_what_does_not_differ_between_processes_does_not_differ_between_jobs(bench: Bench, name: str) -> None:
    bench = bench.renewed(name)
    bench.write("module.py", SAME[name] + "\n")
    host = bench.host(SCENARIO)
    assert host.word == "ready"
    cold = run_cold(
        bench.folder / "scenario.py",
        {**ENVIRONMENT, "TETRYX_RUN_CONFIG": "one", "TMPDIR": "/tmp"},
        bench.folder / "cold",
    )
    for _ in range(2):
        warm = host.run(TETRYX_RUN_CONFIG="one", TMPDIR="/tmp")
        assert (warm.code, warm.out, warm.err) == (cold.code, cold.out, cold.err)


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_between_processes_differs_between_jobs(bench: Bench, name: str) -> None:
    bench = bench.renewed(name)
    bench.write("module.py", DIFFERENT[name] + "\n")
    host = bench.host(SCENARIO)
    assert host.word == "ready"
    ends = [host.run() for _ in range(3)]
    assert [end.err for end in ends] == [""] * 3
    assert len({end.out for end in ends}) == 3


@pytest.mark.parametrize("name", NATIVE)
def test_what_libraries_do_when_they_are_loaded(bench: Bench, name: str) -> None:
    bench = bench.renewed(name)
    code, is_same = NATIVE[name]
    source = bench.write("native.c", code)
    library = bench.folder / "libnative.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-pthread", "-o", str(library), str(source)], check=True)
    bench.write("module.py", f"import ctypes\nvalue = ctypes.CDLL({str(library)!r}).value\n")
    host = bench.host(SCENARIO)
    assert host.word == "ready"
    ends = [host.run() for _ in range(3)]
    assert [end.err for end in ends] == [""] * 3
    assert len({end.out for end in ends}) == (1 if is_same else 3)
    if is_same:
        assert ends[0].out == run_cold(bench.folder / "scenario.py", ENVIRONMENT, bench.folder / "cold").out


def test_a_library_of_cpp_that_only_an_extension_has_is_found(bench: Bench) -> None:
    bench = bench.renewed("random device")
    source = bench.write(
        "device.cpp", '#include <random>\nextern "C" unsigned value() { std::random_device draw; return draw(); }\n'
    )
    library = bench.folder / "libdevice.so"
    subprocess.run(["c++", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    bench.write("module.py", f"import ctypes\nvalue = ctypes.CDLL({str(library)!r}).value\n")
    host = bench.host(SCENARIO)
    assert host.word == "ready"
    ends = [host.run() for _ in range(3)]
    assert [(end.code, end.err) for end in ends] == [(0, "")] * 3
    assert len({end.out for end in ends}) == 3


ARROW = """
import io
import pandas
import pyarrow
import pyarrow.compute
import pyarrow.parquet

table = pyarrow.table({"x": range(100_000)})
file = io.BytesIO()
pyarrow.parquet.write_table(table, file)
# Reading and computing use Arrow's threads.
read = pyarrow.parquet.read_table(file, use_threads=True).to_pandas(use_threads=True)
print(read.x.sum(), pyarrow.compute.sum(table["x"]))
print(*pyarrow.compute.random(4, initializer="system"))
"""


def test_arrow_is_there_beforehand_and_draws_anew(bench: Bench) -> None:
    host = bench.renewed("arrow").host(ARROW)
    assert host.word == "ready"
    assert host.left_out == {}
    ends = [host.run() for _ in range(3)]
    assert [end.err for end in ends] == [""] * 3
    sums, draws = zip(*(end.out.splitlines() for end in ends), strict=True)
    assert set(sums) == {"4999950000 4999950000"}
    assert len(set(draws)) == 3


def test_scipy_is_there_beforehand_with_the_time_of_the_run(bench: Bench) -> None:
    scenario = (
        "import time\nbegin = int(time.time())\nimport scipy.integrate\nimport numpy.f2py.rules as rules\n"
        "print(rules.generationtime >= begin,\n"
        "    time.asctime(time.gmtime(rules.generationtime)) in rules.module_rules['modulebody'])\n"
    )
    host = bench.renewed("scipy").host(scenario)
    assert host.word == "ready"
    assert host.left_out == {}
    # The clock shows whole seconds.
    time.sleep(1.1)
    for _ in range(2):
        assert host.run().out == "True True\n"
