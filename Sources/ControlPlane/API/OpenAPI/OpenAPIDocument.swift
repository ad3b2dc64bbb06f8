import FoundationEssentials
import LynxModel

/// The description of the API (OpenAPI 3.1), as served at `/openapi.json`. What it says of query parameters and
/// bodies is also what the router holds requests to, so that the two can't differ.
struct OpenAPIDocument: Sendable {
    /// One call of the API.
    struct Operation: Sendable {
        var queryParameters: Set<String> = []
        /// Nil for a call that takes no body.
        var bodyTypes: Set<String>?
    }

    let json: Data
    /// By `GET /batches/{batch}`.
    let operations: [String: Operation]

    /// Made once; an error in it is ours and shows in every test.
    static let current: OpenAPIDocument = {
        do { return try OpenAPIDocument() } catch { preconditionFailure("the API's description is not JSON: \(error)") }
    }()

    init() throws {
        var document = try Self.decode(Self.head)
        document["paths"] = try Self.merged(
            [Self.servicePaths, Self.batchPaths, Self.jobPaths, Self.runnerPaths, Self.accessPaths, Self.protocolPaths, Self.telemetryPaths, Self.artifactPaths])
        for (path, item) in document["paths"].object {
            for (method, operation) in item.object { document["paths"][path][method] = Self.completed(operation) }
        }
        var components = try Self.decode(Self.sharedParts)
        components["schemas"] = try Self.merged(
            [Self.submissionSchemas, Self.batchSchemas, Self.resultSchemas, Self.runnerSchemas, Self.accessSchemas, Self.protocolSchemas, Self.telemetrySchemas, Self.artifactSchemas])
        document["components"] = components
        json = try WireJSON.encode(document)
        operations = Self.operations(of: document)
    }

    /// Answers that any call may give.
    private static func completed(_ operation: JSONValue) -> JSONValue {
        var operation = operation
        for (status, name) in [
            ("401", "Unauthorized"), ("403", "Forbidden"), ("422", "Unprocessable"), ("429", "TooManyCalls"), ("500", "InternalError"),
            ("503", "NotAvailable"),
        ] where operation["responses"][status] == .null {
            operation["responses"][status] = .object(["$ref": .string("#/components/responses/\(name)")])
        }
        guard operation["requestBody"] != .null else { return operation }
        for (status, name) in [("400", "BadRequest"), ("413", "TooLarge"), ("415", "UnsupportedMediaType")]
        where operation["responses"][status] == .null {
            operation["responses"][status] = .object(["$ref": .string("#/components/responses/\(name)")])
        }
        return operation
    }

    private static func operations(of document: JSONValue) -> [String: Operation] {
        var operations: [String: Operation] = [:]
        for (path, item) in document["paths"].object {
            for (method, operation) in item.object {
                var known = Operation()
                for parameter in operation["parameters"].array {
                    var parameter = parameter
                    if let name = parameter["$ref"].string?.split(separator: "/").last {
                        parameter = document["components"]["parameters"][String(name)]
                    }
                    if parameter["in"].string == "query", let name = parameter["name"].string { known.queryParameters.insert(name) }
                }
                if operation["requestBody"] != .null { known.bodyTypes = Set(operation["requestBody"]["content"].object.keys) }
                operations["\(method.uppercased()) \(path)"] = known
            }
        }
        return operations
    }

    private static func decode(_ text: String) throws -> JSONValue { try WireJSON.decode(JSONValue.self, from: Data(text.utf8)) }

    private static func merged(_ parts: [String]) throws -> JSONValue {
        var merged: [String: JSONValue] = [:]
        for part in parts {
            merged.merge(try decode(part).object) { _, _ in preconditionFailure("the API's description says something twice") }
        }
        return .object(merged)
    }
}
