# A job without work: what it costs is what the runner and the control plane cost.
if [ -n "$CHAOS_FILES" ]; then
    while IFS= read -r line || [ -n "$line" ]; do printf '%s\n' "$line"; done <"$TETRYX_RUN_CONFIG" >"$TETRYX_OUTPUT_DIR/run.json"
fi
[ "${CHAOS_JOB_SECONDS:-0}" = 0 ] || [ "$CHAOS_JOB_SECONDS" = 0.0 ] || exec sleep "$CHAOS_JOB_SECONDS"
