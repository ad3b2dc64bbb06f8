"""Bundles that mean harm, or go wrong: each is refused or bounded, with one clear line, and its runner goes on."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from control_plane import serve
from lynx_pools import PROGRAMS
from test_lynx_bundles import MODEL, RUN, runner_configuration, study, wheel, write

import lynx
from lynx import _bundles
from lynx._programs import Program

BUILD_SECONDS = 10
BUILD_BYTES = 32 << 20


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lynx.Pool]:
    """A control plane with one runner, whose bounds for installing and building are narrow."""
    directory = tmp_path_factory.mktemp("hostile")
    with ExitStack() as stack:
        control_plane = stack.enter_context(serve(directory))
        configuration = runner_configuration(
            directory / "one", bundle_build_seconds=BUILD_SECONDS, bundle_build_max_bytes=BUILD_BYTES
        )
        command = [PROGRAMS / "runner-host", "--config", configuration, "--control-plane", control_plane.url]
        runner = Program([str(word) for word in command], directory / "one.log")
        stack.callback(runner.end)
        yield stack.enter_context(lynx.connect(control_plane.url))


def message(pool: lynx.Pool, folder: Path, **bundle: Any) -> str:  # noqa: ANN401
    """Why the one run of a bundle failed."""
    done = pool.submit(study(runs=1, **bundle), bundle=folder).wait(progress=False)
    assert list(done.runs["status"]) == ["Failed"]
    text = str(done.runs["error_message"][0])
    assert "\n" not in text
    return text


def processes(mark: str) -> list[str]:
    """The processes with a word in their command lines."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", pid, "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mark in words:
            found.append(words)
    return found


def test_a_build_that_never_ends_is_ended_with_all_that_it_started(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    text = message(pool, folder, build=["setsid sleep 86399 & sleep 86399"])
    assert (
        text
        == f"building the bundle took longer than {BUILD_SECONDS} s, the limit of bundle_build_seconds on this runner"
    )
    assert not processes("86399")


def test_a_build_that_fills_the_disk_is_ended(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    text = message(pool, folder, build=["head -c 4000000000 /dev/zero > large"])
    assert text == (
        f"building the bundle has made more than {BUILD_BYTES} bytes, "
        "the limit of bundle_build_max_bytes on this runner"
    )


def test_a_requirement_that_unpacks_to_far_more_than_it_is_large_is_ended(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    package = wheel(folder / "wheels")
    with zipfile.ZipFile(package, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"lynx_test_physics/{number}.bin", bytes(32 << 20))
    assert package.stat().st_size < 1 << 20
    (folder / "requirements.txt").write_text(f"./wheels/{package.name}\n", encoding="utf-8")
    text = message(pool, folder, requirements="requirements.txt")
    assert text == (
        f"installing 'requirements.txt' has made more than {BUILD_BYTES} bytes, "
        "the limit of bundle_build_max_bytes on this runner"
    )


def test_a_requirement_that_is_nowhere_is_told_by_its_name(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    (folder / "requirements.txt").write_text("./wheels/no_such_package-1.0-py3-none-any.whl\n", encoding="utf-8")
    text = message(pool, folder, requirements="requirements.txt")
    assert text.startswith("installing 'requirements.txt' failed with exit code 1: ERROR: ")
    assert "no_such_package" in text


def test_setuid_bits_are_gone_from_what_is_built(pool: lynx.Pool, tmp_path: Path) -> None:
    check = "import os, stat\n\ndef altitude(speed):\n    here = os.path.dirname(__file__)\n"
    check += "    return float(os.stat(here + '/tool').st_mode & (stat.S_ISUID | stat.S_ISGID))\n"
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": check})
    done = pool.submit(
        study(runs=1, build=["cp /bin/true tool", "chmod 6755 tool", "test -u tool"]), bundle=folder
    ).wait(progress=False)
    assert list(done.runs["status"]) == ["Completed"], done.runs["error_message"][0]
    assert done.runs["outputs.altitude"][0] == 0


def test_a_file_that_links_out_of_the_bundle_is_not_built(pool: lynx.Pool, tmp_path: Path) -> None:
    folder = write(tmp_path / "code", {"run.py": RUN, "model.py": MODEL})
    (folder / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(lynx.BundleError, match="is a link that leads out of the folder"):
        pool.submit(study(runs=1), bundle=folder)


def test_a_folder_of_too_many_files_never_leaves(tmp_path: Path) -> None:
    write(tmp_path, {"run.py": RUN})
    for number in range(_bundles.MOST_FILES):
        (tmp_path / str(number)).touch()
    with pytest.raises(lynx.BundleError, match=f"has more than {_bundles.MOST_FILES} files"):
        _bundles.files(tmp_path)


@pytest.mark.parametrize(
    "path", ["../run.py", "/etc/run.py", "a/../../run.py", "a//b", "./a", "a/.", "a\u0000b", "a\nb", ""]
)
def test_a_manifest_with_a_path_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    entry = {"path": path, "sha256": "0" * 64, "size": 0}
    with serve(tmp_path) as control_plane, pytest.raises(Exception, match="HTTP Error 4"):
        control_plane.json("/bundles", {"files": [entry]})
