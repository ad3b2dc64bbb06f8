"""Writes the fields of the runner's configuration, and what engines declare, into the documentation and JSON schemas.

    scripts/configuration_docs.py [--check] [RUNNER_HOST]

In docs/configuration.md the tables between `<!-- fields of the runner -->` or `<!-- fields of engines -->` and
`<!-- end -->` come from `runner-host fields --json`, as does docs/schemas/runner.schema.json. Those that begin with
`<!-- options of ID -->` come from `runner-host engines --describe ID --json`, as does
docs/schemas/engine_options.schema.json. With --check nothing is written, and the exit code is 1 if something differs.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/configuration.md"
SCHEMA = ROOT / "docs/schemas/engine_options.schema.json"
RUNNER_SCHEMA = ROOT / "docs/schemas/runner.schema.json"
FIELDS = re.compile(r"<!-- fields of (the runner|engines) -->\n.*?<!-- end -->", re.DOTALL)
TABLE = re.compile(r"<!-- options of (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def printed(runner_host: Path, *arguments: str) -> dict[str, Any]:
    command = [str(runner_host), *arguments, "--json"]
    description: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return description


def field_table(fields: list[dict[str, Any]]) -> str:
    rows = ["| Key | Variable and flag | Type | Default | Meaning |", "| --- | --- | --- | --- | --- |"]
    for field in fields:
        names = f"`{field['variable']}`<br>`{field['flag']}`" if field["flag"] else "in the file only"
        default = field["default"] if " " in field["default"] or field["default"] == "none" else f"`{field['default']}`"
        rows.append(f"| `{field['key']}` | {names} | {field['type']} | {default} | {field['documentation']} |")
    return "\n".join(rows)


def type_text(key: dict[str, Any]) -> str:
    names = [f"`{choice}`" for choice in key["choices"]] if "choices" in key else []
    names += [name for name in key["types"] if name != "enum"]
    text = ", ".join(names) if names else "anything"
    if key["one_or_more"]:
        text += ", or one item"
    limits = [f"> {key['above']:g}"] if "above" in key else [f"{key['minimum']:g} …"] if "minimum" in key else []
    if "maximum" in key:
        limits.append(f"≤ {key['maximum']:g}" if limits and ">" in limits[0] else f"{key['maximum']:g}")
    return " ".join([text, *limits]) + (f" [{key['units']}]" if "units" in key else "")


def table(description: dict[str, Any]) -> str:
    rows = ["| Option | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
    for key in description["configuration"]:
        if re.search(r"[.\[]", key["key"]) or key["from_runner"]:
            continue
        default = "required" if key["required"] else f"{key['default']}" if "default" in key else "none"
        meaning = key["documentation"] + ("" if key["batch"] or key["entrypoint"] else " Not for batches.")
        rows.append(f"| `{key['key']}` | {type_text(key)} | {default} | {meaning} |")
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    paths = [argument for argument in arguments if argument != "--check"]
    runner_host = Path(paths[0]) if paths else ROOT / ".build/debug/runner-host"
    page = PAGE.read_text(encoding="utf-8")
    engines = {engine: printed(runner_host, "engines", "--describe", engine) for engine in TABLE.findall(page)}
    runner = printed(runner_host, "fields")

    def fields(match: re.Match[str]) -> str:
        rows = [field for field in runner["fields"] if field["of_engine"] == (match[1] == "engines")]
        return f"<!-- fields of {match[1]} -->\n{field_table(rows)}\n<!-- end -->"

    def options(match: re.Match[str]) -> str:
        return f"<!-- options of {match[1]} -->\n{table(engines[match[1]])}\n<!-- end -->"

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "engine_options of the engines that come with the runner",
        "type": "object",
        "properties": {
            engine: {name: part for name, part in description["schema"].items() if name != "$schema"}
            for engine, description in sorted(engines.items())
        },
    }
    texts = {
        PAGE: TABLE.sub(options, FIELDS.sub(fields, page)),
        SCHEMA: json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n",
        RUNNER_SCHEMA: json.dumps(runner["schema"], indent=2, sort_keys=True, ensure_ascii=False) + "\n",
    }
    differing = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in differing:
        print(f"{path.relative_to(ROOT)} differs from the declarations; run scripts/configuration_docs.py")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path], encoding="utf-8")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
