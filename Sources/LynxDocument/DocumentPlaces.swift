/// Places in a document that was read already, for what turns out to be wrong with it later.
extension Document {
    /// The field that the keys of mappings lead to; nil if it is not there.
    package func field(_ keys: [String]) -> Field? {
        guard let root else { return nil }
        var field = Field(node: root, path: .root, mark: root.mark)
        for key in keys {
            guard case .mapping(let mapping) = field.node.content, let entry = mapping[key] else { return nil }
            field = Field(node: entry.value, path: field.path.appending(key), mark: entry.keyMark)
        }
        return field
    }

    /// Reports a problem where the value stands, or as far as the document goes towards it.
    package func report(_ problem: FieldProblem) {
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

extension FieldProblem {
    /// Such as `config.simulation.bundle.build[0]`.
    package var fieldPath: String {
        path.reduce(FieldPath.root) { path, step in
            switch step {
            case .key(let key): path.appending(key)
            case .index(let index): path.appending(index: index)
            }
        }.text
    }
}
