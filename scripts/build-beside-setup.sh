#!/usr/bin/env bash
# Builds while the Python environment is made: neither needs the other.
#
#   scripts/build-beside-setup.sh run|test ARGUMENTS…     what for, and the arguments of `swift build`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=$1
shift
scripts/setup.sh python "$purpose" &
setup=$!
trap 'kill "$setup" 2>/dev/null || true' EXIT
scripts/swift-build.sh "$@"
wait "$setup"
trap - EXIT
