/// What the host and the process of an engine say to each other. Both are the same program, so numbers are in the machine's own
/// order; what comes from an engine's process is checked nevertheless, as the engine may have damaged it.
enum Topic: UInt8 {
    // From the host, on the main channel.
    case attach = 1, load, configure
    // From the host, about a job.
    case prepare, launch, softStop, terminate, reap, collect, release, endStrays
    case warmWorkers, checkScenario, hasDefaultScenario, mostJobs
    // To the host, on the channel of a call.
    case returned, outputDirectory, artifact, warning, isCancelled
    // To the host, at any time.
    case log, samples, drained
    // To the host, on the channel for questions.
    case restsOn, retract
    case answer
}

/// One message: four bytes of its size, one of its topic, three of nothing, and its content.
struct Message {
    static let headSize = 8
    /// More than any result may list, and than any configuration has.
    static let mostBytes = 256 << 20

    private(set) var bytes: [UInt8]

    init(_ topic: Topic) {
        bytes = []
        bytes.reserveCapacity(256)
        bytes += [0, 0, 0, 0, topic.rawValue, 0, 0, 0]
    }

    mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: UnsafeRawBufferPointer) {
        put(UInt32(text.count))
        bytes.append(contentsOf: text)
    }

    mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    /// The message with its size, as it is sent.
    var sealed: [UInt8] {
        var sealed = bytes
        let size = UInt32(bytes.count - Self.headSize)
        withUnsafeBytes(of: size) { for index in 0..<4 { sealed[index] = $0[index] } }
        return sealed
    }
}

/// A message that has come, read from its beginning to its end.
struct MessageReader {
    let topic: Topic
    private let bytes: [UInt8]
    private var at = 0

    init(_ topic: Topic, _ content: [UInt8]) {
        self.topic = topic
        bytes = content
    }

    mutating func value<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws(MalformedMessage) -> Value {
        let size = MemoryLayout<Value>.size
        guard size <= bytes.count - at else { throw MalformedMessage() }
        defer { at += size }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: Value.self) }
    }

    /// Bytes as they were put, any of them.
    mutating func data() throws(MalformedMessage) -> ArraySlice<UInt8> {
        let size = Int(try value(UInt32.self))
        guard size <= bytes.count - at else { throw MalformedMessage() }
        defer { at += size }
        return bytes[at..<at + size]
    }

    mutating func text() throws(MalformedMessage) -> String { String(decoding: try data(), as: UTF8.self) }

    var isAtEnd: Bool { at == bytes.count }

    /// All bytes, in which the slices that `data` returned have their places.
    func withContent(_ body: (UnsafeRawBufferPointer) -> Void) { bytes.withUnsafeBytes(body) }
}

/// What came from the other process is no message.
struct MalformedMessage: Error {}

/// The bytes that have come on a socket, and the messages in them.
struct MessageBuffer {
    private var bytes: [UInt8] = []
    private var at = 0

    /// Whether a message has begun and not ended.
    var isPartial: Bool { at < bytes.count }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        if at == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.count <= 1 << 20)
            at = 0
        }
        bytes.append(contentsOf: piece)
    }

    /// The next whole message; nil if there is none yet.
    mutating func next() throws(MalformedMessage) -> MessageReader? {
        guard bytes.count - at >= Message.headSize else { return nil }
        let size = Int(bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: UInt32.self) })
        guard size <= Message.mostBytes, let topic = Topic(rawValue: bytes[at + 4]) else { throw MalformedMessage() }
        let start = at + Message.headSize
        guard bytes.count - start >= size else { return nil }
        at = start + size
        return MessageReader(topic, Array(bytes[start..<at]))
    }
}
