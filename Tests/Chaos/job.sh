# A job without work: what it costs is what the runner and the control plane cost.
[ "${CHAOS_JOB_SECONDS:-0}" = 0 ] || [ "$CHAOS_JOB_SECONDS" = 0.0 ] || exec sleep "$CHAOS_JOB_SECONDS"
