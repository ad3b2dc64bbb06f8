#!/usr/bin/env bash
# `swift build` with the arguments given: on a terminal with its own progress line, otherwise with a line per tenth.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The host refuses engines that others may write to.
umask 022

configuration=debug minutes='5 to 9'
case " $* " in
    *' release '*) configuration=release minutes='9 to 15' ;;
    *' --build-tests '*) minutes='9 to 15' ;;
esac
first=
[[ -e .build/$configuration/lynxctl ]] || first="; the first build takes $minutes minutes on two cores"
echo "building: swift build $*$first"
if [[ -t 1 ]]; then
    exec swift build "$@"
fi
# Steps become tenths; warnings and errors, which are no steps, pass through, but for notes on dependencies' own files.
swift build "$@" 2>&1 | {
    last=0
    while IFS= read -r line; do
        if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
            done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]}
            tenth=$((10 * done / all))
            if ((all >= 100 && tenth > last)); then
                echo "building: $((10 * tenth)) % ($done of $all)"
                last=$tenth
            fi
        elif [[ $line =~ file\(s\)\ which\ are\ unhandled|^\ .*/\.build/checkouts/ ]]; then
            continue
        elif [[ ! $line =~ ^(Fetching|Fetched|Updating|Updated|Computing|Computed|Creating|Working|Building\ for) ]]; then
            printf '%s\n' "$line"
        fi
    done
}
