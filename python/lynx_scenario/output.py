"""Where artifacts go, and how to write them so that a kill leaves no half-written file."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from pathlib import Path

OUTPUT_DIR_VARIABLE = "TETRYX_OUTPUT_DIR"


def output_dir(path: str | os.PathLike[str] | None = None) -> Path:
    """This run's own directory for artifacts, created if missing, as an absolute path.

    `path` goes before `TETRYX_OUTPUT_DIR`; without either it is `./output`. Every file that lies in it when
    the process ends is collected. Raises `OSError` when it cannot be created.
    """
    from pathlib import Path

    directory = Path(path or os.environ.get(OUTPUT_DIR_VARIABLE) or "output").absolute()
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def atomic_write(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Writes a whole file or none: `path` has its old content, or all of the new. Text is UTF-8."""
    data = content.encode() if isinstance(content, str) else content
    scratch = f"{os.fspath(path)}.{os.getpid()}.part"
    try:
        with open(scratch, "wb") as file:
            file.write(data)
        os.replace(scratch, path)
    except BaseException:
        if os.path.exists(scratch):
            os.unlink(scratch)
        raise
