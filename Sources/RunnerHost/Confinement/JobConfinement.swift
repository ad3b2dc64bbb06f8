import EngineABI

/// What the commands of a job are started with: the confinement part of `lynx_job`.
struct JobConfinement: Hashable, Sendable {
    /// The words before each command; empty if commands are started themselves.
    var launcher: [String] = []
    /// Absolute paths.
    var controlGroups: [String] = []

    var isEmpty: Bool { launcher.isEmpty && controlGroups.isEmpty }

    /// Lends both lists in the form of the ABI to `body`, which must not keep them.
    func withRaw<Value, Failure: Error>(
        _ body: (_ launcher: UnsafeBufferPointer<lynx_string>, _ controlGroups: UnsafeBufferPointer<lynx_string>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try RawStrings.with(launcher) { (launcher) throws(Failure) in
            try RawStrings.with(controlGroups) { (groups) throws(Failure) in try body(launcher, groups) }
        }
    }
}

/// Lists of texts in the form of the ABI.
enum RawStrings {
    static func with<Value, Failure: Error>(
        _ texts: [String], _ body: (UnsafeBufferPointer<lynx_string>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var bytes: [UInt8] = []
        for text in texts { bytes += text.utf8 }
        let content = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { content.deallocate() }
        content.copyBytes(from: bytes)
        var at = 0
        let raw = texts.map { text in
            defer { at += text.utf8.count }
            return lynx_string(data: content.baseAddress.map { ($0 + at).assumingMemoryBound(to: CChar.self) }, size: text.utf8.count)
        }
        return try raw.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(buffer) }
    }
}

extension Message {
    mutating func put(_ texts: UnsafeBufferPointer<lynx_string>) {
        put(UInt32(texts.count))
        for text in texts { put(text.bytes) }
    }
}

extension MessageReader {
    mutating func texts() throws(MalformedMessage) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try value(UInt32.self)) { texts.append(try text()) }
        return texts
    }
}
