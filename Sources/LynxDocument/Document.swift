/// A parsed file or body, together with what is wrong with it so far.
package struct Document {
    /// Nil when the text could not be parsed; the diagnostics say why.
    package let root: Node?
    package let diagnostics: DiagnosticCollector

    private init(root: Node?, diagnostics: DiagnosticCollector) {
        self.root = root
        self.diagnostics = diagnostics
    }

    /// - Parameter diagnostics: where to report; a fresh collector unless problems of several sources are gathered.
    package static func yaml(
        file path: String, limits: DocumentLimits = .init(), into diagnostics: DiagnosticCollector = .init()
    ) -> Document {
        guard let source = SourceBytes.read(file: path, limit: limits.bytes, into: diagnostics) else {
            return Document(root: nil, diagnostics: diagnostics)
        }
        return yaml(source.bytes, name: path, limits: limits, into: diagnostics)
    }

    package static func yaml(
        _ bytes: [UInt8], name: String, limits: DocumentLimits = .init(), into diagnostics: DiagnosticCollector = .init()
    ) -> Document {
        let source = SourceBytes(bytes: bytes, name: name)
        let root = source.isSound(limits: limits, into: diagnostics) ? YAMLTreeBuilder.build(source, limits: limits, into: diagnostics) : nil
        return Document(root: root, diagnostics: diagnostics)
    }

    /// - Parameter nonFinite: takes `NaN`, `Infinity` and `-Infinity` for numbers, as Python and others write them, and C's `nan` and `inf`.
    package static func json(
        _ bytes: [UInt8], name: String, limits: DocumentLimits = .init(), nonFinite: Bool = false,
        into diagnostics: DiagnosticCollector = .init()
    ) -> Document {
        let source = SourceBytes(bytes: bytes, name: name)
        let root = source.isSound(limits: limits, into: diagnostics)
            ? JSONTreeBuilder.build(source, limits: limits, nonFinite: nonFinite, into: diagnostics) : nil
        return Document(root: root, diagnostics: diagnostics)
    }

    /// The document with some of its values replaced.
    package func mapped(_ transform: (Node, DiagnosticCollector) -> Node) -> Document {
        Document(root: root.map { transform($0, diagnostics) }, diagnostics: diagnostics)
    }

    /// Reads the whole tree as one value.
    ///
    /// - Throws: everything that is wrong with the document, sorted by position.
    package func read<Value>(as type: FieldType<Value>) throws(DiagnosticList) -> Value {
        let value = root.flatMap { type.read(Field(node: $0, path: .root, mark: $0.mark), diagnostics) }
        if let list = diagnostics.list { throw list }
        // Every type reports why it gives no value.
        return value!
    }
}
