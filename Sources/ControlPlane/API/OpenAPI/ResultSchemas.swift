extension OpenAPIDocument {
    static let resultSchemas = #"""
        {
          "JobResult": {
            "type": "object", "required": ["job_id", "success", "execution_time_secs", "output_files", "artifacts", "telemetry_data", "metadata"],
            "properties": {
              "job_id": {"type": "string"}, "success": {"type": "boolean"}, "execution_time_secs": {"type": "number"},
              "output_files": {"type": "array", "items": {"type": "string"}, "description": "Paths on the runner's machine."},
              "artifacts": {"type": "array", "items": {"$ref": "#/components/schemas/Artifact"}},
              "telemetry_data": {"type": "object", "description": "By variable.",
                "additionalProperties": {"$ref": "#/components/schemas/TelemetrySeries"}},
              "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/RunOutput"}, "description": "The run's scalar results."},
              "metadata": {"$ref": "#/components/schemas/ResultMetadata"}, "error_message": {"type": "string"}
            }
          },
          "Artifact": {
            "type": "object", "required": ["path", "size_bytes", "sha256", "media_type"],
            "properties": {"path": {"type": "string"}, "size_bytes": {"type": "integer"}, "sha256": {"type": "string"},
              "media_type": {"type": "string"}}
          },
          "TelemetrySeries": {
            "type": "object", "required": ["units", "count", "time_s", "values"],
            "properties": {
              "units": {"type": "string"}, "count": {"type": "integer"}, "first": {"type": "number"}, "last": {"type": "number"},
              "min": {"type": "number"}, "max": {"type": "number"},
              "time_s": {"type": "array", "items": {"type": "number"}, "description": "Simulated seconds, one for each value."},
              "values": {"type": "array", "items": {"type": "number"}}
            }
          },
          "Outcome": {"type": "string", "enum": ["success", "failure", "breach", "timeout", "cancelled", "lost", "simulator_fault", "retracted"]},
          "ResultMetadata": {
            "type": "object",
            "required": ["run_id", "run_index", "attempt", "simulation_name", "simulation_version", "engine", "engine_version", "runner_id",
              "outcome", "warnings"],
            "properties": {
              "run_id": {"type": "string"}, "run_index": {"type": "integer"}, "attempt": {"type": "integer"},
              "simulation_name": {"type": "string"}, "simulation_version": {"type": "string"}, "engine": {"type": "string"},
              "engine_version": {"type": "string"},
              "runner_id": {"type": "string"}, "outcome": {"$ref": "#/components/schemas/Outcome"},
              "exit_code": {"type": "integer"}, "exit_signal": {"type": "integer"}, "max_rss_bytes": {"type": "integer"},
              "started_at": {"$ref": "#/components/schemas/Time"}, "completed_at": {"$ref": "#/components/schemas/Time"},
              "directory": {"type": "string"}, "warnings": {"type": "array", "items": {"type": "string"}},
              "basis": {"type": "string", "minLength": 1, "maxLength": 1024,
                "description": "What the result rests on besides its own run; its runner may take that back, and the result with it."},
              "breach": {"type": "object", "required": ["condition"],
                "properties": {"condition": {"type": "string"}, "sim_time_s": {"type": "number"}},
                "description": "The stopping condition that killed the run."},
              "nominal": {"type": ["boolean", "null"], "description": "Whether it is the nominal run, which is no part of the sample."},
              "sim_time_s": {"type": "number", "description": "The simulated time of the latest sample, in seconds."},
              "provenance": {"$ref": "#/components/schemas/Provenance"}
            }
          },
          "Provenance": {
            "type": "object", "required": ["host_version", "files"], "description": "What the attempt ran with.",
            "properties": {
              "host_version": {"type": "string"}, "engine_sha256": {"type": "string", "description": "Of the engine's library."},
              "engine_abi": {"type": "string", "description": "The version of the ABI that the engine was built against."},
              "files": {
                "type": "object", "additionalProperties": {"type": "string"},
                "description": "SHA-256 of the files that the engine's settings name, by setting; and of the settings, the scenario or the bundle."
              },
              "interpreter": {
                "type": "object", "required": ["path", "version", "distributions"], "description": "The Python that ran the scenario.",
                "properties": {
                  "path": {"type": "string"}, "version": {"type": "string"}, "sha256": {"type": "string", "description": "Of its file."},
                  "distributions": {"type": "string", "description": "SHA-256 of the record of the installed distributions."}
                }
              },
              "machine": {
                "type": "object", "required": ["kernel", "cpu", "libc"],
                "properties": {"kernel": {"type": "string"}, "cpu": {"type": "string"}, "libc": {"type": "string"}}
              },
              "environment": {"type": "string", "description": "SHA-256 of the record of the environment that the simulation was given."}
            }
          },
          "ProvenanceRecord": {
            "type": "object", "required": ["sha256", "text"],
            "properties": {"sha256": {"type": "string"}, "text": {"type": "string", "description": "A line for each distribution or variable."}}
          }
        }
        """#
}
