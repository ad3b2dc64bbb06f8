#!/usr/bin/env bash
# Builds while the Python environment is made, and fetches Swift packages while Debian's are installed: neither needs the
# other.
#
#   scripts/build-beside-setup.sh run|test ARGUMENTS…     what for, and the arguments of `swift build`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=$1
shift
beside=
trap '[[ -z $beside ]] || kill "$beside" 2>/dev/null || true' EXIT
if ! [[ -d .build/checkouts ]]; then
    swift package resolve >/dev/null 2>&1 &
    beside=$!
fi
scripts/setup.sh packages "$purpose"
# What went wrong in fetching goes wrong again in the build, which says it.
[[ -z $beside ]] || wait "$beside" || true
scripts/setup.sh python "$purpose" &
beside=$!
scripts/swift-build.sh "$@"
wait "$beside"
beside=
