"""The documentation says what the sources say: fields, options, calls, links and examples."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLES = DOCS / "examples"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND_SOURCES = {"lynxctl": ["Sources/LynxCommands", "Sources/LynxLocal"], "runner-host": ["Sources/runner-host"]}
COMMANDS = sorted(COMMAND_SOURCES)
# A word of a document that is an option: not part of another word, of a path or of a table's rule.
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
commands = pytest.mark.parametrize("command", COMMANDS)


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def swift(*folders: str) -> str:
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.swift")))
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def blocks(page: Path, language: str | None = None) -> list[str]:
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [code for name, code in found if language in (None, name)]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """As forges make them of headings: lower case, spaces to dashes, other punctuation dropped."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def kebab(name: str) -> str:
    """`controlPlaneURL` is `control-plane-url`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


@cache
def options(command: str) -> set[str]:
    """The long options that a command's sources declare, those for other programs left out."""
    declaration = re.compile(r"@(?:Option|Flag)\b((?:(?!@Option|@Flag|\bvar ).)*)\bvar (\w+)", re.DOTALL)
    found = set()
    for arguments, name in declaration.findall(swift(*COMMAND_SOURCES[command])):
        if "visibility: .private" not in arguments:
            found |= {f"--{long}" for long in re.findall(r'customLong\("([^"]+)"\)', arguments) or [kebab(name)]}
    if command == "runner-host":
        # The configuration's: of its fields, and two that are no field.
        keys = {key for key, is_file_only in runner_fields() if not is_file_only} | {"config", "control_plane"}
        found |= {f"--{key.replace('_', '-')}" for key in keys}
    return found


def command_lines(page: Path) -> list[tuple[str, str]]:
    """Every command line of ours in blocks and in inline code: the program and its arguments."""
    code = [line for block in blocks(page) for line in block.replace("\\\n", " ").splitlines()]
    code += re.findall(r"`([^`\n]+)`", prose(page))
    lines = []
    for line in code:
        for part in re.split(r" \| | && ", line):
            match = re.match(r"(?:\$ )?(?:\S*/)?(lynxctl|runner-host) (.*)", part.strip())
            if match:
                lines.append((match[1], match[2].split("  # ")[0]))
    return lines


def runner_fields() -> list[tuple[str, bool]]:
    """The fields of the runner's configuration, its engines' among them, and whether each is in the file only."""
    rows = re.findall(r"^\| `(\w+)` \| (`LYNX_RUNNER_|in the file only)", text("docs/configuration.md"), re.MULTILINE)
    return [(key, not names.startswith("`")) for key, names in rows]


def test_every_field_of_the_runner_is_in_the_reference() -> None:
    source = text("Sources/RunnerHost/Configuration/RunnerFields.swift")
    declared = set(re.findall(r'RunnerField\(\s*"(\w+)",', source))
    assert len(declared) >= 16
    assert declared <= {key for key, _ in runner_fields()}, "run scripts/configuration_docs.py"
    contract = (
        "engines capabilities python_executable basilisk_entrypoint output_root working_directory max_concurrent_jobs"
    )
    assert set(contract.split()) <= {key for key, is_file_only in runner_fields() if not is_file_only}


@pages
def test_every_variable_of_the_runner_in_the_documents_exists(page: Path) -> None:
    known = {f"LYNX_RUNNER_{key.upper()}" for key, is_file_only in runner_fields() if not is_file_only}
    found = set(re.findall(r"\bLYNX_RUNNER_[A-Z0-9]+(?:_[A-Z0-9]+)*", page.read_text(encoding="utf-8")))
    assert found <= known | {"LYNX_RUNNER_CONFIG"}


@commands
def test_every_option_is_in_the_reference(command: str) -> None:
    assert len(options(command)) >= 10
    documented = set(OPTION.findall(text("docs/configuration.md")))
    assert options(command) <= documented


@pages
def test_every_option_in_the_documents_exists(page: Path) -> None:
    standard = {"--help", "--version"}
    for command, arguments in command_lines(page):
        assert set(OPTION.findall(arguments)) <= options(command) | standard, f"{command} {arguments}"
    alone = {option for code in re.findall(r"`(--[^`]+)`", prose(page)) for option in OPTION.findall(code)}
    assert alone <= options("lynxctl") | options("runner-host") | standard


@pages
def test_every_command_in_the_documents_exists(page: Path) -> None:
    known = set(re.findall(r'commandName: "([\w-]+)"', swift(*chain.from_iterable(COMMAND_SOURCES.values()))))
    for command, arguments in command_lines(page):
        first = arguments.split()[0]
        if command == "lynxctl" and re.fullmatch(r"[a-z]+", first):
            assert first in known, f"{command} {arguments}"


@pages
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{target} is not there"
        assert file.is_relative_to(ROOT), f"{target} leads out of the repository"
        if anchor:
            assert anchor in anchors(file), f"{target}: no such heading"


@pages
def test_every_path_of_the_repository_in_the_documents_exists(page: Path) -> None:
    folders = "|".join(("Sources", "Plugins", "Tests", "configs", "docs", "proto", "python", "scenarios"))
    for path in re.findall(rf"(?<![\w./])(?:{folders})/[\w./-]*\w", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), f"{path} is not there"


