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
