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


OUTPUTS_FILE = "outputs.jsonl"
_LONGEST_NAME = 200
_is_begun = False


def output(name: str, value: float, units: str = "") -> None:
    """Reports a scalar result of this run, which becomes a column of the study's table.

    `value` is anything that `float()` takes, also a bool or a NumPy scalar; what is not finite counts as missing,
    with the reason. Of a name that is reported twice the last value counts. Written at once, so that a kill loses
    none; by hand it goes to `./output/outputs.jsonl`. Raises `ValueError` for a name that is empty, longer than 200
    characters or more than one line, `TypeError` for a value that is no number, and `OSError` when it cannot be
    written.
    """
    global _is_begun
    import json

    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError(f"the name of an output is one line of 1 to {_LONGEST_NAME} characters, not {name[:60]!r}")
    given: object = value  # whatever the annotation says: `float()` takes text, too
    if isinstance(given, (str, bytes)):
        raise TypeError(f"output {name!r} is {value!r}; give a number")
    report = {"name": name, "value": float(value)} | ({"units": units} if units else {})
    line = json.dumps(report, ensure_ascii=False) + "\n"
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    # By hand the file is still there from the run before.
    if not _is_begun and not os.environ.get(OUTPUT_DIR_VARIABLE):
        flags |= os.O_TRUNC
    descriptor = os.open(output_dir() / OUTPUTS_FILE, flags, 0o644)
    try:
        # One write, so that lines of several processes do not mix.
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)
    _is_begun = True
