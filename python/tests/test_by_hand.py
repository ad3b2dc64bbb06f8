"""The page whose commands a person types: each is typed here, and answers as the page says."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from control_plane import LYNXCTL

PAGE = Path(__file__).parents[2] / "docs/tenants-by-hand.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORT = "8080"


def steps() -> list[tuple[str, str]]:
    """Every command of the page with the lines that it is said to answer."""
    lines = "".join(CONSOLE.findall(PAGE.read_text(encoding="utf-8"))).splitlines()
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(answer)) for command, answer in found]


def pattern(answer: str) -> str:
    return ".*".join(re.escape(part) for part in answer.split("…"))


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def test_the_commands_answer_as_the_page_says(tmp_path: Path) -> None:
    commands = steps()
    mark = "--- the answer ends here ---"
    script = "".join(f"{{ {command}\n}} 2>&1\necho '{mark}'\n" for command, _ in commands)
    for tool in ("curl", "jq"):
        script = f"command -v {tool} > /dev/null || {{ echo 'there is no {tool}'; exit 1; }}\n" + script
    environment = {"PATH": f"{LYNXCTL.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    shell = subprocess.Popen(
        ["bash", "-c", script.replace(PORT, free_port())],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = shell.communicate(timeout=240)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    answers = output.split(f"{mark}\n")
    assert len(answers) == len(commands) + 1, output
    for (command, expected), answer in zip(commands, answers, strict=False):
        if not re.fullmatch(pattern(expected), answer.rstrip("\n")):
            pytest.fail(f"$ {command}\nanswers\n{answer}\nand the page says\n{expected}")
