extension OpenAPIDocument {
    static let accessSchemas = #"""
        {
          "AccessScope": {"type": "string", "enum": ["read", "submit", "admin"]},
          "TokenRequest": {
            "type": "object", "required": ["name", "scopes"],
            "properties": {
              "name": {"type": "string", "minLength": 1, "maxLength": 128},
              "scopes": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/AccessScope"}},
              "expires_in_days": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 3650, "description": "Never, if left out."}
            },
            "example": {"name": "ci", "scopes": ["submit"], "expires_in_days": 90}
          },
          "EnrollmentRequest": {
            "type": "object",
            "properties": {
              "name": {"type": ["string", "null"], "maxLength": 128},
              "expires_in_minutes": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 43200, "default": 60},
              "simulation_types": {"type": ["array", "null"], "minItems": 1, "maxItems": 256, "items": {"type": "string"},
                "description": "What the runner may declare; anything, if left out."}
            },
            "example": {"name": "orbit-lab-1", "expires_in_minutes": 30}
          },
          "TokenDescription": {
            "type": "object", "required": ["token_id", "kind", "tenant", "name", "scopes", "created_at"],
            "properties": {
              "token_id": {"type": "string"}, "kind": {"type": "string", "enum": ["api", "enroll"]}, "tenant": {"type": "string"},
              "name": {"type": "string"},
              "scopes": {"type": "array", "items": {"$ref": "#/components/schemas/AccessScope"}},
              "simulation_types": {"type": "array", "items": {"type": "string"}},
              "created_at": {"$ref": "#/components/schemas/Time"}, "expires_at": {"$ref": "#/components/schemas/Time"},
              "revoked_at": {"$ref": "#/components/schemas/Time"},
              "used_by": {"type": "string", "description": "The runner that used an enrolment token."}
            }
          },
          "IssuedToken": {"type": "object", "required": ["secret", "token"],
            "properties": {"secret": {"type": "string"}, "token": {"$ref": "#/components/schemas/TokenDescription"}}},
          "TokenList": {"type": "object", "required": ["tokens"],
            "properties": {"tokens": {"type": "array", "items": {"$ref": "#/components/schemas/TokenDescription"}}}},
          "LoginRequest": {"type": "object", "required": ["token"], "properties": {"token": {"type": "string", "description": "An API token."}}},
          "SessionDescription": {
            "type": "object", "required": ["authentication"],
            "properties": {
              "authentication": {"type": "boolean", "description": "Whether callers are asked who they are."},
              "tenant": {"type": "string", "description": "Absent for a caller who is to log in."}, "token_name": {"type": "string"},
              "scopes": {"type": "array", "items": {"$ref": "#/components/schemas/AccessScope"}}, "expires_at": {"$ref": "#/components/schemas/Time"}
            }
          },
          "EnrollRequest": {
            "type": "object", "required": ["runner_id", "name", "capabilities"],
            "properties": {"runner_id": {"type": "string", "minLength": 1, "maxLength": 128}, "name": {"type": "string", "maxLength": 256},
              "capabilities": {"$ref": "#/components/schemas/RunnerCapabilities"}}
          },
          "RenewRequest": {"type": "object", "required": ["runner_id"], "properties": {"runner_id": {"type": "string"}}},
          "RunnerCredential": {
            "type": "object", "required": ["runner_id", "secret", "expires_in_seconds"],
            "properties": {"runner_id": {"type": "string"}, "secret": {"type": "string"}, "expires_in_seconds": {"type": "number"}}
          }
        }
        """#
}
