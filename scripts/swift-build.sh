#!/usr/bin/env bash
# `swift build` with the arguments given; quiet, but for a person at a terminal its progress line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

echo "building: swift build $*$([[ -d .build/checkouts ]] || echo '; the first build takes 5 to 10 minutes')"
if [[ -t 1 ]]; then
    exec swift build "$@"
fi
exec swift build --quiet "$@"
