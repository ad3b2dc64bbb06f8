# The scenario of `evaluate`: one output, the same for every point.
printf '{"name": "y", "value": 1.0}\n' >"$TETRYX_OUTPUT_DIR/outputs.jsonl"
