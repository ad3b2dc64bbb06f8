extension OpenAPIDocument {
    /// Tokens, and the enrolment of runners.
    static let accessPaths = #"""
        {
          "/tokens": {
            "get": {
              "operationId": "tokens", "tags": ["access"], "summary": "The tenant's API and enrolment tokens, newest first.",
              "responses": {"200": {"description": "Without their secrets.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TokenList"}}}}}
            },
            "post": {
              "operationId": "createToken", "tags": ["access"], "summary": "Make an API token.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/TokenRequest"}}}},
              "responses": {"201": {"description": "The only time that the secret is told.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/IssuedToken"}}}}}
            }
          },
          "/tokens/{token}": {
            "delete": {
              "operationId": "revokeToken", "tags": ["access"], "summary": "Revoke a token.",
              "parameters": [{"$ref": "#/components/parameters/Token"}],
              "responses": {"204": {"description": "Revoked; also when it was already."}, "404": {"$ref": "#/components/responses/NotFound"}}
            }
          },
          "/runners/enrollments": {
            "post": {
              "operationId": "createEnrollment", "tags": ["access"], "summary": "Make an enrolment token, good for one runner.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EnrollmentRequest"}}}},
              "responses": {"201": {"description": "The only time that the secret is told.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/IssuedToken"}}}}}
            }
          },
          "/runners/{runner}/revoke": {
            "post": {
              "operationId": "revokeRunner", "tags": ["access"], "summary": "Shut a runner out at once.",
              "parameters": [{"$ref": "#/components/parameters/Runner"}],
              "responses": {"204": {"description": "Its credentials are void and its attempts lost."}, "404": {"$ref": "#/components/responses/NotFound"}}
            }
          },
          "/runner/v1/enroll": {
            "post": {
              "operationId": "enroll", "tags": ["runner protocol"], "summary": "Exchange an enrolment token for a credential.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/EnrollRequest"}}}},
              "responses": {
                "200": {"description": "A credential.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunnerCredential"}}}},
                "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          },
          "/runner/v1/renew": {
            "post": {
              "operationId": "renew", "tags": ["runner protocol"], "summary": "Exchange a credential for a fresh one.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RenewRequest"}}}},
              "responses": {
                "200": {"description": "A credential.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunnerCredential"}}}},
                "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          }
        }
        """#
}
