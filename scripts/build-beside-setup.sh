#!/usr/bin/env bash
# Builds while the Python environment is made, and fetches Swift packages while Debian's are installed: neither needs the
# other.
#
#   scripts/build-beside-setup.sh run|test ARGUMENTS…     what for, and the arguments of `swift build`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose=$1
shift
fetching=
python=
trap 'for process in $fetching $python; do kill "$process" 2>/dev/null || true; done' EXIT
if ! [[ -d .build/checkouts ]]; then
    echo "fetching Swift packages"
    swift package resolve >/dev/null 2>&1 &
    fetching=$!
fi
scripts/setup.sh packages "$purpose"
scripts/setup.sh python "$purpose" &
python=$!
# What went wrong in fetching goes wrong again in the build, which says it.
[[ -z $fetching ]] || wait "$fetching" || true
fetching=
scripts/swift-build.sh "$@"
wait "$python"
python=
