#!/usr/bin/env bash
# Builds the wheels of the Python packages into a folder (dist). Sources are copied first, so that nothing is left in their folders.
# Settings: VENV (.venv), whose setuptools is used, so that nothing is fetched.
#
#   scripts/build-wheels.sh [folder]
set -euo pipefail
to=$(realpath -m "${1:-dist}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=$(realpath -s "${VENV:-.venv}/bin/python")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lynx-scenario"
cp -R python/pyproject.toml python/README.md python/lynx_scenario "$work/lynx-scenario"
cp -R python/lynx "$work/lynx-runner"
for package in lynx-scenario lynx-runner; do
    cp LICENSE "$work/$package"
    "$python" -m pip wheel -q --no-deps --no-build-isolation --wheel-dir "$to" "$work/$package"
done
ls "$to"/lynx_*.whl
