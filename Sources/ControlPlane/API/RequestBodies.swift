import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

/// The most that a body of each kind may have, in bytes.
enum BodyLimit {
    static let submission = 4 << 20
    static let message = 1 << 20
    /// Results carry the telemetry's samples.
    static let result = 128 << 20
    static let telemetry = 16 << 20
    /// The size of a chunk of telemetry, uncompressed.
    static let expandedTelemetry = 64 << 20
}

extension Request {
    /// The whole body.
    ///
    /// - Throws: a 413 `Problem` if it is larger than `limit`, before reading it where its length is announced.
    func bytes(upTo limit: Int) async throws -> Data {
        if let announced = headers[.contentLength].flatMap({ Int($0) }), announced > limit { throw Problem.tooLarge(limit: limit) }
        do {
            let buffer = try await body.collect(upTo: limit)
            return Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge(limit: limit)
        }
    }

    /// The body as a value of the wire.
    ///
    /// - Throws: a 400 `Problem` for what is not JSON, a 422 one that names the field for what is the wrong JSON.
    func decode<Value: Decodable>(_ type: Value.Type = Value.self, upTo limit: Int = BodyLimit.message) async throws -> Value {
        let data = try await bytes(upTo: limit)
        do {
            return try WireJSON.decode(type, from: data)
        } catch let error as DecodingError {
            throw Problem(error)
        }
    }
}

extension Problem {
    init(_ error: DecodingError) {
        func invalid(_ path: [any CodingKey], _ detail: String) -> Problem {
            if path.isEmpty { return Problem(title: "Not a JSON object", status: 400, detail: "the body \(detail)") }
            return .invalid(Self.path(path), detail)
        }
        switch error {
        case .keyNotFound(let key, let context):
            self = invalid(context.codingPath + [key], "is missing")
        case .valueNotFound(let type, let context):
            self = invalid(context.codingPath, "is null; expected \(Self.name(type))")
        case .typeMismatch(let type, let context):
            self = invalid(context.codingPath, "has the wrong type; expected \(Self.name(type))")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self = invalid(context.codingPath, context.debugDescription)
        default:
            self.init(title: "Not JSON", status: 400, detail: "the body is not a JSON document")
        }
    }

    /// `config.conditions[2].name`
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }

    private static func name(_ type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is any BinaryInteger.Type: "an integer"
        case is any BinaryFloatingPoint.Type: "a number"
        case is Bool.Type: "true or false"
        default: "\(type)".contains("Array") ? "a list" : "an object"
        }
    }
}
