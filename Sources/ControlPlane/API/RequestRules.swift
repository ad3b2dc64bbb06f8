import Foundation
import HTTPTypes
import Hummingbird
import LynxModel

/// What an endpoint says of its calls, held against each request before it is handled: parameters that are unknown are
/// typos that would otherwise widen a search, and bodies of other content types are ignored.
struct RequestRules: Sendable {
    private let call: String
    private let parameters: Set<String>
    /// The most characters of a text, by parameter.
    private let longest: [String: Int]
    /// The type of body; nil for a call that takes none.
    private let bodyType: String?

    init(_ endpoint: EndpointDescription) {
        call = endpoint.call
        let inQuery = endpoint.parameters.filter { $0.place == .query }
        parameters = Set(inQuery.map(\.name))
        longest = inQuery.reduce(into: [:]) { $0[$1.name] = $1.kind.maximumLength }
        bodyType = endpoint.body?.mediaType
    }

    /// - Throws: a 422 `Problem` that names the parameter, a 415 one for a body of another type.
    func check(_ request: Request) throws {
        var seen: Set<String> = []
        for part in (request.uri.query ?? "").split(separator: "&") {
            let encoded = String(part.prefix { $0 != "=" })
            let name = encoded.removingPercentEncoding ?? encoded
            guard parameters.contains(name) else {
                let known = parameters.isEmpty ? "no parameters" : parameters.sorted().joined(separator: ", ")
                throw Problem.badParameter(name, "is not known; \(call) takes \(known)")
            }
            guard part.contains("=") else { throw Problem.badParameter(name, "has no value") }
            guard seen.insert(name).inserted else { throw Problem.badParameter(name, "is given more than once") }
            if let most = longest[name] {
                let value = String(part.dropFirst(encoded.count + 1))
                let length = (value.removingPercentEncoding ?? value).unicodeScalars.count
                guard length <= most else { throw Problem.badParameter(name, "has \(length) characters; it may have at most \(most)") }
            }
        }
        // A body of no type is taken for what the call takes; a form is what a foreign web page could send.
        if let bodyType, let sent = request.headers[.contentType] {
            let type = sent.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
            guard type == bodyType else {
                throw Problem(
                    title: "Unsupported media type", status: 415, detail: "the body is '\(sent)'; \(call) takes \(bodyType)",
                    errors: [.init(field: "Content-Type", detail: "must be \(bodyType)")])
            }
        }
    }
}
