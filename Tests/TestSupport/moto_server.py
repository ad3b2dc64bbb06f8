"""moto's S3 server on a free loopback port, for as long as the process that started it lives.

Writes `port <n>` as a line to the pipe named on the command line once it listens. With `--check-signatures` after it, only
calls signed with the right key are answered; `key <id> <secret>` comes first then.
"""

import ctypes
import json
import os
import signal
import sys

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

PR_SET_PDEATHSIG = 1
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def check_signatures() -> tuple[str, str]:
    """From now on; the id and the secret of a key that may do anything with S3."""
    users = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
    users.create_user("us-east-1", "tester")
    users.put_user_policy("tester", "everything", json.dumps(EVERYTHING))
    key = users.create_access_key("tester")
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    return key.access_key_id, key.secret_access_key


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    lines = []
    if "--check-signatures" in sys.argv[2:]:
        lines.append("key " + " ".join(check_signatures()))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    lines.append(f"port {port}")
    with open(sys.argv[1], "w", encoding="utf-8") as pipe:
        pipe.write("".join(f"{line}\n" for line in lines))
    while os.getppid() != 1:
        signal.pause()


if __name__ == "__main__":
    main()
