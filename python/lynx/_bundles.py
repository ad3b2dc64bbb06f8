"""Code that goes along with a study: a folder is hashed, and what the control plane lacks of it is uploaded."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lynx._calls import Call, Request, Session, ask
from lynx._ignore import IgnoreRules
from lynx.errors import BundleError

# The folder, or what a batch file has under `simulation.bundle`, whose `path` is relative to the working directory.
Bundle = str | os.PathLike[str] | Mapping[str, Any]

MOST_FILES = 20_000
MOST_DEPTH = 64
PIECE = 1 << 20
SECRET_NAMES = {
    ".env", ".netrc", ".pgpass", ".pypirc", ".npmrc", ".git-credentials", ".htpasswd", "id_rsa", "id_dsa", "id_ecdsa",
    "id_ed25519", "credentials", "credentials.json", "kubeconfig", "secrets.yaml", "secrets.yml", "secrets.json",
}  # fmt: skip
SECRET_ENDS = (".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx", ".keytab", ".token")
SECRET_TEXT = re.compile(rb"-----BEGIN[^-]*PRIVATE KEY-----|(?:AKIA|ghp_|github_pat_|xoxb-|glpat-)[A-Za-z0-9_-]{16}")


@dataclass(frozen=True)
class File:
    """`path` is relative to the bundle's root, `source` where the file is."""

    path: str
    size: int
    is_executable: bool
    source: Path


def given(bundle: Bundle) -> dict[str, Any]:
    """What a batch has under `simulation.bundle`, with an absolute path."""
    spec = dict(bundle) if isinstance(bundle, Mapping) else {"path": os.fspath(bundle)}
    if "path" in spec:
        spec["path"] = os.path.abspath(os.fspath(spec["path"]))
    return spec


def upload(simulation: Mapping[str, Any], session: Session) -> Call[Mapping[str, Any]]:
    """The simulation with the hash of its bundle in the place of its folder, whose files are then there.

    Raises `BundleError` for what no bundle can hold.
    """
    spec = simulation.get("bundle")
    if not isinstance(spec, Mapping) or "path" not in spec:
        return simulation
    folder = Path(spec["path"])
    found = files(folder)
    _check(spec, folder, found)
    lines = [(file, _digest(file)) for file in found]
    text = "lynx-bundle 1\n" + "".join(
        f"{digest} {file.size} {'x' if file.is_executable else '-'} {file.path}\n" for file, digest in lines
    )
    headers = {"Content-Type": "text/plain"}
    answer = (yield from ask(Request("POST", "/bundles", content=text.encode(), headers=headers), session)).json()
    sources = {digest: file for file, digest in lines}
    for wanted in answer["uploads"]:
        yield from _send(sources[wanted["sha256"]], wanted, answer["sha256"], session)
    return {**simulation, "bundle": {**{key: spec[key] for key in spec if key != "path"}, "sha256": answer["sha256"]}}


def _send(file: File, wanted: Mapping[str, Any], bundle: str, session: Session) -> Call[None]:
    path, offset = f"/bundles/{bundle}/files/{wanted['sha256']}", wanted["offset"]
    for _ in range(5):
        headers = {"Content-Type": "application/octet-stream", "Upload-Offset": str(offset)}
        content = Content(file.source, offset, file.size)
        progress = (yield from ask(Request("PUT", path, content=content, headers=headers), session)).json()
        if progress["complete"]:
            return
        offset = progress["offset"]
    raise BundleError(f"{file.source}: does not arrive whole at the control plane")


@dataclass(frozen=True)
class Content:
    """The bytes of a file from `start` to `end`, for a request that may be repeated."""

    source: Path
    start: int
    end: int

    def __iter__(self) -> Iterator[bytes]:
        with self.source.open("rb") as file:
            file.seek(self.start)
            left = self.end - self.start
            while left > 0:
                piece = file.read(min(left, PIECE))
                if not piece:
                    raise BundleError(f"{self.source}: has changed since it was looked at; submit when it is whole")
                left -= len(piece)
                yield piece

    def __len__(self) -> int:
        return self.end - self.start


