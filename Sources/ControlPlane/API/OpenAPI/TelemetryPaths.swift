extension OpenAPIDocument {
    static let telemetryPaths = #"""
        {
          "/jobs/{job}/telemetry": {
            "get": {
              "operationId": "jobTelemetry", "tags": ["jobs"], "summary": "A job's telemetry, also while it runs.",
              "parameters": [
                {"$ref": "#/components/parameters/Job"}, {"$ref": "#/components/parameters/Variables"}, {"$ref": "#/components/parameters/From"},
                {"$ref": "#/components/parameters/To"}, {"$ref": "#/components/parameters/MaxPoints"},
                {"name": "attempt", "in": "query", "description": "The latest, if left out.", "schema": {"type": "integer", "minimum": 1, "maximum": 2147483647}}
              ],
              "responses": {
                "200": {"description": "What has come so far.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobTelemetry"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/batches/{batch}/telemetry.csv": {
            "get": {
              "operationId": "batchTelemetry", "tags": ["batches"], "summary": "The telemetry of a batch's jobs as CSV (RFC 4180).",
              "description": "A line for each point: job_id, run_index, variable, units, time_s, value. Sent as it is read.",
              "parameters": [
                {"$ref": "#/components/parameters/Batch"}, {"$ref": "#/components/parameters/Variables"}, {"$ref": "#/components/parameters/From"},
                {"$ref": "#/components/parameters/To"}, {"$ref": "#/components/parameters/MaxPoints"}
              ],
              "responses": {
                "200": {"description": "The points.", "content": {"text/csv": {"schema": {"type": "string"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/runner/v1/jobs/{job}/telemetry": {
            "post": {
              "operationId": "sendTelemetry", "tags": ["runner protocol"], "summary": "A chunk of a running attempt's telemetry.",
              "description": "The body may have 16 MiB.",
              "parameters": [
                {"$ref": "#/components/parameters/Job"},
                {"name": "runner_id", "in": "query", "required": true, "schema": {"type": "string"}},
                {"name": "attempt", "in": "query", "required": true, "schema": {"type": "integer", "minimum": 1, "maximum": 2147483647}},
                {"name": "seq", "in": "query", "required": true, "description": "The chunk's number, from 0.", "schema": {"type": "integer", "minimum": 0, "maximum": 2147483647}}
              ],
              "requestBody": {"required": true, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
              "responses": {"204": {"description": "Stored; also when repeated."}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}}
            }
          }
        }
        """#

    static let telemetrySchemas = #"""
        {
          "TelemetryPosition": {
            "type": "object", "required": ["first_point", "step"],
            "properties": {
              "first_point": {"type": "integer", "minimum": 0, "description": "The number of the first point within the run; a multiple of the step."},
              "step": {"type": "integer", "minimum": 1, "description": "A power of 2."}
            }
          },
          "JobTelemetry": {
            "type": "object", "required": ["job_id", "attempt", "complete", "variables"],
            "properties": {
              "job_id": {"type": "string"}, "attempt": {"type": "integer", "description": "0 if there was none."},
              "complete": {"type": "boolean", "description": "Nothing more comes."},
              "variables": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/VariableTelemetry"}}
            }
          },
          "VariableTelemetry": {
            "type": "object", "required": ["units", "points", "time_s", "values"],
            "properties": {
              "units": {"type": "string"}, "count": {"type": "integer", "description": "Of all samples, as the next four; absent while the job runs."},
              "first": {"type": "number"}, "last": {"type": "number"}, "min": {"type": "number"}, "max": {"type": "number"},
              "points": {"type": "integer", "description": "How many are stored in the span asked for."},
              "time_s": {"type": "array", "items": {"type": "number"}, "description": "Simulated seconds, one for each value."},
              "values": {"type": "array", "items": {"type": "number"}}
            }
          }
        }
        """#
}
