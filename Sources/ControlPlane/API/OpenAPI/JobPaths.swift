extension OpenAPIDocument {
    static let jobPaths = #"""
        {
          "/jobs/{job}": {
            "get": {
              "operationId": "job", "tags": ["jobs"], "summary": "One job.",
              "parameters": [{"$ref": "#/components/parameters/Job"}],
              "responses": {
                "200": {"description": "The job.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/jobs/{job}/results": {
            "get": {
              "operationId": "jobResult", "tags": ["jobs"], "summary": "What a job brought.",
              "parameters": [{"$ref": "#/components/parameters/Job"}, {"$ref": "#/components/parameters/Telemetry"}],
              "responses": {
                "200": {"description": "The result of the attempt that ended the job, also when it failed.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobResult"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/jobs/{job}/attempts": {
            "get": {
              "operationId": "jobAttempts", "tags": ["jobs"], "summary": "The attempts at a job, by number.",
              "parameters": [{"$ref": "#/components/parameters/Job"}],
              "responses": {
                "200": {"description": "Those there were so far.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AttemptList"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/jobs/{job}/attempts/{attempt}/results": {
            "get": {
              "operationId": "attemptResult", "tags": ["jobs"], "summary": "What one attempt brought.",
              "parameters": [
                {"$ref": "#/components/parameters/Job"},
                {"name": "attempt", "in": "path", "required": true, "description": "Its number, from 1.", "schema": {"type": "integer", "minimum": 1}},
                {"$ref": "#/components/parameters/Telemetry"}
              ],
              "responses": {
                "200": {"description": "Its result.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/JobResult"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/jobs/{job}/cancel": {
            "post": {
              "operationId": "cancelJob", "tags": ["jobs"], "summary": "Cancel one job.",
              "description": "A running one is killed. Cancelling a cancelled job changes nothing.",
              "parameters": [{"$ref": "#/components/parameters/Job"}],
              "responses": {
                "200": {"description": "The job.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          }
        }
        """#
}
