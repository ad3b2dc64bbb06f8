"""The page and the notebooks about studies in Python run as they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from lynx_pools import PROGRAMS, ROOT
from nbclient import NotebookClient

NOTEBOOKS = sorted((ROOT / "python/notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what pages and notebooks refer to, where they leave their state, as in a user's checkout."""
    root = tmp_path_factory.mktemp("checkout")
    for folder in ("scenarios", "Benchmarks", "docs"):
        (root / folder).symlink_to(ROOT / folder)
    (root / "python/notebooks").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LYNX_PROGRAMS", str(PROGRAMS))
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]))
        yield root


def test_the_blocks_of_the_page_run_one_after_another(checkout: Path) -> None:
    page = (ROOT / "docs/study-in-python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 8
    ran = subprocess.run(
        [sys.executable, "-c", "\n".join(blocks)],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "config.monte_carlo.runs: 0 is out of range" in ran.stdout
    for name in ("scatter.png", "fan.png", "runs.parquet"):
        assert (checkout / name).stat().st_size > 1000


def test_every_module_of_the_adapters_is_in_the_page() -> None:
    page = (ROOT / "docs/study-in-python.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "python/lynx/adapters").glob("*.py")} - {"__init__"}
    assert {
        name for name in modules if not re.search(rf"`[^`]*\b{name}\.", page) and f"adapters.{name}" not in page
    } == set()


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_its_first_cell_to_its_last(path: Path, checkout: Path) -> None:
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    folder = str(checkout / "python/notebooks")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    charts = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(charts) >= 1
