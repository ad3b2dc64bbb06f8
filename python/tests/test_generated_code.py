from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_committed_modules_are_those_of_the_proto_file(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            "--proto_path=lynx_scenario/_proto=proto",
            f"--python_out={tmp_path}",
            f"--pyi_out={tmp_path}",
            f"--grpc_python_out={tmp_path}",
            "lynx_scenario/_proto/telemetry.proto",
        ],
        cwd=ROOT,
        check=True,
    )
    generated = {path.name: path.read_text() for path in (tmp_path / "lynx_scenario/_proto").iterdir()}
    assert sorted(generated) == ["telemetry_pb2.py", "telemetry_pb2.pyi", "telemetry_pb2_grpc.py"]
    for name, content in generated.items():
        assert (ROOT / "python/lynx_scenario/_proto" / name).read_text() == content


def test_the_committed_table_of_mavlink_is_that_of_the_definitions(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "scripts/generate_mavlink.py", tmp_path], cwd=ROOT, check=True)
    generated = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert sorted(generated) == ["CommonDialect.swift", "TypedMessages.swift"]
    for name, content in generated.items():
        assert (ROOT / "Sources/MAVLink/Generated" / name).read_text() == content
