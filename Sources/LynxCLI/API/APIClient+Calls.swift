import AsyncHTTPClient
import FoundationEssentials
package import LynxModel
import NIOCore

extension APIClient {
    /// Calls an endpoint that takes no body.
    ///
    /// - Throws: `CLIError`.
    @discardableResult
    package func call<Answer: Decodable>(
        _ endpoint: Endpoint<Void, Answer>, _ arguments: EndpointArguments = [:]
    ) async throws -> Answer {
        try decode(try await send(endpoint.description, arguments), endpoint.description, arguments)
    }

    /// Calls an endpoint that neither takes a body nor answers with one.
    ///
    /// - Throws: `CLIError`.
    package func call(_ endpoint: Endpoint<Void, Void>, _ arguments: EndpointArguments) async throws {
        _ = try await send(endpoint.description, arguments)
    }

    /// Calls an endpoint that takes a body.
    ///
    /// - Throws: `CLIError`.
    package func call<Body: Encodable, Answer: Decodable>(
        _ endpoint: Endpoint<Body, Answer>, _ arguments: EndpointArguments = [:], body: Body
    ) async throws -> Answer {
        try await call(endpoint, arguments, json: try WireJSON.encode(body))
    }

    /// Calls an endpoint with a body that is encoded already.
    ///
    /// - Throws: `CLIError`.
    func call<Body: Encodable, Answer: Decodable>(
        _ endpoint: Endpoint<Body, Answer>, _ arguments: EndpointArguments, json: Data
    ) async throws -> Answer {
        try decode(try await send(endpoint.description, arguments, body: json), endpoint.description, arguments)
    }

    /// Calls an endpoint with a body that is no JSON. It may take a day: a slow line is no failure.
    ///
    /// - Throws: `CLIError`.
    func call<Body: ContentDescribing, Answer: Decodable>(
        _ endpoint: Endpoint<Body, Answer>, _ arguments: EndpointArguments = [:], content: HTTPClientRequest.Body
    ) async throws -> Answer {
        let answer = try await send(endpoint.description, arguments, content: content, within: .hours(24))
        return try decode(answer, endpoint.description, arguments)
    }

    /// Hands on every part of a list, in order.
    ///
    /// - Throws: what `take` throws, and `CLIError`.
    package func parts<Part: ListPart>(
        of endpoint: Endpoint<Void, Part>, _ arguments: EndpointArguments = [:], _ take: (Part) throws -> Void
    ) async throws {
        var arguments = arguments
        arguments.updateValue(EndpointParameter.limits.upperBound, forKey: .limit)
        var cursor: String?
        repeat {
            arguments.updateValue(cursor, forKey: .cursor)
            let part = try await call(endpoint, arguments)
            try take(part)
            cursor = part.nextCursor
        } while cursor != nil
    }

    private func decode<Answer: Decodable>(
        _ data: Data, _ endpoint: EndpointDescription, _ arguments: EndpointArguments
    ) throws -> Answer {
        do {
            return try WireJSON.decode(Answer.self, from: data)
        } catch {
            let target = endpoint.target(arguments)
            throw CLIError.unavailable("\(baseURL)\(target) answered what this lynxctl doesn't understand: is it a control plane of this version?")
        }
    }
}
