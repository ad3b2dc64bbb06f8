package import LynxDocument

/// An answer that an endpoint may give.
package struct EndpointAnswer: Hashable, Sendable {
    package let status: Int
    package let remarks: String
    /// Nil for an answer without a body.
    package var content: EndpointContent?
    package let example: JSONValue?
    /// As OpenAPI writes them.
    package let headers: JSONValue?
    package let links: JSONValue?
    /// The component under which the API's description shows it once for all endpoints; nil: with its endpoint.
    package let component: String?

    init(
        _ status: Int, _ remarks: String, content: EndpointContent? = nil, example: JSONValue? = nil, headers: JSONValue? = nil,
        links: JSONValue? = nil, component: String? = nil
    ) {
        self.status = status
        self.remarks = remarks
        self.content = content
        self.example = example
        self.headers = headers
        self.links = links
        self.component = component
    }

    static func ok(_ remarks: String, example: JSONValue? = nil) -> EndpointAnswer {
        EndpointAnswer(200, remarks, example: example)
    }

    /// - Parameter links: the endpoints that take something of what is answered, as OpenAPI writes them.
    static func created(_ remarks: String, example: JSONValue? = nil, links: JSONValue? = nil) -> EndpointAnswer {
        EndpointAnswer(201, remarks, example: example, links: links)
    }

    static func noContent(_ remarks: String) -> EndpointAnswer { EndpointAnswer(204, remarks) }

    static func problem(
        _ status: Int, _ remarks: String, example: JSONValue? = nil, headers: JSONValue? = nil, component: String? = nil
    ) -> EndpointAnswer {
        EndpointAnswer(status, remarks, content: .problem, example: example, headers: headers, component: component)
    }
}

extension EndpointAnswer {
    static let file = EndpointAnswer(
        200, "The bytes.", headers: ["ETag": ["description": "The SHA-256, in quotes.", "schema": ["type": "string"]]],
        component: "File")
    static let filePart = EndpointAnswer(
        206, "The range of bytes asked for.", content: EndpointContent(of: FileContent.self), component: "FilePart")
    static let fileNotModified = EndpointAnswer(304, "`If-None-Match` names this file.")
    static let badRange = problem(416, "The file has none of the bytes asked for.", component: "BadRange")
    static let notFound = problem(404, "There is no such thing.", component: "NotFound")
    static let conflict = problem(
        409, "It has moved on: it has ended already, or another attempt has taken its place.", component: "Conflict")

    /// What any call may be answered with.
    package static let ofAnyCall = [
        problem(
            401, "No token, or one that is unknown, revoked or expired.",
            headers: ["WWW-Authenticate": ["description": "Which of these.", "schema": ["type": "string"]]],
            component: "Unauthorized"),
        problem(
            403, """
                The token lacks the scope or is of another kind; a runner speaks for another; without authentication, \
                a foreign `Origin` or `Host`.
                """,
            component: "Forbidden"),
        problem(
            422, "A field, parameter or header is wrong or unknown; `errors` names each.",
            example: [
                "title": "Bad parameter", "status": 422,
                "detail": "the parameter 'limit' is '0'; it must be a number from 1 to 1000",
                "errors": [["field": "limit", "detail": "is '0'; it must be a number from 1 to 1000"]],
            ],
            component: "Unprocessable"),
        problem(
            429, "Too many calls with unknown tokens from this address.",
            headers: ["Retry-After": ["description": "Seconds.", "schema": ["type": "integer", "minimum": 0]]],
            component: "TooManyCalls"),
        problem(500, "The control plane's fault; its log says why.", component: "InternalError"),
        problem(503, "The ledger's database cannot be reached at present; try again later.", component: "NotAvailable"),
    ]

    /// What any call with a body may be answered with besides.
    package static let ofAnyCallWithBody = [
        problem(400, "The body is no JSON object.", component: "BadRequest"),
        problem(413, "The body is too large.", component: "TooLarge"),
        problem(415, "The body is of another type than the call takes.", component: "UnsupportedMediaType"),
    ]
}
