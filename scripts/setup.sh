#!/usr/bin/env bash
# Puts in place what building and running need, or testing too: Debian packages, and a Python environment in $VENV.
# Does nothing where nothing is missing. Settings: VENV (.venv), PYTHON (python3).
#
#   scripts/setup.sh                     everything
#   scripts/setup.sh packages [run]      the Debian packages; with `run` without those that only tests need
#   scripts/setup.sh python [run]        the Python environment, likewise
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=${VENV:-.venv}
PYTHON=${PYTHON:-python3}
MINIMUM_SWIFT=6.2
MINIMUM_PYTHON=3.11
part=${1:-all}
purpose=${2:-test}

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}
at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

check_swift() {
    command -v swift >/dev/null ||
        fail "missing: swift; install Swift $MINIMUM_SWIFT or newer from https://www.swift.org/install and put it in PATH"
    local answer
    answer=$(swift --version 2>&1) || fail "'swift --version' does not run: $(tail -n 1 <<<"$answer")"
    swift_version=$(sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)+).*/\1/p' <<<"$answer" | head -n 1)
    at_least "$MINIMUM_SWIFT" "${swift_version:-0}" ||
        fail "Swift ${swift_version:-of an unknown version} is too old: $MINIMUM_SWIFT or newer is needed"
}

# Python brings its own venv where it is not Debian's.
has_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

install_packages() {
    local wanted=(bc ca-certificates g++ git libnghttp2-dev libpq-dev libprotobuf-c-dev libsqlite3-dev libssl-dev libyaml-dev libzstd-dev pkg-config zlib1g-dev)
    [[ $purpose == run ]] || wanted+=(bubblewrap busybox-static cargo chromium curl jq make node-typescript openssl podman postgresql runc rustc)
    has_venv || wanted+=(python3 python3-venv)
    if ! command -v dpkg-query >/dev/null; then
        pkg-config --exists libcrypto libnghttp2 libpq libprotobuf-c libzstd sqlite3 yaml-0.1 zlib 2>/dev/null ||
            fail "this is not Debian; install by hand what these packages hold there: ${wanted[*]}"
        return
    fi
    local package missing=()
    for package in "${wanted[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == i* ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    local root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "missing Debian packages, and no sudo to install them; as root: apt-get install ${missing[*]}"
        root=(sudo)
    fi
    say "installing Debian packages: ${missing[*]}"
    local output
    output=$({
        "${root[@]}" apt-get update -q &&
            "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
    } 2>&1) ||
        fail "apt-get cannot install what is missing (${missing[*]}): $(grep -m 1 -E '^E:' <<<"$output" || true)"
}

check_python() {
    command -v "$PYTHON" >/dev/null || fail "missing: $PYTHON; Python $MINIMUM_PYTHON or newer is needed"
    python_version=$("$PYTHON" -c 'import platform; print(platform.python_version())') || fail "'$PYTHON' does not run"
    at_least "$MINIMUM_PYTHON" "$python_version" ||
        fail "$PYTHON is Python $python_version: $MINIMUM_PYTHON or newer is needed; name another with PYTHON=…"
    has_venv || fail "$PYTHON has no venv module; install python3-venv"
}

requirements() { printf '%s\n' requirements.txt; [[ $1 == run ]] || printf '%s\n' requirements-dev.txt; }

# What the environment was made from; another answer means that it must be brought up to date.
environment_stamp() {
    printf '%s\n' "$PWD"
    requirements "$1" | xargs sha256sum constraints.txt python/pyproject.toml
}

is_current() {
    local stamp=$VENV/setup.$1.stamp
    [[ -f $stamp && $(environment_stamp "$1") == "$(<"$stamp")" ]]
}

# The error pip gives is among its last lines, and one line is enough to act on.
pip_error() { grep -m 1 -E '^ *(ERROR|error):?' "$VENV/setup.log" || tail -n 1 "$VENV/setup.log"; }

make_environment() {
    local python=$VENV/bin/python
    if ! "$python" -c 'import pip' 2>/dev/null; then
        say "making a Python environment in $VENV"
        "$PYTHON" -m venv --clear "$VENV" || fail "'$PYTHON -m venv $VENV' failed"
    fi
    # What tests need holds what a run needs.
    { is_current "$purpose" || is_current test; } && return

    local pip=("$python" -m pip --quiet --no-input --disable-pip-version-check install)
    say "installing Basilisk and the other Python packages in $VENV; the first time takes a minute or two"
    # Compiling every module takes longer than installing them: compile_bytecode chooses.
    pip+=(--no-compile)
    local files
    mapfile -t files < <(requirements "$purpose")
    "${pip[@]}" "${files[@]/#/--requirement=}" -c constraints.txt >"$VENV/setup.log" 2>&1 ||
        fail "pip cannot install the Python packages: $(pip_error)"
    say "installing lynx_scenario from python/, in place"
    "${pip[@]}" --no-deps --no-build-isolation --editable python >"$VENV/setup.log" 2>&1 ||
        fail "pip cannot install python/: $(pip_error)"
    rm -f "$VENV/setup.log"
    compile_bytecode
    environment_stamp "$purpose" >"$VENV/setup.$purpose.stamp"
}

# Where PYTHONDONTWRITEBYTECODE is set, a run would otherwise compile all that it imports, and so would the next.
# For a study, what the shipped scenario imports; for the tests, everything.
compile_bytecode() {
    local python=$VENV/bin/python
    if [[ $purpose == test ]]; then
        say "compiling the Python packages"
        # Some packages hold files that no Python 3 compiles, on purpose.
        "$python" -m compileall -q -j 0 "$VENV"/lib/python3.*/site-packages >/dev/null 2>&1 || true
    else
        # A failed import is reported better by the study that needs it.
        env -u PYTHONDONTWRITEBYTECODE PYTHONPATH=scenarios/aerospace/python "$python" -c 'import orbit_plot, orbit_simulation' 2>/dev/null || true
    fi
}

check_swift
[[ $part == python ]] || install_packages
if [[ $part != packages ]]; then
    check_python
    make_environment
    say "ready: Swift $swift_version, Python $("$VENV/bin/python" -c 'import platform; print(platform.python_version())') in $VENV"
fi
