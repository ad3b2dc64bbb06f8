import FoundationEssentials
import Hummingbird
import LynxModel

extension API {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    /// An endpoint with what answers it.
    struct Route: Sendable {
        let endpoint: EndpointDescription
        let handler: Handler

        /// As the router writes it: `/batches/:batch`.
        var path: RouterPath {
            RouterPath(endpoint.path.written { $0.place == .restOfPath ? "**" : ":\($0.name)" })
        }

        var method: HTTPRequest.Method {
            switch endpoint.method {
            case .get: .get
            case .post: .post
            case .put: .put
            case .delete: .delete
            }
        }
    }

    /// The route of an endpoint that is answered with JSON.
    func on<Answer: Encodable & Sendable>(
        _ endpoint: Endpoint<Void, Answer>, _ handler: @escaping @Sendable (Request, APIContext) async throws -> Answer
    ) -> Route {
        raw(endpoint) { try .json(try await handler($0, $1), status: endpoint.status) }
    }

    /// The route of an endpoint that takes JSON and is answered with it.
    func on<Body: Decodable & Sendable, Answer: Encodable & Sendable>(
        _ endpoint: Endpoint<Body, Answer>, _ handler: @escaping @Sendable (Body, Request, APIContext) async throws -> Answer
    ) -> Route {
        raw(endpoint) { request, context in
            let body = try await request.body(of: endpoint, from: context.caller)
            return try .json(try await handler(body, request, context), status: endpoint.status)
        }
    }

    /// The route of an endpoint whose answer has no body.
    func on(
        _ endpoint: Endpoint<Void, Void>, _ handler: @escaping @Sendable (Request, APIContext) async throws -> Void
    ) -> Route {
        raw(endpoint) { request, context in
            try await handler(request, context)
            return Response(status: endpoint.status)
        }
    }

    /// The route of an endpoint that takes JSON, and whose answer has no body.
    func on<Body: Decodable & Sendable>(
        _ endpoint: Endpoint<Body, Void>, _ handler: @escaping @Sendable (Body, Request, APIContext) async throws -> Void
    ) -> Route {
        raw(endpoint) { request, context in
            try await handler(try await request.body(of: endpoint, from: context.caller), request, context)
            return Response(status: endpoint.status)
        }
    }

    /// The route of an endpoint whose handler reads the body and makes the response itself.
    func raw<Body, Answer>(_ endpoint: Endpoint<Body, Answer>, _ handler: @escaping Handler) -> Route {
        Route(endpoint: endpoint.description, handler: handler)
    }
}

extension Endpoint {
    var status: HTTPResponse.Status { .init(code: description.status) }
}
