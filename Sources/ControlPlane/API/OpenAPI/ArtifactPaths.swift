extension OpenAPIDocument {
    /// The files of jobs: read by users, brought by runners, collected when their time is over.
    static let artifactPaths = #"""
        {
          "/jobs/{job}/artifacts": {
            "get": {
              "operationId": "artifacts", "tags": ["jobs"], "summary": "The files and logs of a job's attempt.",
              "parameters": [{"$ref": "#/components/parameters/Job"}, {"$ref": "#/components/parameters/Attempt"}],
              "responses": {
                "200": {"description": "Those that the runner announced, uploaded or not.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ArtifactList"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/batches/{batch}/artifacts": {
            "get": {
              "operationId": "batchArtifacts", "tags": ["batches"], "summary": "The files and logs of a batch's jobs, by run index.",
              "description": "Those of the latest attempt at each job.",
              "parameters": [{"$ref": "#/components/parameters/Batch"}, {"$ref": "#/components/parameters/Limit"}, {"$ref": "#/components/parameters/Cursor"}],
              "responses": {
                "200": {"description": "A part of the list.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BatchArtifactList"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}
              }
            }
          },
          "/jobs/{job}/artifacts/{path}": {
            "get": {
              "operationId": "artifact", "tags": ["jobs"], "summary": "One file.",
              "description": "Slashes of the path stay as they are. One range of bytes is served (`Range`, `If-Range`); the entity tag is the SHA-256.",
              "parameters": [
                {"$ref": "#/components/parameters/Job"}, {"$ref": "#/components/parameters/Attempt"},
                {"name": "path", "in": "path", "required": true, "description": "Relative to the output directory.", "schema": {"type": "string", "minLength": 1}}
              ],
              "responses": {
                "200": {"$ref": "#/components/responses/File"}, "206": {"$ref": "#/components/responses/FilePart"}, "304": {"description": "`If-None-Match` names this file."},
                "404": {"$ref": "#/components/responses/NotFound"}, "416": {"$ref": "#/components/responses/BadRange"}
              }
            }
          },
          "/jobs/{job}/logs/{stream}": {
            "get": {
              "operationId": "log", "tags": ["jobs"], "summary": "What the simulation printed.",
              "parameters": [
                {"$ref": "#/components/parameters/Job"}, {"$ref": "#/components/parameters/Attempt"},
                {"name": "stream", "in": "path", "required": true, "description": "Which of the two streams.", "schema": {"type": "string", "enum": ["stdout", "stderr"]}}
              ],
              "responses": {
                "200": {"$ref": "#/components/responses/File"}, "206": {"$ref": "#/components/responses/FilePart"}, "304": {"description": "`If-None-Match` names this file."},
                "404": {"$ref": "#/components/responses/NotFound"}, "416": {"$ref": "#/components/responses/BadRange"}
              }
            }
          },
          "/gc": {
            "post": {
              "operationId": "collect", "tags": ["batches"], "summary": "Remove files and telemetry of batches that ended long enough ago.",
              "description": "Jobs and the summaries of their results stay. Only the caller's tenant is looked at. Scope `admin`.",
              "parameters": [{"name": "dry_run", "in": "query", "description": "Only say what would be removed.", "schema": {"type": "string", "enum": ["true", "false"], "default": "false"}}],
              "responses": {
                "200": {"description": "What was removed.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CollectionReport"}}}},
                "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          },
          "/runner/v1/jobs/{job}/artifacts": {
            "post": {
              "operationId": "announceFiles", "tags": ["runner protocol"], "summary": "What files an attempt that ended has left.",
              "description": "Answered with what is to be sent. The body may have 64 MiB.",
              "parameters": [{"$ref": "#/components/parameters/Job"}],
              "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ArtifactManifest"}}}},
              "responses": {
                "200": {"description": "What is to be sent.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ArtifactRequirements"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"}
              }
            }
          },
          "/runner/v1/jobs/{job}/artifacts/{sha256}": {
            "put": {
              "operationId": "uploadFile", "tags": ["runner protocol"], "summary": "Send the content of a file, from an offset on.",
              "description": "What arrives before a connection breaks is kept; the answer to the announcement, or to this call, says where to go on.",
              "parameters": [
                {"$ref": "#/components/parameters/Job"},
                {"name": "sha256", "in": "path", "required": true, "description": "Of the whole content.", "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
                {"name": "attempt", "in": "query", "required": true, "description": "Its number.", "schema": {"type": "integer", "minimum": 1}},
                {"name": "runner_id", "in": "query", "required": true, "description": "Whose attempt it is.", "schema": {"type": "string", "minLength": 1}},
                {"name": "Upload-Offset", "in": "header", "description": "How many bytes of the content come before the body.", "schema": {"type": "integer", "minimum": 0, "default": 0}}
              ],
              "requestBody": {"required": true, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
              "responses": {
                "200": {"description": "How much is there now.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ArtifactProgress"}}}},
                "404": {"$ref": "#/components/responses/NotFound"}, "409": {"$ref": "#/components/responses/Conflict"},
                "503": {"description": "An earlier call is still writing this content.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
              }
            }
          }
        }
        """#
}
