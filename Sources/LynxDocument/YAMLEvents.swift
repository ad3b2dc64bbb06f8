import CYAML

/// A position of libyaml, counted from 1.
struct YAMLPosition {
    var line: Int
    var column: Int

    init(_ mark: yaml_mark_t) {
        line = Int(clamping: mark.line) + 1
        column = Int(clamping: mark.column) + 1
    }
}

struct YAMLEvent {
    enum Kind {
        case documentStart, documentEnd, streamEnd
        case alias(String)
        case scalar(Scalar)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
    }

    var kind: Kind
    var position: YAMLPosition
    var anchor: String?
    /// The tag, if the file spells one out.
    var tag: String?
}

/// Why libyaml could not go on.
struct YAMLSyntaxError: Error {
    var problem: String
    var position: YAMLPosition
    /// The byte that can't be read at all, which is ahead of where parsing came.
    var offset: Int?
    /// What was being parsed, such as "while parsing a block mapping", and the line where that began.
    var context: String?
    var contextLine: Int?
}

/// The event parser of libyaml over at least one UTF-8 byte; the bytes outlive it.
struct YAMLEvents: ~Copyable {
    // On the heap, because libyaml keeps pointers into the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else { fatalError("out of memory for a YAML parser") }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
            defer { yaml_event_delete(&event) }
            if let translated = Self.translate(event) { return translated }
        }
    }

    /// Nil for events that say nothing about the tree.
    private static func translate(_ event: yaml_event_t) -> YAMLEvent? {
        var anchor: String?
        var tag: String?
        let kind: YAMLEvent.Kind
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        case YAML_ALIAS_EVENT: kind = .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            (anchor, tag) = (string(scalar.anchor), string(scalar.tag))
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            kind = .scalar(Scalar(text, style: scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted))
        case YAML_SEQUENCE_START_EVENT:
            (anchor, tag) = (string(event.data.sequence_start.anchor), string(event.data.sequence_start.tag))
            kind = .sequenceStart
        case YAML_MAPPING_START_EVENT:
            (anchor, tag) = (string(event.data.mapping_start.anchor), string(event.data.mapping_start.tag))
            kind = .mappingStart
        default: return nil
        }
        return YAMLEvent(kind: kind, position: YAMLPosition(event.start_mark), anchor: anchor, tag: tag)
    }

    private func failure() -> YAMLSyntaxError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "cannot be parsed"
        let ofReader = parser.pointee.error == YAML_READER_ERROR
        return YAMLSyntaxError(
            problem: problem, position: YAMLPosition(parser.pointee.problem_mark),
            offset: ofReader ? Int(clamping: parser.pointee.problem_offset) : nil,
            context: parser.pointee.context.map { String(cString: $0) },
            contextLine: parser.pointee.context == nil ? nil : YAMLPosition(parser.pointee.context_mark).line)
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }
}
