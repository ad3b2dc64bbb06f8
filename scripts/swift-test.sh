#!/usr/bin/env bash
# Runs the Swift tests that were built; what failed, among thousands of lines, is said once more at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=.build/swift-test.log
# Without a bound swift-testing starts all tests at once, and on a busy machine each then takes as long as all together.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-8}

status=0
swift test --skip-build "$@" 2>&1 | tee "$log" || status=$?
if ((status != 0)); then
    echo
    echo "failed, exit code $status; all lines are in $log:"
    # An issue is followed by lines that begin with ↳: the values, the comment.
    { grep -aE '^[^[:alnum:]]*✘|^ *↳|[Ff]atal error|error: Exited' "$log" || echo "(no line tells of a failure)"; } | head -n 80
fi
exit "$status"
