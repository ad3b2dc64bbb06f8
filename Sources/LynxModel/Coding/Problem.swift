public import LynxDocument

/// An error of the API: RFC 9457 `application/problem+json`.
public struct Problem: Codable, Hashable, Sendable, Error {
    public var title: String
    public var status: Int
    public var detail: String?
    /// What is wrong with which field of the request's body.
    public var errors: [FieldError]?

    public struct FieldError: Codable, Hashable, Sendable {
        /// Path of the field, such as `config.dispersions.mass.distribution.min`.
        public var field: String
        public var detail: String

        public init(field: String, detail: String) {
            self.field = field
            self.detail = detail
        }
    }

    public init(title: String, status: Int, detail: String? = nil, errors: [FieldError]? = nil) {
        self.title = title
        self.status = status
        self.detail = detail
        self.errors = errors
    }
}

extension DiagnosticList {
    /// The answer of the API to a body with these problems.
    public func problem(title: String, status: Int = 400) -> Problem {
        Problem(
            title: title, status: status, detail: description,
            errors: diagnostics.map { Problem.FieldError(field: $0.fieldPath, detail: $0.message) })
    }
}
