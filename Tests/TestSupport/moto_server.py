"""moto's S3 server on a free loopback port, for as long as the process that started it lives.

Writes `port <n>` as a line to the pipe named on the command line once it listens.
"""

import ctypes
import os
import signal
import sys

from moto.server import ThreadedMotoServer

PR_SET_PDEATHSIG = 1


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    with open(sys.argv[1], "w", encoding="utf-8") as pipe:
        pipe.write(f"port {port}\n")
    while os.getppid() != 1:
        signal.pause()


if __name__ == "__main__":
    main()
