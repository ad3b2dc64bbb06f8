#!/usr/bin/env bash
# `swift build` with the arguments given: on a terminal with its own progress line, otherwise with a line per tenth.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The host refuses engines that others may write to.
umask 022

echo "building: swift build $*$([[ -d .build/checkouts ]] || echo '; the first build takes 5 to 10 minutes')"
if [[ -t 1 ]]; then
    exec swift build "$@"
fi
# Steps become tenths; everything else, warnings and errors above all, passes through.
swift build "$@" 2>&1 | awk '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
        split(substr($0, 2, RLENGTH - 2), step, "/")
        if (step[2] < 100) next
        tenth = int(10 * step[1] / step[2])
        if (tenth > last) { printf "building: %d %% (%d of %d)\n", 10 * tenth, step[1], step[2]; fflush(); last = tenth }
        next
    }
    /^(Fetching|Fetched|Updating|Updated|Computing|Computed|Creating|Working|Building for|\[|Write|Planning)/ { next }
    { print; fflush() }'
