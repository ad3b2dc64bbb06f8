"""The wheels, as somebody gets them who has nothing else: metadata, dependencies, and a study in four lines."""

from __future__ import annotations

import email.parser
import os
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from lynx_pools import PROGRAMS, ROOT

VERSION_RANGE = {"lynx_runner": ["httpx", "numpy", "PyYAML"], "lynx_scenario": ["h2", "protobuf"]}
FOUR_LINES = """\
import lynx
pool = lynx.local(config="configs/lynx-runner-basilisk.yaml", state=STATE)
study = pool.submit("scenarios/aerospace/configs/basic_orbit_tutorial.yaml", runs=4).wait()
study.plot.scatter("semi_major_axis_m", "max_altitude_km").figure.savefig(STATE + "/scatter.png")
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    environment = {**os.environ, "VENV": str(Path(sys.prefix))}
    subprocess.run([ROOT / "scripts/build-wheels.sh", folder], env=environment, check=True, timeout=300)
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as content:
        [name] = [name for name in content.namelist() if name.endswith(".dist-info/METADATA")]
        return email.parser.Parser().parsestr(content.read(name).decode())


def test_metadata_name_what_is_needed_and_no_more(wheels: dict[str, Path]) -> None:
    assert set(wheels) == set(VERSION_RANGE)
    for name, wheel in wheels.items():
        found = metadata(wheel)
        needed = [text for text in found.get_all("Requires-Dist", []) if "extra ==" not in text]
        assert [text.split(">")[0] for text in needed] == VERSION_RANGE[name]
        assert found["License-Expression"] == "Apache-2.0"
        assert found["Requires-Python"] == ">=3.11"
        assert found["Summary"]
        assert f"# {found['Name']}" in found.get_payload()


@pytest.mark.parametrize(("package", "folder"), [("lynx_runner", "lynx"), ("lynx_scenario", "lynx_scenario")])
def test_a_wheel_holds_every_module_and_nothing_else(wheels: dict[str, Path], package: str, folder: str) -> None:
    sources = ROOT / "python" / folder
    suffixes = {".py", ".pyi", ".typed"}
    expected = {
        f"{folder}/{path.relative_to(sources)}"
        for path in sources.rglob("*")
        if path.suffix in suffixes or path.name == "py.typed"
    }
    with zipfile.ZipFile(wheels[package]) as content:
        found = {name for name in content.namelist() if ".dist-info/" not in name}
    assert found == expected


def test_four_lines_run_the_tutorial_study_in_an_environment_of_its_own(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True, timeout=120)
    python = tmp_path / "env/bin/python"
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "-q",
        "-c",
        str(ROOT / "constraints.txt"),
        f"{wheels['lynx_runner']}[plot]",
    ]
    installed = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if "Could not fetch" in installed.stderr or "NewConnectionError" in installed.stderr:
        pytest.skip("no index of packages can be reached")
    assert installed.returncode == 0, installed.stderr
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {"LYNX_PROGRAMS": str(PROGRAMS), "MPLBACKEND": "Agg"}
    lines = FOUR_LINES.replace("STATE", repr(str(tmp_path)))
    ran = subprocess.run(
        [python, "-c", lines], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "scatter.png").read_bytes().startswith(b"\x89PNG")
