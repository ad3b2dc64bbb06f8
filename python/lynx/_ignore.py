"""Which paths of a folder a bundle leaves out: the rules of `.gitignore` and `.lynxignore` files (gitignore(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# What is never part of a study's code, unless a pattern says otherwise.
STANDARD = [
    ".git/",
    ".hg/",
    ".svn/",
    ".lynx/",
    "__pycache__/",
    "*.pyc",
    ".DS_Store",
    ".venv/",
    "node_modules/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".pytest_cache/",
]


@dataclass(frozen=True)
class Pattern:
    """`expression` matches a whole path below `base`, to which `above` is the way from where the pattern was found."""

    expression: re.Pattern[str]
    base: str
    above: str
    is_negated: bool
    is_for_folders: bool
    is_anchored: bool
    is_own: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        if self.is_for_folders and not is_folder:
            return False
        if self.base:
            if not path.startswith(self.base + "/"):
                return False
            path = path[len(self.base) + 1 :]
        elif self.above:
            path = f"{self.above}/{path}"
        return self.expression.fullmatch(path if self.is_anchored else path.rpartition("/")[2]) is not None


@dataclass
class IgnoreRules:
    """Of all patterns that match a path the last one decides."""

    patterns: list[Pattern] = field(default_factory=list)

    @classmethod
    def standard(cls) -> IgnoreRules:
        rules = cls()
        rules.add("\n".join(STANDARD))
        return rules

    def add(self, text: str, base: str = "", above: str = "", is_own: bool = False) -> None:
        """Adds the patterns of a file in the folder `base`; `is_own` says that it is a `.lynxignore`."""
        for line in text.split("\n"):
            pattern = line.removesuffix("\r")
            while pattern.endswith(" ") and not pattern.endswith("\\ "):
                pattern = pattern[:-1]
            if not pattern or pattern.startswith("#"):
                continue
            is_negated = pattern.startswith("!")
            pattern = pattern.removeprefix("!")
            is_for_folders = pattern.endswith("/")
            pattern = pattern.removesuffix("/")
            is_anchored = "/" in pattern
            pattern = pattern.removeprefix("/")
            if pattern:
                expression = re.compile(_translated(pattern), re.DOTALL)
                self.patterns.append(Pattern(expression, base, above, is_negated, is_for_folders, is_anchored, is_own))

    def leaves_out(self, path: str, is_folder: bool) -> bool:
        """Whether a path is left out; that of a folder above it is to be asked first."""
        found = self._decision(path, is_folder)
        return found is not None and not found.is_negated

    def is_asked_for(self, path: str) -> bool:
        """Whether a `.lynxignore` says that the path is wanted."""
        found = self._decision(path, False)
        return found is not None and found.is_negated and found.is_own

    def _decision(self, path: str, is_folder: bool) -> Pattern | None:
        return next((pattern for pattern in reversed(self.patterns) if pattern.matches(path, is_folder)), None)


SET = re.compile(r"\[([!^]?)(\]?[^\]]*)\]")


def _translated(pattern: str) -> str:
    """The regular expression of a pattern."""
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        if pattern.startswith("**/", place):
            parts.append("(?:.*/)?")
            place += 3
        elif pattern[place:] == "**":
            parts.append(".*")
            place += 2
        elif pattern[place] == "*":
            parts.append("[^/]*")
            place += 1
        elif pattern[place] == "?":
            parts.append("[^/]")
            place += 1
        elif found := SET.match(pattern, place):
            inner = found[2].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
            parts.append(f"(?!/)[{'^' if found[1] else ''}{inner}]")
            place = found.end()
        else:
            if pattern[place] == "\\" and place + 1 < len(pattern):
                place += 1
            parts.append(re.escape(pattern[place]))
            place += 1
    return "".join(parts)
