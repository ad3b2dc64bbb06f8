extension OpenAPIDocument {
    /// Bodies of the runner protocol. Unknown fields are passed over: a newer peer may send them.
    static let protocolSchemas = #"""
        {
          "RegisterRequest": {
            "type": "object", "required": ["runner_id", "session_id", "name", "version", "protocol_version", "capabilities", "engines"],
            "properties": {
              "runner_id": {"type": "string", "minLength": 1, "maxLength": 128}, "session_id": {"type": "string", "minLength": 1, "maxLength": 128},
              "name": {"type": "string"}, "version": {"type": "string"}, "protocol_version": {"type": "string"},
              "capabilities": {"$ref": "#/components/schemas/RunnerCapabilities"},
              "engines": {"type": "array", "maxItems": 64, "items": {"$ref": "#/components/schemas/RunnerEngine"}},
              "machine": {"type": ["string", "null"], "maxLength": 512,
                "description": "Where the process is: the machine's name, a slash, and what no other machine has."},
              "offer": {"anyOf": [{"$ref": "#/components/schemas/RunnerOffer"}, {"type": "null"}],
                "description": "What it runs besides the default scenarios of its engines; nothing, if left out."}
            },
            "example": {
              "runner_id": "r1", "session_id": "s1", "name": "bench", "version": "0.1.0", "protocol_version": "1.2",
              "capabilities": {"cpu_cores": 2, "gpu_available": false, "max_concurrent_jobs": 2, "memory_gb": 4,
                "supported_simulation_types": ["basilisk"]},
              "engines": [{"id": "basilisk", "version": "1.0.0"}]
            }
          },
          "RegisterResponse": {
            "type": "object", "required": ["lease_seconds", "heartbeat_interval_seconds"],
            "properties": {
              "lease_seconds": {"type": "number", "exclusiveMinimum": 0}, "heartbeat_interval_seconds": {"type": "number", "exclusiveMinimum": 0},
              "protocol_version": {"type": "string", "description": "Absent: 1.0."},
              "artifact_upload": {"type": "boolean", "description": "Whether files of ended attempts are to be uploaded; absent: no."}
            }
          },
          "ClaimRequest": {
            "type": "object", "required": ["runner_id", "session_id", "slots", "wait_seconds"],
            "properties": {"runner_id": {"type": "string"}, "session_id": {"type": "string"}, "slots": {"type": "integer", "minimum": 1},
              "wait_seconds": {"type": "number"}, "held": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/AttemptKey"},
                "description": "All attempts that the runner has; others of its session are lost."},
              "type_slots": {"type": ["object", "null"], "additionalProperties": {"type": "integer", "minimum": 0},
                "description": "Of the slots, at most this many of a simulation type; types that are absent have no limit of their own."}},
            "example": {"runner_id": "r1", "session_id": "s1", "slots": 2, "wait_seconds": 0}
          },
          "ClaimResponse": {
            "type": "object", "required": ["jobs", "drain"],
            "properties": {"jobs": {"type": "array", "items": {"$ref": "#/components/schemas/JobAssignment"}}, "drain": {"type": "boolean"}}
          },
          "JobAssignment": {
            "type": "object", "required": ["job_id", "batch_id", "attempt", "timeout_secs", "run_config", "early_termination", "telemetry"],
            "properties": {
              "job_id": {"type": "string"}, "batch_id": {"type": "string"}, "attempt": {"type": "integer", "minimum": 1},
              "timeout_secs": {"type": "number"},
              "run_config": {"$ref": "#/components/schemas/RunConfiguration"}, "early_termination": {"type": "object"},
              "telemetry": {"type": "object"},
              "outputs": {"type": "object",
                "description": "The scalar results that the result is to hold; all that the scenario reports, if left out."},
              "formulas": {"type": "object", "additionalProperties": {"type": "string"},
                "description": "Signal temporal logic, by the name of the output that holds its robustness."},
              "container": {"type": ["object", "null"],
                "description": "The image that the simulation runs in, and what it may use of the machine: compute.container of the batch."},
              "float_parameters": {"type": "object", "additionalProperties": {"type": "number"},
                "description": "The parameters of run_config that are floats although their values are whole, for readers of JSON that do not tell 1.0 from 1."}
            }
          },
          "AttemptKey": {"type": "object", "required": ["job_id", "attempt"],
            "properties": {"job_id": {"type": "string"}, "attempt": {"type": "integer"}}},
          "HeartbeatRequest": {
            "type": "object", "required": ["runner_id", "session_id", "attempts"],
            "properties": {
              "runner_id": {"type": "string"}, "session_id": {"type": "string"},
              "attempts": {"type": "array", "items": {"$ref": "#/components/schemas/AttemptKey"}},
              "wait_seconds": {"type": ["number", "null"],
                "description": "How long the call may be held while there is nothing new to order; 0 if left out."},
              "cancelling": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/AttemptKey"},
                "description": "Attempts that are being stopped already."},
              "drained": {"type": ["boolean", "null"], "description": "Whether the runner knows that it is drained."},
              "engines": {"type": ["array", "null"], "maxItems": 64, "items": {"$ref": "#/components/schemas/RunnerEngine"},
                "description": "The engines as they are now, in place of those that came with the registration; left out: as before."},
              "offer": {"anyOf": [{"$ref": "#/components/schemas/RunnerOffer"}, {"type": "null"}],
                "description": "The same of scenarios and bundles."}
            },
            "example": {"runner_id": "r1", "session_id": "s1", "attempts": []}
          },
          "HeartbeatResponse": {
            "type": "object", "required": ["cancel", "stale", "drain"],
            "properties": {"cancel": {"type": "array", "items": {"$ref": "#/components/schemas/AttemptKey"}},
              "stale": {"type": "array", "items": {"$ref": "#/components/schemas/AttemptKey"}}, "drain": {"type": "boolean"}}
          },
          "StartedReport": {
            "type": "object", "required": ["runner_id", "attempt", "started_at"],
            "properties": {"runner_id": {"type": "string"}, "attempt": {"type": "integer"}, "started_at": {"$ref": "#/components/schemas/Time"}}
          },
          "AttemptReport": {
            "type": "object", "required": ["runner_id", "batch_id", "attempt", "retryable", "result"],
            "properties": {"runner_id": {"type": "string"}, "batch_id": {"type": "string"}, "attempt": {"type": "integer"},
              "retryable": {"type": "boolean"}, "result": {"$ref": "#/components/schemas/JobResult"},
              "telemetry_chunks": {"type": ["integer", "null"], "minimum": 0, "maximum": 2147483647,
                "description": "How many chunks of telemetry went before."},
              "loss_cause": {"type": ["string", "null"],
                "description": "What an attempt whose outcome is lost was lost to: stopped, trouble, machine, hung, crashed."},
              "records": {"type": ["array", "null"], "maxItems": 8, "items": {"$ref": "#/components/schemas/ProvenanceRecord"},
                "description": "The records that the result's provenance refers to, if the control plane may not have them."},
              "telemetry_tail": {"type": ["object", "null"], "description": "Where the points in the result stand, by variable.",
                "additionalProperties": {"$ref": "#/components/schemas/TelemetryPosition"}}
            }
          },
          "ResultGroup": {
            "type": "object", "required": ["runner_id", "reports"],
            "properties": {"runner_id": {"type": "string"}, "reports": {"type": "array", "minItems": 1, "maxItems": 64,
              "items": {"$ref": "#/components/schemas/AttemptReport"}}}
          },
          "ResultGroupAnswer": {
            "type": "object", "required": ["results"],
            "properties": {"results": {"type": "array", "items": {
              "type": "object", "required": ["job_id", "attempt"],
              "properties": {"job_id": {"type": "string"}, "attempt": {"type": "integer"},
                "problem": {"$ref": "#/components/schemas/Problem", "description": "Why it was not taken."}}}}}
          },
          "Retraction": {
            "type": "object", "required": ["runner_id", "basis", "reason"],
            "properties": {"runner_id": {"type": "string"}, "basis": {"type": "string", "minLength": 1, "maxLength": 1024,
              "description": "As in the metadata of results."},
              "reason": {"type": "string", "maxLength": 4096, "description": "One line for a person."}},
            "example": {"runner_id": "r1", "basis": "proof-5a0c", "reason": "a sample differed from its cold run"}
          },
          "LeaveRequest": {
            "type": "object", "required": ["runner_id", "session_id"],
            "properties": {"runner_id": {"type": "string"}, "session_id": {"type": "string"}},
            "example": {"runner_id": "r1", "session_id": "s1"}
          }
        }
        """#
}
