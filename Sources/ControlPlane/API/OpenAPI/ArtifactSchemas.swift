extension OpenAPIDocument {
    static let artifactSchemas = #"""
        {
          "ArtifactKind": {"type": "string", "enum": ["output", "log"]},
          "StoredArtifact": {
            "type": "object", "required": ["path", "kind", "attempt", "size_bytes", "sha256", "media_type", "available"],
            "properties": {
              "path": {"type": "string"}, "kind": {"$ref": "#/components/schemas/ArtifactKind"}, "attempt": {"type": "integer"},
              "size_bytes": {"type": "integer"},
              "sha256": {"type": "string"}, "media_type": {"type": "string"},
              "location": {"type": "string", "description": "Where a runner put it: `s3://bucket/key`."},
              "available": {"type": "boolean", "description": "False while it is being uploaded."}
            }
          },
          "ArtifactList": {"type": "object", "required": ["artifacts"],
            "properties": {"artifacts": {"type": "array", "items": {"$ref": "#/components/schemas/StoredArtifact"}}}},
          "BatchArtifact": {
            "type": "object", "required": ["job_id", "path", "kind", "attempt", "size_bytes", "sha256", "media_type", "available"],
            "properties": {
              "job_id": {"type": "string"}, "path": {"type": "string"}, "kind": {"$ref": "#/components/schemas/ArtifactKind"},
              "attempt": {"type": "integer"},
              "size_bytes": {"type": "integer"}, "sha256": {"type": "string"}, "media_type": {"type": "string"},
              "location": {"type": "string"}, "available": {"type": "boolean"}
            }
          },
          "BatchArtifactList": {
            "type": "object", "required": ["artifacts"],
            "properties": {"artifacts": {"type": "array", "items": {"$ref": "#/components/schemas/BatchArtifact"}},
              "next_cursor": {"$ref": "#/components/schemas/NextCursor"}}
          },
          "ArtifactManifest": {
            "type": "object", "required": ["runner_id", "attempt", "files"],
            "properties": {
              "runner_id": {"type": "string"}, "attempt": {"type": "integer"},
              "files": {
                "type": "array", "maxItems": 200000,
                "items": {
                  "type": "object", "required": ["path", "kind", "size_bytes", "sha256", "media_type"],
                  "properties": {
                    "path": {"type": "string", "minLength": 1}, "kind": {"$ref": "#/components/schemas/ArtifactKind"},
                    "size_bytes": {"type": "integer", "minimum": 0},
                    "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "media_type": {"type": "string"},
                    "location": {"type": ["string", "null"]}
                  }
                }
              }
            },
            "example": {"runner_id": "r1", "attempt": 1, "files": []}
          },
          "ArtifactRequirements": {
            "type": "object", "required": ["accepted", "uploads"],
            "properties": {
              "accepted": {"type": "boolean", "description": "False where files stay on their runners."},
              "uploads": {"type": "array", "items": {"type": "object", "required": ["sha256", "offset"],
                "properties": {"sha256": {"type": "string"}, "offset": {"type": "integer"}}}},
              "object_store": {"type": "string", "description": "Where the files are to be put instead: `s3://bucket/prefix`."}
            }
          },
          "ArtifactProgress": {"type": "object", "required": ["offset", "complete"],
            "properties": {"offset": {"type": "integer"}, "complete": {"type": "boolean"}}},
          "BundleRequirements": {
            "type": "object", "required": ["sha256", "uploads"],
            "properties": {
              "sha256": {"type": "string", "description": "Of the manifest: what batches name the bundle by."},
              "uploads": {"type": "array", "items": {"type": "object", "required": ["sha256", "size", "offset"],
                "properties": {"sha256": {"type": "string"}, "size": {"type": "integer"},
                  "offset": {"type": "integer", "description": "How many bytes of it are here already."}}}}
            }
          },
          "CollectionReport": {
            "type": "object", "required": ["dry_run", "batches", "blobs", "blob_bytes", "objects", "object_bytes", "telemetry_bytes",
              "stale", "stale_bytes", "failures"],
            "properties": {
              "dry_run": {"type": "boolean"},
              "batches": {"type": "array", "items": {"type": "object", "required": ["batch_id", "completed_at", "files"],
                "properties": {"batch_id": {"type": "string"}, "completed_at": {"$ref": "#/components/schemas/Time"},
                  "files": {"type": "integer"}}}},
              "blobs": {"type": "integer"}, "blob_bytes": {"type": "integer"}, "objects": {"type": "integer"}, "object_bytes": {"type": "integer"},
              "telemetry_bytes": {"type": "integer"}, "stale": {"type": "integer"}, "stale_bytes": {"type": "integer"},
              "failures": {"type": "array", "items": {"type": "string"}, "description": "What could not be removed, and why."}
            }
          }
        }
        """#
}
