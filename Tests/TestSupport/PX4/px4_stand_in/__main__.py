"""The command line of `px4`: `px4 [-d] [-i INSTANCE] [-w WORKING_DIRECTORY] [ETC]`."""

from __future__ import annotations

import getopt
import os
import signal
import subprocess
import sys
from pathlib import Path

from .parameters import Parameters, speed_factor
from .server import RefusedError, Server
from .simulation import Simulation

FAILURE = 255


def main(arguments: list[str]) -> int:
    try:
        options, rest = getopt.getopt(arguments, "hdt:s:i:w:")
        given = dict(options)
        instance = int(given.get("-i", "0"))
    except (getopt.GetoptError, ValueError) as error:
        print(f"ERROR [px4] {error}", flush=True)
        return FAILURE
    print(f"INFO  [px4] instance: {instance}\n\npx4 starting.\n", flush=True)
    try:
        folder = Path(given.get("-w", "."))
        folder.mkdir(exist_ok=True)
        os.chdir(folder)
        server = Server(instance)
        server.check()
        link_etc(rest)
        return start(server, instance)
    except (RefusedError, OSError) as error:
        print(error if isinstance(error, RefusedError) else f"ERROR [px4] {error}", flush=True)
        return FAILURE


def link_etc(rest: list[str]) -> None:
    """A relative path leads nowhere from the working directory, as with PX4."""
    link = Path("etc")
    if rest:
        link.unlink(missing_ok=True)
        link.symlink_to(rest[0])
    if not Path("etc/init.d-posix/rcS").exists():
        raise RefusedError("ERROR [px4] Error opening startup file, does not exist: etc/init.d-posix/rcS")


def start(server: Server, instance: int) -> int:
    ending = False
    simulation: Simulation | None = None

    def end(*_: object) -> None:
        nonlocal ending
        print("\nPX4 Exiting...", flush=True)
        ending = True
        if simulation is not None:
            simulation.is_ending = True

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.listen()
    server.lock()
    if not run_start_script(instance):
        server.leave()
        return FAILURE
    parameters = Parameters(Path("etc"))
    try:
        factor = speed_factor()
    except ValueError:
        return hang(server)
    parameters.load(os.environ, instance, factor)
    if parameters["SIM_FAULT_BOOT"] == 1:
        return hang(server)
    if not ending:
        simulation = Simulation(parameters, instance, factor or 1)
        print("INFO  [px4] Startup script returned successfully", flush=True)
        if not ending:
            simulation.run()
    server.leave()
    return 0


def run_start_script(instance: int) -> bool:
    """While it runs SIGINT is ignored, and SIGTERM waits for its end, as in the C library's `system`."""
    print(f"INFO  [px4] startup script: /bin/sh etc/init.d-posix/rcS {instance}", flush=True)
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = subprocess.call(["/bin/sh", "etc/init.d-posix/rcS", str(instance)])
    signal.signal(signal.SIGINT, interrupt)
    if status != 0:
        print(
            f"ERROR [px4] Startup script returned with return value: {status << 8 if status > 0 else -status}",
            flush=True,
        )
    return status == 0


def hang(server: Server) -> int:
    """As PX4 does in its start script: until a signal to the whole group ends that."""
    subprocess.call(["sleep", "infinity"])
    server.leave()
    return FAILURE


sys.exit(main(sys.argv[1:]))
