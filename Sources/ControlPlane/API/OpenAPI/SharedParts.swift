extension OpenAPIDocument {
    static let head = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Lynx control plane", "version": "1.1",
            "summary": "Monte Carlo studies on a pool of runners.",
            "description": "A client submits a batch; each of its runs is a job; runners claim jobs, run them, and report results.\n\nTimes are ISO 8601 in UTC with milliseconds. A field without a value is left out. Every error is an RFC 9457 problem document; `errors` names the fields, parameters and headers that are wrong.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
          },
          "servers": [{"url": "/", "description": "This control plane."}],
          "tags": [
            {"name": "batches", "description": "Studies: submit, follow, cancel, read."},
            {"name": "jobs", "description": "Single runs."},
            {"name": "runners", "description": "The pool."},
            {"name": "access", "description": "Tokens, and the enrolment of runners. Each call has a scope: `read` to look, `submit` to submit and cancel, `admin` for tokens and to change runners; each includes those before it."},
            {"name": "runner protocol", "description": "What runner-host says."},
            {"name": "service", "description": "The control plane itself."}
          ],
          "security": [{}, {"token": []}]
        }
        """#

    /// Everything of `components` but the schemas.
    static let sharedParts = #"""
        {
          "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer lynx_…`. Needed where the control plane was started with authentication."}
          },
          "parameters": {
            "Batch": {"name": "batch", "in": "path", "required": true, "description": "A batch's id.", "schema": {"type": "string", "minLength": 1}, "example": "20261123T190236-8f5b7656"},
            "Job": {"name": "job", "in": "path", "required": true, "description": "A job's id: `<batch_id>-<run_index>`.", "schema": {"type": "string", "minLength": 1}, "example": "20261123T190236-8f5b7656-0"},
            "Runner": {"name": "runner", "in": "path", "required": true, "description": "A runner's id.", "schema": {"type": "string", "minLength": 1}, "example": "dedf58e8-636b-4b04-a060-33bdfb1c3ba6"},
            "Token": {"name": "token", "in": "path", "required": true, "description": "A token's id.", "schema": {"type": "string", "minLength": 1}},
            "Attempt": {"name": "attempt", "in": "query", "description": "The number of the attempt; the latest if left out.", "schema": {"type": "integer", "minimum": 1}},
            "Limit": {"name": "limit", "in": "query", "description": "At most so many items.", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
            "Cursor": {"name": "cursor", "in": "query", "description": "The `next_cursor` of the part before; opaque.", "schema": {"type": "string"}},
            "Variables": {"name": "variables", "in": "query", "description": "Names, separated by commas; all if left out.", "schema": {"type": "string"}},
            "From": {"name": "from", "in": "query", "description": "Simulated seconds.", "schema": {"type": "number"}},
            "To": {"name": "to", "in": "query", "description": "Simulated seconds; not before `from`.", "schema": {"type": "number"}},
            "MaxPoints": {"name": "max_points", "in": "query", "description": "Of each variable; the least and greatest of each part stay. All points if left out.", "schema": {"type": "integer", "minimum": 4, "maximum": 10000000}},
            "Telemetry": {"name": "telemetry", "in": "query", "description": "`summary` leaves the series of points out.", "schema": {"type": "string", "enum": ["full", "summary"], "default": "full"}}
          },
          "responses": {
            "File": {"description": "The bytes.", "headers": {"ETag": {"description": "The SHA-256, in quotes.", "schema": {"type": "string"}}}, "content": {"*/*": {}}},
            "FilePart": {"description": "The range of bytes asked for.", "content": {"*/*": {}}},
            "BadRange": {"description": "The file has none of the bytes asked for.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "BadRequest": {"description": "The body is no JSON object.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Unauthorized": {"description": "No token, or one that is unknown, revoked or expired.", "headers": {"WWW-Authenticate": {"description": "Which of these.", "schema": {"type": "string"}}}, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "TooManyCalls": {"description": "Too many calls with unknown tokens from this address.", "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 0}}}, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Forbidden": {"description": "The token lacks the scope or is of another kind; a runner speaks for another; without authentication, a foreign `Origin` or `Host`.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "NotFound": {"description": "There is no such thing.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Conflict": {"description": "It has moved on: it has ended already, or another attempt has taken its place.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "TooLarge": {"description": "The body is too large.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "UnsupportedMediaType": {"description": "The body is of another type than the call takes.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "Unprocessable": {"description": "A field, parameter or header is wrong or unknown; `errors` names each.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": {"title": "Bad parameter", "status": 422, "detail": "the parameter 'limit' is '0'; it must be a number from 1 to 1000", "errors": [{"field": "limit", "detail": "is '0'; it must be a number from 1 to 1000"}]}}}},
            "InternalError": {"description": "The control plane's fault; its log says why.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            "NotAvailable": {"description": "The ledger's database cannot be reached at present; try again later.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
          }
        }
        """#
}
