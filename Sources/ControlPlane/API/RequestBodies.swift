import FoundationEssentials
import Hummingbird
import LynxModel
import NIOCore

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

    /// The JSON body that an endpoint takes.
    ///
    /// - Throws: a 400 `Problem` for what is not JSON, a 422 one that names the field for what is the wrong JSON; a 403 refusal
    ///   if it is what a runner says in its own name, and the caller's credential is another runner's.
    func body<Body: Decodable, Answer>(of endpoint: Endpoint<Body, Answer>, from caller: Caller) async throws -> Body {
        let data = try await bytes(upTo: endpoint.description.bodyLimit)
        let body: Body
        do {
            body = try WireJSON.decode(Body.self, from: data)
        } catch let error as DecodingError {
            throw Problem(error)
        }
        if let message = body as? any RunnerMessage, !caller.speaks(for: message.runnerID) {
            throw AccessRefusal.cannotSpeak(for: message.runnerID, caller)
        }
        return body
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
