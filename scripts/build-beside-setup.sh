#!/usr/bin/env bash
# Builds while the Python environment is made, and fetches Swift packages while Debian's are installed: neither needs the
# other.
#
#   scripts/build-beside-setup.sh run|test ARGUMENTS…     what for, and the arguments of `swift build`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=$1
shift
# What goes wrong here goes wrong again in the build, which says it.
[[ -d .build/checkouts ]] || swift package resolve >/dev/null 2>&1 &
resolving=$!
trap 'kill "$resolving" 2>/dev/null || true' EXIT
scripts/setup.sh packages "$purpose"
wait "$resolving" || true
scripts/setup.sh python "$purpose" &
setup=$!
trap 'kill "$setup" 2>/dev/null || true' EXIT
scripts/swift-build.sh "$@"
wait "$setup"
trap - EXIT
