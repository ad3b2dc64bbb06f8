#!/usr/bin/env bash
# Runs the Swift tests that were built; what failed, among thousands of lines, is said once more at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=.build/swift-test.log
# Without a bound swift-testing starts all tests at once, and on a busy machine each then takes as long as all together.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-5}

status=0
swift test --skip-build "$@" 2>&1 | tee "$log" || status=$?
if ((status != 0)); then
    echo
    echo "failed, exit code $status; all lines are in $log:"
    # An issue is followed by lines that begin with ↳: the values, the comment, which may have lines of its own.
    awk '
        /^[^[:alnum:]]*✘|[Ff]atal error|error: Exited/ { print; told = 1; left = 0; next }
        /^ *↳/ { print; left = 20; next }
        /^[^[:alnum:]]*[◇✔]/ { left = 0 }
        left > 0 { print; left-- }
        END { if (!told) print "(no line tells of a failure)" }' "$log" | sed -n 1,200p
fi
exit "$status"
