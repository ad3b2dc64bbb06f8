/// A table of comma-separated values (RFC 4180) as a tree, with lines and columns as marks.
package enum CSVDocument {
    /// The fields `columns`, from the first line, and `rows`. Empty lines are left out, and blanks around a value that is not
    /// quoted. Nil after a report.
    ///
    /// - Parameter failure: is told why the file cannot be read at all.
    package static func read(
        file path: String, limits: DocumentLimits = .init(), into diagnostics: DiagnosticCollector, failure: (String) -> Void
    ) -> Mapping? {
        let opening = DiagnosticCollector()
        guard let source = SourceBytes.read(file: path, limit: limits.bytes, remedy: "give fewer rows", into: opening) else {
            failure(opening.list?.diagnostics.first?.message ?? "cannot be read")
            return nil
        }
        guard source.isSound(limits: limits, into: diagnostics) else { return nil }
        var lines = CSVLines(source)
        guard let header = lines.next(diagnostics) else {
            if !lines.failed {
                diagnostics.report("is empty; begin it with a line of column names", at: source.mark(source.start))
            }
            return nil
        }
        var rows: [Node] = []
        while let row = lines.next(diagnostics) {
            guard row.count == header.count else {
                diagnostics.report("has \(Shown.count(row.count, "value")); the first line names \(header.count)", at: row[0].mark)
                return nil
            }
            rows.append(Node(.sequence(row), at: row[0].mark))
        }
        guard !lines.failed else { return nil }
        guard !rows.isEmpty else {
            diagnostics.report("has no rows; give a line of values for each run", at: header[0].mark)
            return nil
        }
        // Names are texts, also when they look like numbers.
        let names = header.map { node in
            if case .scalar(let scalar) = node.content {
                Node(.scalar(Scalar(scalar.text, style: .quoted)), at: node.mark)
            } else {
                node
            }
        }
        func entry(_ key: String, _ items: [Node]) -> Mapping.Entry {
            Mapping.Entry(key: key, keyMark: items[0].mark, value: Node(.sequence(items), at: items[0].mark))
        }
        return Mapping([entry("columns", names), entry("rows", rows)])
    }
}

/// The lines of a CSV file that hold something, each as its values.
private struct CSVLines {
    private let source: SourceBytes
    private var offset: Int
    private var cursor: MarkCursor
    private(set) var failed = false

    init(_ source: SourceBytes) {
        self.source = source
        offset = source.start
        cursor = MarkCursor(start: source.start)
    }

    private var byte: UInt8? { offset < source.bytes.count ? source.bytes[offset] : nil }
    private var isAtLineEnd: Bool { byte == nil || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

    mutating func next(_ diagnostics: DiagnosticCollector) -> [Node]? {
        while byte != nil {
            skipBlanks()
            if isAtLineEnd {
                offset += 1
                continue
            }
            var values: [Node] = []
            while true {
                guard let value = value(diagnostics) else {
                    failed = true
                    return nil
                }
                values.append(value)
                guard byte == UInt8(ascii: ",") else { break }
                offset += 1
            }
            return values
        }
        return nil
    }

    private mutating func skipBlanks() {
        while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { offset += 1 }
    }

    private mutating func mark() -> Mark {
        cursor.advance(to: offset, in: source.bytes)
        return Mark(file: source.name, line: cursor.line, column: cursor.column)
    }

    /// Up to the next comma or the line's end; nil after a report.
    private mutating func value(_ diagnostics: DiagnosticCollector) -> Node? {
        skipBlanks()
        let mark = mark()
        guard byte == UInt8(ascii: "\"") else {
            let start = offset
            while !isAtLineEnd, byte != UInt8(ascii: ",") { offset += 1 }
            let text = source.bytes[start..<offset]
            let end = text.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map { $0 + 1 } ?? start
            return Node(.scalar(Scalar(String(decoding: text[start..<end], as: UTF8.self), style: .plain)), at: mark)
        }
        offset += 1
        var text: [UInt8] = []
        while true {
            guard let byte else {
                diagnostics.report("opens a quote that nothing closes; close it", at: mark)
                return nil
            }
            offset += 1
            if byte == UInt8(ascii: "\"") {
                guard self.byte == UInt8(ascii: "\"") else { break }
                offset += 1
            }
            text.append(byte)
        }
        skipBlanks()
        guard isAtLineEnd || byte == UInt8(ascii: ",") else {
            diagnostics.report("follows a quoted value; put a comma between them", at: self.mark())
            return nil
        }
        return Node(.scalar(Scalar(String(decoding: text, as: UTF8.self), style: .quoted)), at: mark)
    }
}
