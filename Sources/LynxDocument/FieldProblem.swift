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

    /// Where the value stands, or as far as the document goes towards it.
    private func report(_ problem: FieldProblem) {
        guard var node = root else { return }
        var path = FieldPath.root
        for step in problem.path {
            switch (step, node.content) {
            case (.key(let key), .mapping(let mapping)): node = mapping[key]?.value ?? node
            case (.index(let index), .sequence(let items)) where items.indices.contains(index): node = items[index]
            default: break
            }
            switch step {
            case .key(let key): path = path.appending(key)
            case .index(let index): path = path.appending(index: index)
            }
        }
        diagnostics.report(problem.message, at: node.mark, path: path)
    }
}
