#!/usr/bin/env bash
# Submits a batch from a CI job and waits for it: writes the step summary, a JUnit file and the results table, and fails
# when jobs fail. Used by .github/workflows/monte-carlo.yml; works by hand, too.
#
#   scripts/ci-study.sh BATCH.yaml [OUTPUT_DIRECTORY]
#
# BASELINE names a batch of the same seed: a run that fails now and did not there fails the job, too.
# Settings: LYNX_CONTROL_PLANE_URL, LYNX_TOKEN (an API token with the scope `submit`), LYNXCTL (lynxctl), and what
# GitHub sets: GITHUB_STEP_SUMMARY, GITHUB_OUTPUT, GITHUB_ACTIONS.
set -uo pipefail

fail() {
    [[ ${GITHUB_ACTIONS:-} == true ]] && printf '::error title=Monte Carlo study::%s\n' "$*"
    printf 'ci-study: %s\n' "$*" >&2
    exit 2
}

(($# == 1 || $# == 2)) || fail "usage: scripts/ci-study.sh BATCH.yaml [OUTPUT_DIRECTORY]"
batch=$1
output=${2:-lynx-results}
lynxctl=${LYNXCTL:-lynxctl}

[[ -f $batch ]] || fail "there is no batch file '$batch'"
[[ -n ${LYNX_CONTROL_PLANE_URL:-} ]] || fail "LYNX_CONTROL_PLANE_URL is not set: it names the control plane"
command -v "$lynxctl" >/dev/null || fail "there is no '$lynxctl'; put lynxctl in PATH, or its path in LYNXCTL"
mkdir -p "$output" || fail "cannot make the directory '$output'"

summary=${GITHUB_STEP_SUMMARY:-$output/summary.md}
"$lynxctl" submit "$batch" --wait --junit "$output/junit.xml" --results "$output/results.csv" --summary "$summary" \
    > >(tee "$output/results.txt") 2> >(tee "$output/progress.txt" >&2)
code=$?
# The readers above end with their writer; their last lines are to be on disk before they are looked at.
wait

id=$(sed -nE 's/^batch ([^ ,]+), [0-9]+ jobs?$/\1/p' "$output/progress.txt" | head -n 1)
regression=
if [[ -n ${BASELINE:-} && -n $id ]] && ((code == 0 || code == 1)); then
    "$lynxctl" compare "$BASELINE" "$id" --fail-on regression --junit "$output/changes.xml" | tee "$output/changes.txt"
    compared=${PIPESTATUS[0]}
    ((compared == 1)) && regression=yes
    ((compared == 0)) || code=$compared
fi
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
    printf 'batch-id=%s\nexit-code=%s\nresults=%s\n' "$id" "$code" "$output" >>"$GITHUB_OUTPUT"
fi
if [[ ${GITHUB_ACTIONS:-} == true ]]; then
    [[ -z $regression ]] || printf '::error title=Monte Carlo study::batch %s is worse than %s; see changes.txt\n' "$id" "$BASELINE"
    case $code in
    0) ;;
    1) printf '::error title=Monte Carlo study::jobs of batch %s did not complete; see the summary\n' "$id" ;;
    *) printf '::error title=Monte Carlo study::lynxctl ended with %s; see the log\n' "$code" ;;
    esac
fi
exit "$code"
