/// One thing wrong with what the user wrote, in one line that says where, what is wrong and what would be right.
public struct Diagnostic: Hashable, Sendable {
    public var mark: Mark
    /// Such as `config.early_termination.conditions[0].threshold`; empty when no field is concerned.
    public var fieldPath: String
    public var message: String

    public init(mark: Mark, fieldPath: String = "", message: String) {
        self.mark = mark
        self.fieldPath = fieldPath
        self.message = message
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: field: what is wrong; what would be right`
    public var description: String {
        fieldPath.isEmpty ? "\(mark): \(message)" : "\(mark): \(fieldPath): \(message)"
    }
}

/// Everything wrong with one input, in the order of its lines. Never empty when thrown.
public struct DiagnosticList: Error, Hashable, Sendable {
    public var diagnostics: [Diagnostic]
    /// Problems found beyond those listed: the list is bounded against hostile input.
    public var omitted: Int

    public init(_ diagnostics: [Diagnostic], omitted: Int = 0) {
        self.diagnostics = diagnostics
        self.omitted = omitted
    }
}

extension DiagnosticList: CustomStringConvertible {
    /// A line per problem.
    public var lines: [String] { diagnostics.map(\.description) + (omitted > 0 ? ["and \(omitted) more"] : []) }

    /// The lines, without a newline at the end.
    public var description: String { lines.joined(separator: "\n") }
}
