#!/usr/bin/env bash
# Puts in place what `make bench` needs beside the project itself: the peers that it is measured with, and the clients that
# measure. Does nothing where nothing is missing. Settings: VENV (.venv), TOOLS (.build/benchmarks).
#
#   Benchmarks/setup.sh PART...     for these parts only; without an argument for all
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=${VENV:-.venv}
TOOLS=${TOOLS:-.build/benchmarks}
parts=("$@")

say() { printf 'bench: %s\n' "$*"; }
fail() {
    printf 'bench: %s\n' "$*" >&2
    exit 1
}
wants() {
    ((${#parts[@]})) || return 0
    local part
    for part in "${parts[@]}"; do [[ " $* " == *" $part "* ]] && return 0; done
    return 1
}

install_packages() {
    local wanted=() missing=() package
    wants study noop command && wanted+=(parallel)
    wants noop && wanted+=(munge slurm-wlm)
    wants table && wanted+=(sqlite3)
    wants ingest && wanted+=(libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc)
    for package in "${wanted[@]}"; do
        [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == i* ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local root=()
    ((EUID == 0)) || root=(sudo)
    say "installing Debian packages: ${missing[*]}"
    "${root[@]}" apt-get update -q >/dev/null &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "apt-get cannot install ${missing[*]}"
}

install_python() {
    local stamp=$VENV/bench.stamp
    [[ -f $stamp ]] && cmp -s requirements-bench.txt "$stamp" && return
    say "installing Python packages in $VENV"
    "$VENV/bin/python" -m pip install --quiet --no-input --disable-pip-version-check -r requirements-bench.txt -c constraints.txt ||
        fail "pip cannot install requirements-bench.txt"
    cp requirements-bench.txt "$stamp"
}

# Whether TARGET is missing or older than one of the files after it.
stale() {
    local target=$1 file
    shift
    [[ -e $target ]] || return 0
    for file in "$@"; do [[ $file -nt $target ]] && return 0; done
    return 1
}

build_clients() {
    local warnings=(-std=c11 -O2 -Wall -Wextra -Wpedantic -Werror)
    ! stale "$TOOLS/flood" Benchmarks/Flood/* || cc "${warnings[@]}" -o "$TOOLS/flood" Benchmarks/Flood/*.c
    ! stale "$TOOLS/kill_times.so" Benchmarks/KillTimes/kill_times.c ||
        cc "${warnings[@]}" -shared -fPIC -o "$TOOLS/kill_times.so" Benchmarks/KillTimes/kill_times.c
}

build_cpp_peer() {
    local peer=$TOOLS/grpc-cpp-peer generated=$TOOLS/grpc-cpp flags
    stale "$peer" Benchmarks/Peers/GRPCCpp/server.cc proto/telemetry.proto || return 0
    say "building the peer with libgrpc++"
    mkdir -p "$generated"
    protoc --proto_path=proto --cpp_out="$generated" --grpc_out="$generated" \
        --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" proto/telemetry.proto
    read -ra flags < <(pkg-config --cflags --libs grpc++ protobuf)
    c++ -std=c++17 -O2 -DNDEBUG -I"$generated" -o "$peer" Benchmarks/Peers/GRPCCpp/server.cc "$generated"/*.cc "${flags[@]}"
}

build_swift_peer() {
    local package=Benchmarks/Peers/GRPCSwift
    stale "$TOOLS/grpc-swift-peer" "$package/Package.swift" "$package"/Sources/*/* || return 0
    say "building the peer with grpc-swift-2; the first time takes some minutes"
    local log=$TOOLS/grpc-swift.log
    swift build -c release --package-path "$package" --scratch-path "$TOOLS/grpc-swift" >"$log" 2>&1 ||
        fail "the peer with grpc-swift-2 does not build: $(grep -m 1 error: "$log" || tail -n 1 "$log")"
    install "$TOOLS/grpc-swift/release/telemetry-peer" "$TOOLS/grpc-swift-peer"
}

install_packages
install_python
mkdir -p "$TOOLS"
build_clients
if wants ingest; then
    build_cpp_peer
    build_swift_peer
fi
