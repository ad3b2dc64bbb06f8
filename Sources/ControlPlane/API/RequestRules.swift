import Foundation
import HTTPTypes
import Hummingbird
import LynxModel

/// What the API's description says of a call, held against each request before it is handled: parameters that
/// are unknown are typos that would otherwise widen a search, and bodies of other content types are ignored.
struct RequestRules: Sendable {
    private let call: String
    private let operation: OpenAPIDocument.Operation?

    init(_ route: API.Route) {
        call = route.description
        operation = OpenAPIDocument.current.operations[call]
    }

    /// - Throws: a 422 `Problem` that names the parameter, a 415 one for a body of another type.
    func check(_ request: Request) throws {
        guard let operation else { return }
        var seen: Set<String> = []
        for part in (request.uri.query ?? "").split(separator: "&") {
            let encoded = String(part.prefix { $0 != "=" })
            let name = encoded.removingPercentEncoding ?? encoded
            guard operation.queryParameters.contains(name) else {
                throw Problem.badParameter(name, unknown(operation.queryParameters))
            }
            guard part.contains("=") else { throw Problem.badParameter(name, "has no value") }
            guard seen.insert(name).inserted else { throw Problem.badParameter(name, "is given more than once") }
        }
        // A body of no type is taken for what the call takes; a form is what a foreign web page could send.
        if let types = operation.bodyTypes, let sent = request.headers[.contentType] {
            let type = sent.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
            guard types.contains(type) else {
                throw Problem(
                    title: "Unsupported media type", status: 415,
                    detail: "the body is '\(sent)'; \(call) takes \(types.sorted().joined(separator: ", "))",
                    errors: [.init(field: "Content-Type", detail: "must be \(types.sorted().joined(separator: " or "))")])
            }
        }
    }

    private func unknown(_ known: Set<String>) -> String {
        known.isEmpty
            ? "is not known; \(call) takes no parameters"
            : "is not known; \(call) takes \(known.sorted().joined(separator: ", "))"
    }
}
