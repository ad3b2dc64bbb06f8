extension OpenAPIDocument {
    /// Runners as users see them.
    static let runnerPaths = #"""
        {
          "/runners": {
            "get": {
              "operationId": "runners", "tags": ["runners"], "summary": "The runners, by name.",
              "parameters": [
                {"name": "status", "in": "query", "description": "Only runners in this state.", "schema": {"$ref": "#/components/schemas/RunnerStatus"}},
                {"$ref": "#/components/parameters/Limit"}, {"$ref": "#/components/parameters/Cursor"}
              ],
              "responses": {"200": {"description": "A part of the list.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RunnerList"}}}}}
            }
          },
          "/runners/{runner}": {
            "get": {
              "operationId": "runner", "tags": ["runners"], "summary": "One runner.",
              "parameters": [{"$ref": "#/components/parameters/Runner"}],
              "responses": {
                "200": {"description": "The runner.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Runner"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/runners/{runner}/drain": {
            "post": {
              "operationId": "drainRunner", "tags": ["runners"], "summary": "Give a runner no more jobs.",
              "description": "What it runs may end. It is in Maintenance until it is resumed.",
              "parameters": [{"$ref": "#/components/parameters/Runner"}],
              "responses": {
                "200": {"description": "The runner.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Runner"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/runners/{runner}/resume": {
            "post": {
              "operationId": "resumeRunner", "tags": ["runners"], "summary": "Give a runner jobs again.",
              "parameters": [{"$ref": "#/components/parameters/Runner"}],
              "responses": {
                "200": {"description": "The runner.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Runner"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          }
        }
        """#
}
