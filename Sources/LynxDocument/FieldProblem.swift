/// Something wrong with a value that was read well, found by computing with it.
public struct FieldProblem: Hashable, Sendable {
    public enum Step: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    /// From the root of the document to the field.
    public var path: [Step]
    /// As `what is wrong; what would be right`.
    public var message: String

    public init(_ path: [Step], _ message: String) {
        self.path = path
        self.message = message
    }
}

extension FieldProblem.Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral key: String) { self = .key(key) }
    public init(integerLiteral index: Int) { self = .index(index) }
}

extension Document {
    /// Reads the whole tree as one value, and lets it be judged if nothing else is wrong with it.
    ///
    /// - Throws: everything that is wrong with the document, sorted by position.
    package func read<Value>(
        as type: FieldType<Value>, judgedBy judge: (Value) -> [FieldProblem]
    ) throws(DiagnosticList) -> Value {
        let value = try read(as: type)
        for problem in judge(value) { report(problem) }
        if let list = diagnostics.list { throw list }
        return value
    }
}
