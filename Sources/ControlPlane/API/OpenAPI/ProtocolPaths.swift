extension OpenAPIDocument {
    /// What runners call.
    static let protocolPaths = #"""
        {
          "/runner/v1/register": {
            "post": {
              "operationId": "register", "tags": ["runner protocol"], "summary": "Begin a session.",
              "description": "What earlier sessions of this runner left unreported is lost at once. Refused while another machine is at work under the same id, and to a session whose place another has taken.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RegisterRequest"}}}},
              "responses": {
                "200": {"description": "Welcome.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RegisterResponse"}}}},
                "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          },
          "/runner/v1/claim": {
            "post": {
              "operationId": "claim", "tags": ["runner protocol"], "summary": "Ask for jobs.",
              "description": "Held for at most `wait_seconds` while there is nothing to do.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ClaimRequest"}}}},
              "responses": {
                "200": {"description": "Jobs, or none.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ClaimResponse"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/runner/v1/heartbeat": {
            "post": {
              "operationId": "heartbeat", "tags": ["runner protocol"], "summary": "Renew the leases of attempts.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeartbeatRequest"}}}},
              "responses": {
                "200": {"description": "What to kill.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HeartbeatResponse"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/runner/v1/leave": {
            "post": {
              "operationId": "leave", "tags": ["runner protocol"], "summary": "End a session.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LeaveRequest"}}}},
              "responses": {"204": {"description": "Its unfinished attempts are lost at once."}, "404": {"$ref": "#/components/responses/NotFound"}}
            }
          },
          "/runner/v1/jobs/{job}/started": {
            "post": {
              "operationId": "reportStarted", "tags": ["runner protocol"], "summary": "An attempt's simulation was launched.",
              "parameters": [{"$ref": "#/components/parameters/Job"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StartedReport"}}}},
              "responses": {"204": {"description": "Noted; also when repeated."}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}}
            }
          },
          "/runner/v1/jobs/{job}/result": {
            "post": {
              "operationId": "reportResult", "tags": ["runner protocol"], "summary": "An attempt is over.",
              "description": "The body may have 128 MiB.",
              "parameters": [{"$ref": "#/components/parameters/Job"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AttemptReport"}}}},
              "responses": {"204": {"description": "Noted; also when repeated."}, "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}, "428": {"description": "Chunks of telemetry that went before are missing.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}
            }
          },
          "/runner/v1/results": {
            "post": {
              "operationId": "reportResults", "tags": ["runner protocol"], "summary": "Several attempts are over.",
              "description": "In one transaction; each report is answered as if it had come alone. The body may have 128 MiB. Since 1.3.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ResultGroup"}}}},
              "responses": {"200": {"description": "What became of each report, in their order.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ResultGroupAnswer"}}}}}
            }
          }
        }
        """#
}
