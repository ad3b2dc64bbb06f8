#!/usr/bin/env bash
# Sets up a study and runs it: run.sh [options of lynxctl run] beside a study.yaml, or examples/run.sh NAME [options].
#
# Python packages go into .venv in the study's folder, what is compiled into build.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ -f $root/study.yaml ]]; then
    set -- . "$@"
elif (($# == 0)) || [[ ! -f $root/$1/study.yaml ]]; then
    printf 'usage: %s NAME [options of lynxctl run]; NAME is one of: %s\n' "$0" "$(cd "$root" && dirname ./*/study.yaml | xargs -n 1 basename | xargs)" >&2
    exit 2
fi
cd "$root/$1"
shift

# lynxctl of this build, or an installed one.
lynxctl=${LYNXCTL:-}
for candidate in "$root"/../.build/release/lynxctl "$root"/../.build/debug/lynxctl; do
    [[ -n $lynxctl || ! -x $candidate ]] || lynxctl=$(realpath "$candidate")
done
lynxctl=${lynxctl:-lynxctl}

if [[ -f requirements.txt ]] && [[ $(cat .venv/stamp 2>/dev/null) != "$(sha256sum <requirements.txt)" ]]; then
    printf 'installing %s\n' "$(xargs <requirements.txt)" >&2
    "${PYTHON:-python3}" -m venv --clear .venv
    .venv/bin/python -m pip --quiet --no-input --disable-pip-version-check install --requirement requirements.txt
    sha256sum <requirements.txt >.venv/stamp
fi
[[ ! -f Makefile ]] || make --no-print-directory --silent >&2
exec "$lynxctl" run study.yaml --runner-config runner.yaml "$@"
