/// Turns the events of one YAML document into a tree. What can be gone past (a duplicate key, a tag) is reported and
/// the rest is read on; what can't (a syntax error, a limit) ends the reading.
struct YAMLTreeBuilder: ~Copyable {
    private struct Stop: Error {}
    private struct Anchored {
        var node: Node
        var nodes: Int
    }

    private var events: YAMLEvents
    private let source: SourceBytes
    private let limits: DocumentLimits
    private let diagnostics: DiagnosticCollector
    private var anchors: [String: Anchored] = [:]
    private var openAnchors: Set<String> = []
    private var nodes = 0

    /// - Returns: the root; a null scalar for a file of nothing but comments; nil after an error that ended the reading.
    static func build(_ source: SourceBytes, limits: DocumentLimits, into diagnostics: DiagnosticCollector) -> Node? {
        guard source.bytes.count > source.start else { return empty(source) }
        if let line = source.firstTagDirective {
            diagnostics.report("tags are not taken here; remove the directive", at: Mark(file: source.name, line: line, column: 1))
            return nil
        }
        return source.bytes.withUnsafeBufferPointer { bytes in
            let events = YAMLEvents(bytes.extracting(source.start...))
            var builder = YAMLTreeBuilder(events: events, source: source, limits: limits, diagnostics: diagnostics)
            return try? builder.document()
        }
    }

    private static func empty(_ source: SourceBytes) -> Node {
        Node(.scalar(Scalar("", style: .plain)), at: Mark(file: source.name, line: 1, column: 1))
    }

    private init(events: consuming YAMLEvents, source: SourceBytes, limits: DocumentLimits, diagnostics: DiagnosticCollector) {
        self.events = events
        self.source = source
        self.limits = limits
        self.diagnostics = diagnostics
    }

    private mutating func document() throws(Stop) -> Node {
        let first = try next()
        guard case .documentStart = first.kind else {
            return Self.empty(source)
        }
        let root = try node(try next(), path: .root, depth: 0)
        _ = try next()  // the end of the document
        let after = try next()
        if case .documentStart = after.kind {
            throw stop("a second document begins here; keep one document in a file", at: mark(after))
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, path: FieldPath, depth: Int) throws(Stop) -> Node {
        let mark = mark(event)
        try count(1, at: mark, path: path)
        if let tag = event.tag {
            diagnostics.report("the tag \(Excerpt.quoted(tag)) is not taken here; remove it", at: mark, path: path)
        }
        if let anchor = event.anchor { openAnchors.insert(anchor) }
        let before = nodes - 1
        let node: Node
        switch event.kind {
        case .alias(let name): return try resolve(name, at: mark, path: path)
        case .scalar(let scalar): node = Node(.scalar(scalar), at: mark)
        case .sequenceStart: node = Node(.sequence(try sequence(path: path, depth: try deeper(depth, at: mark, path: path))), at: mark)
        case .mappingStart: node = Node(.mapping(try mapping(path: path, depth: try deeper(depth, at: mark, path: path))), at: mark)
        default: throw stop("a value is missing here", at: mark, path: path)
        }
        if let anchor = event.anchor {
            openAnchors.remove(anchor)
            anchors[anchor] = Anchored(node: node, nodes: nodes - before)
        }
        return node
    }

    private mutating func sequence(path: FieldPath, depth: Int) throws(Stop) -> [Node] {
        var items: [Node] = []
        while true {
            let event = try next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(event, path: path.appending(index: items.count), depth: depth))
        }
    }

    private mutating func mapping(path: FieldPath, depth: Int) throws(Stop) -> Mapping {
        var entries: [Mapping.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if case .mappingEnd = event.kind { return Mapping(entries) }
            let keyNode = try node(event, path: path, depth: depth)
            // A key that an alias stands for is reported where it is used.
            let keyMark = mark(event)
            let key = self.key(keyNode, at: keyMark, path: path)
            let value = try node(try next(), path: key.map(path.appending) ?? path, depth: depth)
            guard let key else { continue }
            if let line = lines[key] {
                diagnostics.report(
                    "is given a second time, first on line \(line); keep one of the two", at: keyMark, path: path.appending(key))
            } else {
                lines[key] = keyMark.line
                entries.append(Mapping.Entry(key: key, keyMark: keyMark, value: value))
            }
        }
    }

    /// Nil, and reported, when the node can't be a key.
    private func key(_ node: Node, at mark: Mark, path: FieldPath) -> String? {
        guard case .scalar(let scalar) = node.content else {
            diagnostics.report("a key must be a name, found \(node.found); write 'name: value'", at: mark, path: path)
            return nil
        }
        if scalar.style == .plain, scalar.text == "<<" {
            diagnostics.report("merge keys are not taken here; write the fields out", at: mark, path: path)
            return nil
        }
        if scalar.text.isEmpty {
            diagnostics.report("a key is empty; write 'name: value'", at: mark, path: path)
            return nil
        }
        return scalar.text
    }

    private mutating func resolve(_ name: String, at mark: Mark, path: FieldPath) throws(Stop) -> Node {
        guard let anchored = anchors[name] else {
            let problem =
                openAnchors.contains(name)
                ? "the alias \(Excerpt.quoted(name)) stands inside the value that it repeats; write the value out"
                : "the alias \(Excerpt.quoted(name)) has no anchor before it; write the value out"
            diagnostics.report(problem, at: mark, path: path)
            return Node(.scalar(Scalar("", style: .plain)), at: mark)
        }
        try count(anchored.nodes, at: mark, path: path)
        return anchored.node
    }

    private mutating func count(_ more: Int, at mark: Mark, path: FieldPath) throws(Stop) {
        nodes += more
        guard nodes <= limits.nodes else { throw stop("is past \(limits.nodes) values, aliases included; write less", at: mark, path: path) }
    }

    private func deeper(_ depth: Int, at mark: Mark, path: FieldPath) throws(Stop) -> Int {
        guard depth < limits.depth else { throw stop("is nested deeper than \(limits.depth) levels; flatten it", at: mark, path: path) }
        return depth + 1
    }

    private mutating func next() throws(Stop) -> YAMLEvent {
        do {
            return try events.next()
        } catch {
            throw stop(error.message(in: source), at: error.offset.map { source.mark(source.start + $0) } ?? mark(error.position))
        }
    }

    private func mark(_ event: YAMLEvent) -> Mark { mark(event.position) }
    private func mark(_ position: YAMLPosition) -> Mark { Mark(file: source.name, line: position.line, column: position.column) }

    private func stop(_ message: String, at mark: Mark, path: FieldPath = .root) -> Stop {
        diagnostics.report(message, at: mark, path: path)
        return Stop()
    }
}

extension SourceBytes {
    /// The line of the first `%TAG`. libyaml compares each such directive with all before it, which a file of nothing
    /// else can use to keep it busy for hours.
    fileprivate var firstTagDirective: Int? {
        let directive = Array("%TAG".utf8)
        var line = 1
        var begin = start
        while begin < bytes.count {
            if bytes[begin...].starts(with: directive) { return line }
            guard let end = bytes[begin...].firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else { return nil }
            let isPair = bytes[end] == UInt8(ascii: "\r") && end + 1 < bytes.count && bytes[end + 1] == UInt8(ascii: "\n")
            begin = end + (isPair ? 2 : 1)
            line += 1
        }
        return nil
    }
}
