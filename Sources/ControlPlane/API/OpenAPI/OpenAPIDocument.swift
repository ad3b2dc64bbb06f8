import FoundationEssentials
import LynxDocument
import LynxModel
import Synchronization

/// The description of the API (OpenAPI 3.1), made of what endpoints say of themselves and of the schemas of what they send
/// and answer.
enum OpenAPIDocument {
    static func document(of endpoints: [EndpointDescription]) throws -> JSONValue {
        var document = try decode(head)
        document["tags"] = .array(EndpointTag.allCases.map { ["name": .string($0.rawValue), "description": .string($0.remarks)] })
        var components = OpenAPIComponents()
        var paths: [String: JSONValue] = [:]
        for endpoint in endpoints {
            paths[endpoint.path.template, default: [:]][endpoint.method.rawValue.lowercased()] = endpoint.operation(&components)
        }
        document["paths"] = .object(paths)
        let submission = SchemaParts(prefix: "#/components/schemas/")
        _ = FieldType.batchSubmission.schema(submission)
        let schemas = try merged(
            [batchSchemas, resultSchemas, runnerSchemas, accessSchemas, protocolSchemas, telemetrySchemas, artifactSchemas, verdictSchemas],
            with: submission.definitions)
        document["components"] = .object([
            "securitySchemes": try decode(securitySchemes), "parameters": .object(components.parameters),
            "responses": .object(components.responses), "schemas": schemas,
        ])
        return document
    }

    private static func decode(_ text: String) throws -> JSONValue { try WireJSON.decode(JSONValue.self, from: Data(text.utf8)) }

    private static func merged(_ parts: [String], with generated: [String: JSONValue]) throws -> JSONValue {
        var merged = generated
        for part in parts {
            merged.merge(try decode(part).object) { _, _ in preconditionFailure("the API's description says something twice") }
        }
        return .object(merged)
    }
}

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
          "security": [{}, {"token": []}]
        }
        """#

    static let securitySchemes = #"""
        {
          "token": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer lynx_…`. Needed where the control plane was started with authentication."}
        }
        """#
}

/// The API's description as it is served: made when it is first asked for, and kept.
final class OpenAPIText: Sendable {
    private let json = Mutex<Data?>(nil)

    func text(of endpoints: [EndpointDescription]) throws -> Data {
        try json.withLock { kept in
            if let kept { return kept }
            let text = try WireJSON.encode(try OpenAPIDocument.document(of: endpoints))
            kept = text
            return text
        }
    }
}
