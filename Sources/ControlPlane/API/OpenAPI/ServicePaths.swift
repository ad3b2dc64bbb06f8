extension OpenAPIDocument {
    /// The control plane itself.
    static let servicePaths = #"""
        {
          "/healthz": {
            "get": {
              "operationId": "health", "tags": ["service"], "summary": "Whether the control plane answers.", "security": [{}],
              "responses": {"200": {"description": "It does.", "content": {"application/json": {"schema": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}, "example": {"status": "ok"}}}}}
            }
          },
          "/readyz": {
            "get": {
              "operationId": "readiness", "tags": ["service"], "summary": "Whether the control plane can do its work.", "security": [{}],
              "description": "Tries each part that it cannot do without, at most once a second; a part that does not answer within 5 s does not work.",
              "responses": {
                "200": {"description": "It can.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}, "example": {"status": "ready", "parts": {"ledger": {"ok": true}, "artifact_store": {"ok": true}}}}}},
                "503": {"description": "It cannot: a part does not work.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}, "example": {"status": "not ready", "parts": {"ledger": {"ok": false, "why": "the database cannot be reached"}, "artifact_store": {"ok": true}}}}}}
              }
            }
          },
          "/metrics": {
            "get": {
              "operationId": "metrics", "tags": ["service"], "summary": "Figures for Prometheus.",
              "description": "Jobs, batches and runners by state are those of the caller's tenant; the rest is what this process did.",
              "responses": {"200": {"description": "Text format 0.0.4.", "content": {"text/plain": {"schema": {"type": "string"}}}}}
            }
          },
          "/openapi.json": {
            "get": {
              "operationId": "describe", "tags": ["service"], "summary": "This document.", "security": [{}],
              "responses": {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object", "required": ["openapi", "info", "paths"]}}}}}
            }
          }
        }
        """#
}
