/// The types of columns that are written.
package enum ArrowType: Hashable, Sendable {
    case int64
    case float64
    case bool
    case utf8
    /// Text of which the same few occur again and again: 32-bit indices into a list of them.
    case dictionary
    /// Microseconds since 1970-01-01T00:00:00Z.
    case timestamp
    /// A list of floats in each row.
    case float64List
}

/// What a stream says of one of its columns. Every column may hold nulls.
package struct ArrowField: Hashable, Sendable {
    package var name: String
    package var type: ArrowType
    /// By key, such as `units`.
    package var metadata: [String: String]

    package init(_ name: String, _ type: ArrowType, metadata: [String: String] = [:]) {
        self.name = name
        self.type = type
        self.metadata = metadata
    }
}

/// The columns of a stream, in order, and what is said of all of them.
package struct ArrowSchema: Hashable, Sendable {
    package var fields: [ArrowField]
    package var metadata: [String: String]

    package init(_ fields: [ArrowField], metadata: [String: String] = [:]) {
        self.fields = fields
        self.metadata = metadata
    }
}

extension ArrowSchema {
    /// The table `Schema` of Arrow's Schema.fbs.
    func write(to builder: inout FlatBufferBuilder) -> FlatBufferBuilder.Offset {
        let columns = fields.enumerated().map { place, field in field.write(dictionaryID: place, to: &builder) }
        let columnVector = builder.vector(columns)
        var table: [Int: FlatBufferBuilder.Field] = [0: .short(0), 1: .offset(columnVector)]
        if !metadata.isEmpty { table[2] = .offset(builder.keyValues(metadata)) }
        return builder.table(table)
    }
}

extension ArrowField {
    /// The table `Field` of Schema.fbs.
    ///
    /// - Parameter dictionaryID: by which the batches of its dictionary are told from those of others.
    fileprivate func write(dictionaryID: Int, to builder: inout FlatBufferBuilder) -> FlatBufferBuilder.Offset {
        let nameOffset = builder.string(name)
        let (typeCode, typeOffset) = type.write(to: &builder)
        var children: [FlatBufferBuilder.Offset] = []
        if type == .float64List { children = [ArrowField("item", .float64).write(dictionaryID: dictionaryID, to: &builder)] }
        let childVector = builder.vector(children)
        var table: [Int: FlatBufferBuilder.Field] = [
            0: .offset(nameOffset), 1: .bool(true), 2: .byte(typeCode), 3: .offset(typeOffset), 5: .offset(childVector),
        ]
        if type == .dictionary {
            let index = builder.table([0: .int(32), 1: .bool(true)])
            table[4] = .offset(builder.table([0: .long(Int64(dictionaryID)), 1: .offset(index)]))
        }
        if !metadata.isEmpty { table[6] = .offset(builder.keyValues(metadata)) }
        return builder.table(table)
    }
}

extension ArrowType {
    /// The number of the type in the union `Type` of Schema.fbs, and its table. A dictionary's is that of its entries.
    fileprivate func write(to builder: inout FlatBufferBuilder) -> (UInt8, FlatBufferBuilder.Offset) {
        switch self {
        case .int64: return (2, builder.table([0: .int(64), 1: .bool(true)]))
        case .float64: return (3, builder.table([0: .short(2)]))
        case .utf8, .dictionary: return (5, builder.table([:]))
        case .bool: return (6, builder.table([:]))
        case .timestamp:
            let zone = builder.string("UTC")
            return (10, builder.table([0: .short(2), 1: .offset(zone)]))
        case .float64List: return (12, builder.table([:]))
        }
    }
}

extension FlatBufferBuilder {
    /// A vector of the table `KeyValue` of Schema.fbs, by key.
    fileprivate mutating func keyValues(_ pairs: [String: String]) -> Offset {
        var items: [Offset] = []
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
            let keyOffset = string(key), valueOffset = string(value)
            items.append(table([0: .offset(keyOffset), 1: .offset(valueOffset)]))
        }
        return vector(items)
    }
}
