# A simulation that says where its telemetry goes, and waits to be ended.
echo "${TETRYX_TELEMETRY_URL##*:}" >"$BENCH_ENDPOINTS/.$$"
mv "$BENCH_ENDPOINTS/.$$" "$BENCH_ENDPOINTS/$$"
exec sleep infinity
