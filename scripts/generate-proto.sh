#!/usr/bin/env bash
# Generates Sources/CTelemetryProto from proto/, and python/lynx_scenario/_proto from proto/telemetry.proto.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${VENV:-.venv}/bin/python
c=Sources/CTelemetryProto
command -v protoc-c >/dev/null || {
    echo "proto: missing protoc-c; install protobuf-compiler and protobuf-c-compiler" >&2
    exit 1
}

echo "proto: C in $c"
protoc-c --proto_path=proto --c_out="$c" proto/*.proto
mv "$c"/*.pb-c.h "$c/include/"

# The virtual path gives the modules their place in the package, and so their imports.
echo "proto: Python in python/lynx_scenario/_proto"
"$python" -m grpc_tools.protoc --proto_path=lynx_scenario/_proto=proto \
    --python_out=python --pyi_out=python --grpc_python_out=python lynx_scenario/_proto/telemetry.proto
