"""A PX4 of a test's own: the stand-in, and the real one where PX4_BINARY and PX4_ETC name a build."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pymavlink.dialects.v20 import common as mavlink

STAND_IN_FOLDER = Path(__file__).parents[2] / "Tests/TestSupport/PX4"
PORTS = (18570, 14580, 14280, 13030, 19450)
PATIENCE_S = 60
"""Only there to end a test that has failed."""


class Build(NamedTuple):
    binary: str
    etc: str


STAND_IN = Build(str(STAND_IN_FOLDER / "bin/px4"), str(STAND_IN_FOLDER / "etc"))


def builds() -> list[Build]:
    found = [STAND_IN]
    if (binary := os.environ.get("PX4_BINARY")) and (etc := os.environ.get("PX4_ETC")):
        found.append(Build(binary, etc))
    return found


def free_instance() -> int:
    """A number whose ports nobody has, of those that tests of the engine leave alone."""
    for instance in range(39, 29, -1):
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in PORTS]
        try:
            for port, candidate in zip(PORTS, sockets, strict=True):
                candidate.bind(("0.0.0.0", port + instance))
            return instance
        except OSError:
            continue
        finally:
            for candidate in sockets:
                candidate.close()
    raise AssertionError("every instance number from 30 to 39 is in use")


class Px4:
    """A running PX4, in a process group of its own."""

    def __init__(self, build: Build, folder: Path, instance: int, environment: dict[str, str], etc: str | None) -> None:
        self.instance = instance
        self.folder = folder
        self._output = os.memfd_create("px4")
        variables = {"PX4_SIM_MODEL": "sihsim_quadx", "PX4_SIMULATOR": "sihsim", "PX4_PARAM_IMU_GYRO_CAL_EN": "0"}
        self.process = subprocess.Popen(
            [build.binary, "-d", "-i", str(instance), "-w", str(folder), etc or build.etc],
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables, **environment},
            start_new_session=True,
        )

    @property
    def output(self) -> str:
        size = os.fstat(self._output).st_size
        return os.pread(self._output, size, 0).decode(errors="replace")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signals the group, and gives the exit status."""
        os.killpg(self.process.pid, number)
        return self.wait()

    def wait(self) -> int:
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)
        os.close(self._output)

    def logs(self) -> list[Path]:
        return sorted(self.folder.glob("log/*/*.ulg"))


@contextmanager
def px4(
    build: Build, folder: Path, instance: int | None = None, etc: str | None = None, **environment: str
) -> Iterator[Px4]:
    vehicle = Px4(build, folder, free_instance() if instance is None else instance, environment, etc)
    try:
        yield vehicle
    finally:
        vehicle.close()


class Client:
    """Whoever speaks to a vehicle on one of its links, and listens on a port of its own or on one that it is given."""

    def __init__(self, instance: int, port: int = 14580, listen: int = 0) -> None:
        self._address = ("127.0.0.1", port + instance)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", listen))
        self._socket.settimeout(0.1)
        self._mavlink = mavlink.MAVLink(None, srcSystem=254, srcComponent=1)
        self._mavlink.robust_parsing = True
        self.system = instance + 1

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, message: mavlink.MAVLink_message) -> None:
        self._socket.sendto(message.pack(self._mavlink), self._address)

    def command(self, number: int, *parameters: float) -> None:
        filled = [*parameters, *[0.0] * (7 - len(parameters))]
        self.send(mavlink.MAVLink_command_long_message(self.system, 1, number, 0, *filled))

    def messages(self, seconds: float) -> Iterator[mavlink.MAVLink_message]:
        """What comes within so many real seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self._socket.recv(65536)
            except (TimeoutError, ConnectionError):
                continue
            yield from self._mavlink.parse_buffer(data) or []

    def until(self, holds: Callable[[mavlink.MAVLink_message], bool]) -> mavlink.MAVLink_message:
        """The first message for which something holds; a greeting goes out until the vehicle listens."""
        greeting = mavlink.MAVLink_heartbeat_message(mavlink.MAV_TYPE_ONBOARD_CONTROLLER, 8, 0, 0, 4, 3)
        for _ in range(PATIENCE_S * 10):
            self.send(greeting)
            for message in self.messages(0.1):
                if message.get_srcSystem() == self.system and holds(message):
                    return message
        raise AssertionError("the vehicle did not say it")

    def until_ready(self) -> None:
        self.until(
            lambda message: (
                message.get_type() == "SYS_STATUS"
                and bool(message.onboard_control_sensors_health & mavlink.MAV_SYS_STATUS_PREARM_CHECK)
            )
        )

    def parameter(self, name: str) -> float | int:
        """Asks until the answer comes."""
        for _ in range(PATIENCE_S * 10):
            self.send(mavlink.MAVLink_param_request_read_message(self.system, 1, name.encode(), -1))
            for message in self.messages(0.1):
                if message.get_type() == "PARAM_VALUE" and message.param_id == name:
                    return decoded(message)
        raise AssertionError(f"{name} was not told")


def decoded(message: mavlink.MAVLink_message) -> float | int:
    """An integer's bytes stand where the float's would."""
    if message.param_type == mavlink.MAV_PARAM_TYPE_INT32:
        return int(struct.unpack("<i", struct.pack("<f", message.param_value))[0])
    return float(message.param_value)
