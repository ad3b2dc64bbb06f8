/// Cuts bytes that come piece by piece into lines.
package struct LineBuffer {
    private var rest: [UInt8] = []

    package init() {}

    /// A longer line is handed on in parts.
    private static let mostBytes = 64 << 10

    package mutating func feed(_ bytes: some Sequence<UInt8>, _ take: (String) -> Void) {
        for byte in bytes {
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
            if byte == UInt8(ascii: "\n") || rest.count >= Self.mostBytes { flush(take) }
        }
    }

    /// Hands on what has no line end.
    package mutating func finish(_ take: (String) -> Void) {
        if !rest.isEmpty { flush(take) }
    }

    private mutating func flush(_ take: (String) -> Void) {
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        take(String(decoding: rest, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
    }
}
