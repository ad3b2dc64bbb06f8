package import LynxDocument

/// One call of the API. The server's route, who may call it, its entry in the API's description and what clients send all
/// come from this value.
///
/// `Body` is what is sent, `Answer` what a successful call gets; both are `Void` where there is none. They are encoded as JSON
/// unless they are `ContentDescribing`.
package struct Endpoint<Body, Answer>: Sendable {
    package let description: EndpointDescription

    /// - Parameters:
    ///   - method: of HTTP.
    ///   - path: with its parameters in place: `"/batches/\(.batch)"`.
    ///   - access: who may call it.
    ///   - tag: what it is listed under.
    ///   - summary: one sentence.
    ///   - remarks: what else is to be known.
    ///   - parameters: those that are not in the path.
    ///   - bodyLimit: the most bytes that a body may have.
    ///   - bodyExample: a body as it may be sent.
    ///   - answers: the successful one first, which has the content `Answer` unless it says otherwise; then those that not every
    ///     call may give.
    ///   - id: by default the name of the property that holds the endpoint.
    package init(
        _ method: EndpointMethod, _ path: EndpointPath, _ access: EndpointAccess, _ tag: EndpointTag, _ summary: String,
        remarks: String? = nil, parameters: [EndpointParameter] = [], bodyLimit: Int = BodyLimit.message,
        bodyExample: JSONValue? = nil, answers: [EndpointAnswer], id: String = #function
    ) {
        var answers = answers
        if answers[0].content == nil { answers[0].content = EndpointContent(of: Answer.self) }
        description = EndpointDescription(
            id: id, method: method, path: path, access: access, tag: tag, summary: summary, remarks: remarks,
            parameters: path.parameters + parameters, body: EndpointContent(of: Body.self), bodyLimit: bodyLimit,
            bodyExample: bodyExample, answers: answers)
    }
}

/// An endpoint without the types of what is sent and answered.
package struct EndpointDescription: Sendable {
    /// The `operationId` of OpenAPI.
    package let id: String
    package let method: EndpointMethod
    package let path: EndpointPath
    package let access: EndpointAccess
    package let tag: EndpointTag
    package let summary: String
    package let remarks: String?
    package let parameters: [EndpointParameter]
    /// Nil for a call that takes no body.
    package let body: EndpointContent?
    /// In bytes.
    package let bodyLimit: Int
    package let bodyExample: JSONValue?
    /// The successful one first.
    package let answers: [EndpointAnswer]

    /// Such as `GET /batches/{batch}`.
    package var call: String { "\(method.rawValue) \(path.template)" }

    /// The status of a successful call.
    package var status: Int { answers[0].status }
}

package enum EndpointMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
}

/// Who may call an endpoint.
package enum EndpointAccess: Hashable, Sendable {
    /// Anyone, also without a token.
    case open
    /// An API token with this scope, or one that includes it.
    case scope(AccessScope)
    /// A runner, with its own credential.
    case runner
    /// A runner-to-be, with an enrolment token.
    case enrollment
    /// A runner whose credential may have expired.
    case renewal
}

/// What endpoints are listed under, in this order.
package enum EndpointTag: String, CaseIterable, Sendable {
    case batches, jobs, runners, access
    case runnerProtocol = "runner protocol"
    case service

    package var remarks: String {
        switch self {
        case .batches: "Studies: submit, follow, cancel, read."
        case .jobs: "Single runs."
        case .runners: "The pool."
        case .access:
            """
                Tokens, and the enrolment of runners. Each call has a scope: `read` to look, `submit` to submit and \
                cancel, `admin` for tokens and to change runners; each includes those before it.
                """
        case .runnerProtocol: "What runner-host says."
        case .service: "The control plane itself."
        }
    }
}

/// The most that a body of each kind may have, in bytes.
package enum BodyLimit {
    package static let submission = 4 << 20
    package static let message = 1 << 20
    /// Results carry the telemetry's samples.
    package static let result = 128 << 20
    package static let telemetry = 16 << 20
    /// A manifest of `ArtifactManifest.mostFiles` entries fits.
    package static let manifest = 64 << 20
    /// The size of a chunk of telemetry, uncompressed.
    package static let expandedTelemetry = 64 << 20

    /// How the description of an endpoint says it.
    static func sentence(_ limit: Int) -> String { "The body may have \(limit >> 20) MiB." }
}
