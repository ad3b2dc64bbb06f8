extension OpenAPIDocument {
    static let batchSchemas = #"""
        {
          "Problem": {
            "type": "object", "required": ["title", "status", "detail"], "description": "RFC 9457.",
            "properties": {
              "title": {"type": "string"}, "status": {"type": "integer", "minimum": 400, "maximum": 599}, "detail": {"type": "string"},
              "errors": {"type": "array", "items": {"type": "object", "required": ["field", "detail"],
                "properties": {"field": {"type": "string",
                  "description": "Path of a field of the body, or name of a parameter or header."}, "detail": {"type": "string"}}}}
            }
          },
          "Readiness": {
            "type": "object", "required": ["status", "parts"],
            "properties": {
              "status": {"type": "string", "enum": ["ready", "not ready"]},
              "parts": {"type": "object", "description": "`ledger`, and `artifact_store` where there is one.",
                "additionalProperties": {"type": "object", "required": ["ok"],
                  "properties": {"ok": {"type": "boolean"}, "why": {"type": "string", "description": "Why it does not work."}}}}
            }
          },
          "Time": {"type": "string", "format": "date-time", "examples": ["2026-11-23T19:02:36.657Z"]},
          "Count": {"type": "integer", "minimum": 0},
          "BatchReceipt": {
            "type": "object", "required": ["batch_id", "total_jobs", "estimated_completion_time_mins"],
            "properties": {"batch_id": {"type": "string"}, "total_jobs": {"type": "integer", "minimum": 1},
              "estimated_completion_time_mins": {"type": "number", "minimum": 0},
              "unroutable": {"type": "string", "description": "Why no runner that is registered now could ever take the jobs."}}
          },
          "BatchStatus": {"type": "string", "enum": ["Pending", "Running", "Completed", "Failed", "Cancelled"]},
          "Batch": {
            "type": "object",
            "required": ["batch_id", "name", "status", "total_jobs", "completed_jobs", "failed_jobs", "cancelled_jobs", "created_at", "seed"],
            "properties": {
              "batch_id": {"type": "string"}, "name": {"type": "string"}, "status": {"$ref": "#/components/schemas/BatchStatus"},
              "total_jobs": {"$ref": "#/components/schemas/Count"}, "completed_jobs": {"$ref": "#/components/schemas/Count"},
              "failed_jobs": {"$ref": "#/components/schemas/Count", "description": "Timeouts too."},
              "cancelled_jobs": {"$ref": "#/components/schemas/Count"},
              "created_at": {"$ref": "#/components/schemas/Time"}, "completed_at": {"$ref": "#/components/schemas/Time"},
              "seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615},
              "stop_reason": {"type": "string", "description": "Why it ended before all its runs were done; absent if it did not."},
              "warnings": {"type": "array", "items": {"type": "string"},
                "description": "What a person should know of it, such as results that were taken back; absent if there is nothing."},
              "submitted_by": {"type": "string", "description": "The name of the token that it was submitted with."}
            },
            "example": {"batch_id": "20261123T190236-8f5b7656", "name": "two orbits", "status": "Completed", "seed": 42, "total_jobs": 2,
              "completed_jobs": 2, "failed_jobs": 0, "cancelled_jobs": 0, "created_at": "2026-11-23T19:02:36.657Z",
              "completed_at": "2026-11-23T19:02:41.934Z"}
          },
          "StudySummary": {
            "type": "object", "required": ["batch", "simulation", "simulation_type", "requirements"],
            "properties": {
              "batch": {"$ref": "#/components/schemas/Batch"}, "simulation": {"type": "string"}, "simulation_type": {"type": "string"},
              "requirements": {"type": "integer", "description": "How many it has."},
              "verdict": {"type": "string", "enum": ["MET", "NOT MET", "UNDECIDED"],
                "description": "On all of them together; absent where there is none, or it is not known yet."},
              "code": {"type": "string", "description": "A digest of the files and versions that its first result names."}
            }
          },
          "StudyList": {
            "type": "object", "required": ["studies"],
            "properties": {"studies": {"type": "array", "items": {"$ref": "#/components/schemas/StudySummary"}}, "next_cursor": {"type": "string"}}
          },
          "RetryRequest": {
            "type": "object", "required": ["runs"],
            "properties": {"runs": {"type": "array", "minItems": 1, "maxItems": 10000, "items": {"type": "integer", "minimum": 0},
              "description": "Run indices."}},
            "example": {"runs": [3, 17]}
          },
          "BatchOverview": {
            "type": "object", "required": ["batch", "jobs_by_status"],
            "properties": {
              "batch": {"$ref": "#/components/schemas/Batch"},
              "jobs_by_status": {"type": "object", "description": "States without jobs are left out.",
                "propertyNames": {"$ref": "#/components/schemas/JobStatus"}, "additionalProperties": {"type": "integer", "minimum": 1}},
              "unroutable": {"type": "string", "description": "Why no registered runner could ever take the jobs that wait."},
              "storage_problem": {"type": "string", "description": "Which disk of the control plane is full; nothing goes on until there is room."},
              "pending_reason": {"type": "string", "description": "What the jobs that wait are waiting for; absent if the next runner that asks gets them."},
              "nominal_run": {"type": "integer", "description": "The index of the nominal run, the last of the jobs and no part of the sample; absent if there is none."},
              "requeued": {"type": "integer", "description": "How many jobs this call has queued again; in the answer to retry-failed only."}
            }
          },
          "JobEnd": {
            "type": "object", "required": ["job_id", "run_index", "status", "attempt"],
            "properties": {"job_id": {"type": "string"}, "run_index": {"$ref": "#/components/schemas/Count"},
              "status": {"$ref": "#/components/schemas/JobStatus"}, "attempt": {"$ref": "#/components/schemas/Count"},
              "error_message": {"type": "string"}}
          },
          "NextCursor": {"type": "string", "description": "The `cursor` of the next part; absent from the last."},
          "BatchList": {
            "type": "object", "required": ["batches"],
            "properties": {"batches": {"type": "array", "items": {"$ref": "#/components/schemas/Batch"}},
              "next_cursor": {"$ref": "#/components/schemas/NextCursor"}}
          },
          "JobList": {
            "type": "object", "required": ["jobs"],
            "properties": {"jobs": {"type": "array", "items": {"$ref": "#/components/schemas/Job"}},
              "next_cursor": {"$ref": "#/components/schemas/NextCursor"}}
          },
          "ResultList": {
            "type": "object", "required": ["results"],
            "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/JobResult"}},
              "next_cursor": {"$ref": "#/components/schemas/NextCursor"}}
          },
          "JobStatus": {"type": "string", "enum": ["Pending", "Claimed", "Running", "Completed", "Failed", "Timeout", "Cancelled"]},
          "Job": {
            "type": "object",
            "required": ["job_id", "batch_id", "run_config", "status", "retries", "max_retries", "attempt", "lost_attempts", "timeout_secs",
              "created_at"],
            "properties": {
              "job_id": {"type": "string"}, "batch_id": {"type": "string"}, "run_config": {"$ref": "#/components/schemas/RunConfiguration"},
              "status": {"$ref": "#/components/schemas/JobStatus"}, "retries": {"$ref": "#/components/schemas/Count"},
              "max_retries": {"$ref": "#/components/schemas/Count"},
              "attempt": {"$ref": "#/components/schemas/Count", "description": "The number of the latest attempt; 0 before the first."},
              "lost_attempts": {"$ref": "#/components/schemas/Count"}, "timeout_secs": {"type": "number", "exclusiveMinimum": 0},
              "created_at": {"$ref": "#/components/schemas/Time"}, "claimed_at": {"$ref": "#/components/schemas/Time"},
              "started_at": {"$ref": "#/components/schemas/Time"}, "completed_at": {"$ref": "#/components/schemas/Time"},
              "assigned_runner": {"type": "string"}, "error_message": {"type": "string"},
              "pending_reason": {"type": "string", "description": "What a pending job is waiting for; absent if the next runner that asks gets it."}
            }
          },
          "JobAttempt": {
            "type": "object", "required": ["attempt", "runner_id", "claimed_at", "has_result"],
            "properties": {
              "attempt": {"type": "integer", "minimum": 1}, "runner_id": {"type": "string"}, "claimed_at": {"$ref": "#/components/schemas/Time"},
              "started_at": {"$ref": "#/components/schemas/Time"}, "ended_at": {"$ref": "#/components/schemas/Time"},
              "outcome": {"$ref": "#/components/schemas/Outcome"}, "message": {"type": "string"}, "has_result": {"type": "boolean"}
            }
          },
          "AttemptList": {
            "type": "object", "required": ["attempts"],
            "properties": {"attempts": {"type": "array", "items": {"$ref": "#/components/schemas/JobAttempt"}}}
          },
          "RunConfiguration": {
            "type": "object", "required": ["job_id", "batch_id", "run_index", "seed", "seed_decimal", "simulation", "parameters", "units"],
            "properties": {
              "job_id": {"type": "string"}, "batch_id": {"type": "string"}, "run_index": {"$ref": "#/components/schemas/Count"},
              "seed": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615}, "seed_decimal": {"type": "string", "pattern": "^[0-9]+$"},
              "nominal": {"type": ["boolean", "null"],
                "description": "Whether every parameter is at its nominal, and the run no part of the sample; false, if left out."},
              "simulation": {"type": "object", "required": ["name", "version", "type"],
                "properties": {"name": {"type": "string"}, "version": {"type": "string"}, "type": {"type": "string"},
                  "duration_minutes": {"type": "number"}}},
              "parameters": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/ParameterValue"}},
              "units": {"type": "object", "additionalProperties": {"type": "string"}}
            }
          }
        }
        """#
}