def _digest(file: File) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with file.source.open("rb") as content:
            while piece := content.read(PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise BundleError(f"{file.source}: cannot be read: {error.strerror}") from error
    if size != file.size:
        raise BundleError(f"{file.source}: changes while it is read; submit when it is whole")
    return digest.hexdigest()


def _check(spec: Mapping[str, Any], folder: Path, found: list[File]) -> None:
    paths = {file.path for file in found}
    for key in ("entrypoint", "requirements"):
        path = spec.get(key)
        if path is not None and path not in paths and (key == "requirements" or "build" not in spec):
            reason = "; .gitignore or .lynxignore leaves it out" if (folder / str(path)).exists() else ""
            raise BundleError(f"bundle.{key}: the bundle of {folder} has no file '{path}'{reason}")


def files(folder: Path) -> list[File]:
    """The files that a bundle of a folder has, in the order of their paths' bytes. Raises `BundleError`."""
    if not folder.is_dir():
        raise BundleError(f"there is no folder '{folder}' to bundle; give the one with the code of the simulation")
    root = folder.resolve()
    rules = IgnoreRules.standard()
    _add_rules_above(rules, root)
    found: list[File] = []
    _visit(root, "", rules, found, 0)
    if not found:
        raise BundleError(
            f"the folder '{folder}' has no files for a bundle; .gitignore and .lynxignore may leave all of them out"
        )
    for file in found:
        if _is_secret(file) and not rules.is_asked_for(file.path):
            raise BundleError(
                f"{root / file.path}: looks like a secret; leave it out by .lynxignore, or write the line"
                f" '!{file.path}' there if it is to go along"
            )
    return sorted(found, key=lambda file: file.path.encode())


def _add_rules_above(rules: IgnoreRules, root: Path) -> None:
    above: list[Path] = []
    for place in (root, *root.parents):
        if place != root:
            above.append(place)
        if (place / ".git").exists():
            break
    else:
        return
    for place in reversed(above):
        _add_rules(rules, place, above=root.relative_to(place).as_posix())


def _add_rules(rules: IgnoreRules, place: Path, base: str = "", above: str = "") -> None:
    for name in (".gitignore", ".lynxignore"):
        try:
            text = (place / name).read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            continue
        rules.add(text, base, above, is_own=name == ".lynxignore")


def _visit(root: Path, base: str, rules: IgnoreRules, found: list[File], depth: int) -> None:
    place = root / base
    if depth > MOST_DEPTH:
        raise BundleError(f"{place}: is too deep; a bundle may have {MOST_DEPTH} folders in each other")
    _add_rules(rules, place, base)
    for entry in sorted(os.scandir(place), key=lambda entry: os.fsencode(entry.name)):
        path = f"{base}/{entry.name}" if base else entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        if rules.leaves_out(path, is_folder):
            continue
        if not _is_plain(path):
            raise BundleError(f"{entry.path!r}: has a name that a bundle cannot hold; rename it, or leave it out")
        if is_folder:
            if not (place / entry.name / "pyvenv.cfg").exists():
                _visit(root, path, rules, found, depth + 1)
            continue
        source = _source(root, Path(entry.path)) if entry.is_symlink() else Path(entry.path)
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BundleError(f"{entry.path}: is neither a file nor a link to one; leave it out by .lynxignore")
        found.append(File(path, status.st_size, bool(status.st_mode & 0o100), source))
        if len(found) > MOST_FILES:
            raise BundleError(
                f"{root}: has more than {MOST_FILES} files; leave out by .lynxignore what the simulation does not need"
            )


def _is_plain(path: str) -> bool:
    try:
        name = path.encode()
    except UnicodeEncodeError:
        return False
    return len(name) <= 1024 and not any(byte < 0x20 or byte == 0x7F for byte in name)


def _source(root: Path, link: Path) -> Path:
    """The file within the folder that a link leads to."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise BundleError(f"{link}: is a link that leads nowhere; leave it out by .lynxignore") from error
    if not target.is_relative_to(root):
        raise BundleError(
            f"{link}: is a link that leads out of the folder, to {target}; copy that into the folder, or leave the link"
            " out by .lynxignore"
        )
    return target


def _is_secret(file: File) -> bool:
    name = file.path.rpartition("/")[2].lower()
    if name in SECRET_NAMES or name.startswith(".env.") or name.endswith(SECRET_ENDS):
        return True
    if file.size > 64 << 10:
        return False
    try:
        return SECRET_TEXT.search(file.source.read_bytes()) is not None
    except OSError:
        return False
