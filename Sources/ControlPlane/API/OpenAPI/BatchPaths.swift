extension OpenAPIDocument {
    static let batchPaths = #"""
        {
          "/jobs": {
            "post": {
              "operationId": "submit", "tags": ["batches"], "summary": "Submit a batch.",
              "description": "The body is the batch file as JSON, at most 4 MiB. Unknown fields are refused.",
              "parameters": [{"name": "Idempotency-Key", "in": "header", "description": "The same key with the same body gets the same answer, and makes one batch; with another body, 422. Kept for two days.", "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchSubmission"}, "example": {"name": "two orbits", "config": {"simulation": {"name": "basic_orbit", "type": "basilisk"}, "monte_carlo": {"runs": 2, "seed": 42}, "dispersions": {"semi_major_axis_m": {"distribution": {"type": "uniform", "min": 6950000, "max": 7050000}, "units": "m"}}}}}}},
              "responses": {
                "201": {"description": "Queued.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchReceipt"}, "example": {"batch_id": "20261123T190236-8f5b7656", "total_jobs": 2, "estimated_completion_time_mins": 0.0967}}},
                  "links": {
                    "batch": {"operationId": "batch", "parameters": {"batch": "$response.body#/batch_id"}},
                    "jobs": {"operationId": "batchJobs", "parameters": {"batch": "$response.body#/batch_id"}},
                    "results": {"operationId": "batchResults", "parameters": {"batch": "$response.body#/batch_id"}},
                    "cancel": {"operationId": "cancelBatch", "parameters": {"batch": "$response.body#/batch_id"}}
                  }}
              }
            }
          },
          "/batches": {
            "get": {
              "operationId": "batches", "tags": ["batches"], "summary": "The batches, newest first.",
              "parameters": [
                {"name": "status", "in": "query", "description": "Only batches in this state.", "schema": {"$ref": "#/components/schemas/BatchStatus"}},
                {"name": "name", "in": "query", "description": "Only batches of exactly this name.", "schema": {"type": "string"}},
                {"$ref": "#/components/parameters/Limit"}, {"$ref": "#/components/parameters/Cursor"}
              ],
              "responses": {"200": {"description": "A part of the list.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchList"}}}}}
            }
          },
          "/batches/{batch}": {
            "get": {
              "operationId": "batch", "tags": ["batches"], "summary": "How far a batch is.",
              "parameters": [{"$ref": "#/components/parameters/Batch"}],
              "responses": {
                "200": {"description": "The batch, and how many jobs are in each state.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchOverview"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/batches/{batch}/jobs": {
            "get": {
              "operationId": "batchJobs", "tags": ["batches"], "summary": "A batch's jobs, by run index.",
              "parameters": [
                {"$ref": "#/components/parameters/Batch"},
                {"name": "status", "in": "query", "description": "Only jobs in this state.", "schema": {"$ref": "#/components/schemas/JobStatus"}},
                {"$ref": "#/components/parameters/Limit"}, {"$ref": "#/components/parameters/Cursor"}
              ],
              "responses": {
                "200": {"description": "A part of the list.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobList"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/batches/{batch}/results": {
            "get": {
              "operationId": "batchResults", "tags": ["batches"], "summary": "The results there are so far, by run index.",
              "description": "All of them, sent as they are read, unless `limit` or `cursor` is given.",
              "parameters": [
                {"$ref": "#/components/parameters/Batch"}, {"$ref": "#/components/parameters/Telemetry"},
                {"name": "limit", "in": "query", "description": "At most so many; without it, all.", "schema": {"type": "integer", "minimum": 1, "maximum": 1000}},
                {"$ref": "#/components/parameters/Cursor"}
              ],
              "responses": {
                "200": {"description": "The results.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ResultList"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/batches/{batch}/events": {
            "get": {
              "operationId": "batchEvents", "tags": ["batches"], "summary": "A batch's events as they happen.",
              "description": "Server-sent events. `batch`: a BatchOverview, when it changes, at most ten times a second; `job`: a JobEnd, for each job that reaches a terminal state, once in order; `end`: a BatchOverview, when the batch has ended, as the last one. A comment comes when nothing else has for 15 seconds.",
              "parameters": [
                {"$ref": "#/components/parameters/Batch"},
                {"name": "jobs", "in": "query", "description": "`none` leaves the events of single jobs out.", "schema": {"type": "string", "enum": ["all", "none"], "default": "all"}},
                {"name": "Last-Event-ID", "in": "header", "description": "Goes on after this event, without a gap.", "schema": {"type": "string", "pattern": "^(0|[1-9][0-9]{0,17})(/(0|[1-9][0-9]{0,17}))?$"}}
              ],
              "responses": {
                "200": {"description": "The events.", "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "id: 1\nevent: job\ndata: {\"attempt\":1,\"job_id\":\"20261123T190236-8f5b7656-0\",\"run_index\":0,\"status\":\"Completed\"}\n\n"}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/batches/{batch}/retry-failed": {
            "post": {
              "operationId": "retryFailed", "tags": ["batches"], "summary": "Queue a batch's failed and timed-out jobs again.",
              "description": "With all their retries; the results of earlier attempts stay. 409 for a batch that was cancelled.",
              "parameters": [{"$ref": "#/components/parameters/Batch"}],
              "responses": {
                "200": {"description": "The batch.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchOverview"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          },
          "/batches/{batch}/cancel": {
            "post": {
              "operationId": "cancelBatch", "tags": ["batches"], "summary": "Cancel what of a batch is not done yet.",
              "description": "What runs is killed. Cancelling a cancelled batch changes nothing.",
              "parameters": [{"$ref": "#/components/parameters/Batch"}],
              "responses": {
                "200": {"description": "The batch.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchOverview"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          }
        }
        """#
}
