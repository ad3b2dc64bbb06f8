/// Writes tables in Arrow's IPC streaming format (Apache Arrow columnar format 1.x, "Serialization and Interprocess
/// Communication", metadata version V5), piece by piece, so that of a table of any size only one batch of rows is in memory:
///
///     var writer = ArrowStreamWriter(schema)
///     send(writer.start())
///     while let columns = nextRows() { send(writer.batch(columns)) }
///     send(ArrowStreamWriter.end)
///
/// `pyarrow.ipc.open_stream`, `polars.read_ipc_stream` and others read it.
package struct ArrowStreamWriter {
    package static let mediaType = "application/vnd.apache.arrow.stream"

    /// What ends a stream. One that stops without it was cut off.
    package static let end: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

    private let schema: ArrowSchema
    /// By column what of its dictionary the reader has.
    private var dictionaries: [Int: [String]] = [:]

    package init(_ schema: ArrowSchema) { self.schema = schema }

    /// What a stream begins with: the message with its schema.
    package func start() -> [UInt8] {
        var builder = FlatBufferBuilder()
        let header = schema.write(to: &builder)
        return Self.message(builder, .schema, header)
    }

    /// A batch of rows, and before it the dictionaries that the reader does not have yet. A dictionary that has changed
    /// replaces the one before: unlike additions to it, every reader knows replacements.
    ///
    /// - Parameter columns: in the order of the schema, of its types and all of the same length.
    package mutating func batch(_ columns: [ArrowColumn]) -> [UInt8] {
        precondition(columns.map(\.type) == schema.fields.map(\.type), "the columns are not those of the schema")
        let rows = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == rows && ($0.isNull?.count ?? rows) == rows }, "the columns differ in length")
        var bytes: [UInt8] = []
        for (place, column) in columns.enumerated() {
            guard case .dictionary(_, let entries) = column.values, dictionaries[place] != entries else { continue }
            dictionaries[place] = entries
            bytes += Self.dictionary(entries, id: place)
        }
        var body = ArrowBody()
        for column in columns { body.append(column) }
        var builder = FlatBufferBuilder()
        let header = builder.recordBatch(rows: rows, body)
        bytes += Self.message(builder, .recordBatch, header, bodyLength: body.bytes.count)
        return bytes + body.bytes
    }

    private static func dictionary(_ entries: [String], id: Int) -> [UInt8] {
        var body = ArrowBody()
        body.append(ArrowColumn(.utf8(ArrowText(entries))))
        var builder = FlatBufferBuilder()
        let data = builder.recordBatch(rows: entries.count, body)
        let header = builder.table([0: .long(Int64(id)), 1: .offset(data)])
        return message(builder, .dictionaryBatch, header, bodyLength: body.bytes.count) + body.bytes
    }

    /// The union `MessageHeader` of Message.fbs.
    private enum Header: UInt8 {
        case schema = 1
        case dictionaryBatch = 2
        case recordBatch = 3
    }

    /// A message up to its body: a mark, the length of the metadata, and the metadata, the table `Message` of Message.fbs.
    private static func message(
        _ builder: consuming FlatBufferBuilder, _ kind: Header, _ header: FlatBufferBuilder.Offset, bodyLength: Int = 0
    ) -> [UInt8] {
        let version5: Int16 = 4
        let root = builder.table([
            0: .short(version5), 1: .byte(kind.rawValue), 2: .offset(header), 3: .long(Int64(bodyLength)),
        ])
        var metadata = builder.finish(root)
        // The body begins at a multiple of 8 bytes, and so does the next message.
        while metadata.count % 8 != 0 { metadata.append(0) }
        let length = UInt32(metadata.count)
        return [0xFF, 0xFF, 0xFF, 0xFF] + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + metadata
    }
}

extension FlatBufferBuilder {
    /// The table `RecordBatch` of Message.fbs.
    fileprivate mutating func recordBatch(rows: Int, _ body: ArrowBody) -> Offset {
        let buffers = vector(ofPairs: body.buffers), nodes = vector(ofPairs: body.nodes)
        return table([0: .long(Int64(rows)), 1: .offset(nodes), 2: .offset(buffers)])
    }
}
