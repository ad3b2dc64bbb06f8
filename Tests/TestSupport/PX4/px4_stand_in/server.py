"""What marks an instance as running: a locked file, and a socket for commands, under fixed paths."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from contextlib import suppress
from pathlib import Path

# struct flock of Linux on 64 bits: type, whence, start, length, pid.
_FLOCK = "hhqqi4x"


class RefusedError(Exception):
    """The instance cannot be had, for the reason given."""


class Server:
    def __init__(self, instance: int) -> None:
        self._instance = instance
        self._lock_path = Path(f"/tmp/px4_lock-{instance}")
        self._socket_path = Path(f"/tmp/px4-sock-{instance}")
        self._socket: socket.socket | None = None

    def check(self) -> None:
        """Raises `RefusedError` where the instance runs already."""
        file = self._open()
        answer = fcntl.fcntl(file, fcntl.F_GETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        os.close(file)
        if struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK:
            raise RefusedError(f"INFO  [px4] PX4 server already running for instance {self._instance}")

    def listen(self) -> None:
        with suppress(FileNotFoundError):
            self._socket_path.unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.bind(str(self._socket_path))
            self._socket.listen(10)
        except OSError as error:
            print(f"ERROR [px4_daemon] error binding socket {self._socket_path}, error = {error.strerror}", flush=True)

    def lock(self) -> None:
        """Held until this process is gone."""
        file = self._open()
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RefusedError(
                f"ERROR [px4] set_server_running: failed to set lock on file: {error.strerror}"
            ) from error

    def leave(self) -> None:
        """The socket stays, as in PX4."""
        with suppress(FileNotFoundError):
            self._lock_path.unlink()

    def _open(self) -> int:
        try:
            return os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            reason = f"failed to create lock file: {self._lock_path}, reason={error.strerror}"
            raise RefusedError(f"ERROR [px4] get_server_running: {reason}") from error