def test_every_page_is_reached_from_the_readme() -> None:
    reached, waiting = {ROOT / "README.md"}, [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        for target in re.findall(r"\]\(([^)#\s]+\.md)", prose(page)):
            file = (page.parent / target).resolve()
            if file not in reached:
                reached.add(file)
                waiting.append(file)
    assert set(PAGES) <= reached


def test_every_field_of_a_batch_is_in_its_page() -> None:
    readers = "".join(text(str(path)) for path in sorted(Path(ROOT, "Sources/LynxModel/Batch").glob("*Reader.swift")))
    keys = set(re.findall(r'(?:required|optional|bound)\(\s*"(\w+)"', readers))
    keys |= set(re.findall(r'\("(\w+)", \.number', readers))
    assert {"runs", "seed", "check_frequency_hz", "std_dev", "scale"} <= keys
    page = text("docs/run-a-study.md")
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()


def test_every_distribution_and_method_is_in_the_page_of_studies() -> None:
    distributions = text("Sources/LynxModel/Batch/Distribution.swift")
    body = distributions[distributions.index("enum Kind") : distributions.index("public var kind")]
    names = re.findall(r'"(\w+)"', body)
    for case in re.findall(r"case (.*)", body):
        names += [part for part in case.split(", ") if "=" not in part]
    assert len(names) >= 19
    page = text("docs/run-a-study.md")
    assert [name for name in names if f"\n| `{name}` |" not in page] == []


def test_every_variable_of_px4_is_in_its_page_with_its_unit() -> None:
    table = text("Plugins/PX4SITLEngine/Telemetry/TelemetryTable.swift")
    variables = re.findall(r'Variable\(\s*"([^"]+)", "([^"]*)"', table)
    assert len(variables) >= 30
    rows = re.findall(r"^\| `(px4\.[\w.]+)` \| ?(.*?) ?\| `", text("docs/run-px4-studies.md"), re.MULTILINE)
    assert rows == variables


# The parts of paths that pages call `{id}`.
IDS = {"batch", "job", "runner", "token"}


def test_every_call_of_the_api_is_in_its_page() -> None:
    page = text("docs/api.md")
    source = swift("Sources/LynxModel/API")
    names = dict(re.findall(r'static let (\w+) = EndpointParameter\(\s*\.\w+, "([^"]+)"', source))
    endpoints = re.findall(r'\.init\(\s*\.(get|post|put|delete), "([^"]+)"', source)
    assert len(endpoints) >= 20
    for method, path in endpoints:
        shown = re.sub(r"\\\(\.(\w+)\)", lambda name: f"{{{'id' if names[name[1]] in IDS else names[name[1]]}}}", path)
        call = shown.removeprefix("/runner/v1/") if shown.startswith("/runner/v1/") else f"{method.upper()} {shown}"
        assert re.search(rf"^\| `{re.escape(call)}[`?]", page, re.MULTILINE), f"{method} {path} is not in docs/api.md"


@pages
def test_json_in_the_documents_is_json(page: Path) -> None:
    for block in blocks(page, "json"):
        json.loads(block)


@pytest.mark.parametrize(
    ("page", "language", "example"),
    [("write-a-scenario.md", "python", "falling_ball.py"), ("run-a-study.md", "yaml", "falling_ball.yaml")],
)
def test_what_a_page_quotes_is_the_example(page: str, language: str, example: str) -> None:
    assert (EXAMPLES / example).read_text(encoding="utf-8") in blocks(DOCS / page, language)


def test_the_example_scenario_runs_by_hand_as_its_page_shows(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "falling_ball.py"], cwd=tmp_path, check=True, timeout=60)
    shown = re.search(
        r"^\$ cat output/summary\.json\n(.*?^\})$", text("docs/write-a-scenario.md"), re.MULTILINE | re.DOTALL
    )
    assert shown
    assert json.loads((tmp_path / "output/summary.json").read_text()) == json.loads(shown[1])


def test_the_example_engine_compiles_and_exports_one_symbol(tmp_path: Path) -> None:
    library = tmp_path / "shell_engine.so"
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden"]
    include = ["-I", str(ROOT / "Sources/EngineABI")]
    subprocess.run(["cc", *flags, *include, "-o", library, EXAMPLES / "shell_engine.c"], check=True, timeout=120)
    symbols = subprocess.run(
        ["nm", "-D", "--defined-only", library], check=True, timeout=60, capture_output=True, text=True
    )
    assert [line.split()[-1] for line in symbols.stdout.splitlines()] == ["lynx_engine_entry"]


def test_the_steps_to_a_checked_engine_are_executed_as_they_are(tmp_path: Path) -> None:
    """The shell blocks of the page, one after the other in one shell, and the engine that they leave."""
    script = "".join(["set -e\n", *blocks(DOCS / "write-an-engine.md", "sh")])
    products = ROOT / ".build/debug"
    if not (products / "lynxctl").exists():
        products = ROOT / ".build/release"
    environment = {**os.environ, "PATH": f"{products}:{os.environ['PATH']}"}
    end = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, timeout=1800, capture_output=True, text=True
    )
    assert end.returncode == 0, end.stdout + end.stderr
    assert (tmp_path / "my-engine/build/libLab.so").exists()
    assert re.search(r"^drop +1\.0\.0", end.stdout, re.MULTILINE)
    assert end.stdout.splitlines().count("8") == 1


def test_fields_and_options_are_documented_as_they_are_declared() -> None:
    script = str(ROOT / "scripts/configuration_docs.py")
    command = [sys.executable, script, "--check", str(ROOT / ".build/debug/runner-host")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
