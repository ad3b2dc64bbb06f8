from __future__ import annotations

from pathlib import Path

import pytest

from lynx_scenario import atomic_write, output_dir


def test_the_runner_says_where_artifacts_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_OUTPUT_DIR", str(tmp_path / "a" / "b"))
    assert output_dir() == tmp_path / "a" / "b"
    assert output_dir().is_dir()


def test_by_hand_they_go_to_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert output_dir() == tmp_path / "output"
    assert (tmp_path / "output").is_dir()


def test_a_path_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TETRYX_OUTPUT_DIR", str(tmp_path / "env"))
    assert output_dir(tmp_path / "given") == tmp_path / "given"
    assert not (tmp_path / "env").exists()


def test_a_write_replaces_the_whole_file(tmp_path: Path) -> None:
    atomic_write(tmp_path / "x.json", "long old content")
    atomic_write(tmp_path / "x.json", "né")
    assert (tmp_path / "x.json").read_bytes() == "né".encode()
    assert list(tmp_path.iterdir()) == [tmp_path / "x.json"]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(IsADirectoryError):
        atomic_write(tmp_path / "taken", b"content")
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]
