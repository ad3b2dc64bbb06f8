import Glibc

/// The end of a log file, for messages.
package enum LogTail {
    private static let mostBytes = 16 << 10
    private static let mostLines = 20

    /// In bytes; 0 for a file that is not there.
    package static func size(of path: String) -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        return max(0, Int(lseek(descriptor, 0, SEEK_END)))
    }

    /// The last lines written after the first `start` bytes.
    package static func lines(of path: String, from start: Int) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let offset = max(start, size(of: path) - mostBytes)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: mostBytes) { buffer in
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            guard count > 0 else { return [] }
            return String(decoding: buffer.prefix(count), as: UTF8.self)
                .split(whereSeparator: \.isNewline).suffix(mostLines).map(String.init)
        }
    }
}
