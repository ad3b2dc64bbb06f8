import Glibc

/// What a document may cost, against input that is hostile or simply the wrong file.
package struct DocumentLimits: Sendable {
    package var bytes = 4 << 20
    /// Levels of lists and mappings inside one another.
    package var depth = 32
    /// Values and keys, those that aliases repeat counted again.
    package var nodes = 200_000

    package init() {}
}

/// The bytes of a document and the name that errors call it by.
struct SourceBytes {
    var bytes: [UInt8]
    var name: String

    /// Reads no more than `limit` bytes, whatever the file says its size is; reports what keeps it from being read.
    static func read(
        file path: String, limit: Int, remedy: String = "give a configuration file, not data", into diagnostics: DiagnosticCollector
    ) -> SourceBytes? {
        func fail(_ message: String) -> SourceBytes? {
            diagnostics.report(message, at: Mark(wholeOf: Excerpt.isOneLine(path) ? path : Excerpt.quoted(path)))
            return nil
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { return fail("is not a path; give the path of a file") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return fail(openFailure(errno)) }
        defer { close(descriptor) }

        var bytes: [UInt8] = []
        let chunk = 64 << 10
        while bytes.count <= limit {
            var received = 0
            let room = Swift.min(chunk, limit + 1 - bytes.count)
            let part = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                repeat { received = Glibc.read(descriptor, buffer.baseAddress, room) } while received < 0 && errno == EINTR
                count = Swift.max(received, 0)
            }
            if received < 0 { return fail(openFailure(errno)) }
            if received == 0 { return SourceBytes(bytes: bytes, name: path) }
            bytes += part
        }
        return fail("is larger than \(limit) bytes; \(remedy)")
    }

    private static func openFailure(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "there is no such file; check the path"
        case EISDIR: "is a directory; give the path of a file"
        case EACCES, EPERM: "may not be read by this user; check its permissions"
        default: "cannot be read: \(String(cString: strerror(code)))"
        }
    }
}

extension SourceBytes {
    /// Text that both parsers may assume: bounded, UTF-8, without NUL.
    func isSound(limits: DocumentLimits, into diagnostics: DiagnosticCollector) -> Bool {
        guard bytes.count <= limits.bytes else {
            diagnostics.report("is larger than \(limits.bytes) bytes; send less", at: Mark(wholeOf: name))
            return false
        }
        if let offset = firstInvalidUTF8 {
            diagnostics.report("is not UTF-8 text; save the file as UTF-8", at: mark(offset))
            return false
        }
        if let offset = bytes.firstIndex(of: 0) {
            diagnostics.report("contains a NUL byte; remove it", at: mark(offset))
            return false
        }
        return true
    }

    /// Where the text begins: editors of some systems put a byte-order mark before it.
    var start: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    private var firstInvalidUTF8: Int? {
        bytes.withUnsafeBufferPointer { buffer in
            guard String(validating: buffer, as: UTF8.self) == nil else { return nil }
            var decoder = UTF8()
            var iterator = buffer.makeIterator()
            var offset = 0
            while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
            return offset
        }
    }

    func mark(_ offset: Int) -> Mark {
        var cursor = MarkCursor(start: start)
        cursor.advance(to: offset, in: bytes)
        return Mark(file: name, line: cursor.line, column: cursor.column)
    }
}

/// Turns offsets into lines and columns, in one pass over the bytes when the offsets ascend.
struct MarkCursor {
    private(set) var line = 1
    private(set) var column = 1
    private var offset: Int

    init(start: Int = 0) { offset = start }

    mutating func advance(to target: Int, in bytes: [UInt8]) {
        while offset < target {
            switch bytes[offset] {
            case UInt8(ascii: "\n"):
                line += 1
                column = 1
            case 0x80...0xBF: break  // continues a scalar
            default: column += 1
            }
            offset += 1
        }
    }
}

extension Excerpt {
    package static func isOneLine(_ text: String) -> Bool { !text.unicodeScalars.contains(where: isControl) }
}
