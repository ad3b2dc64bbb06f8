import FoundationEssentials
import Glibc
package import Logging
import LynxModel

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

/// A log handler that appends one line for each event to a file.
package struct FileLog: LogHandler {
    package var logLevel = Logger.Level.info
    package var metadata = Logger.Metadata()
    private let stream: OutputStream

    /// The descriptor stays open until the process ends.
    package init(path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CLIError.badInput("cannot write \(path): \(SystemMessage.text(errno))") }
        stream = OutputStream(descriptor: descriptor, name: path)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }.sorted { $0.key < $1.key }
            .map { " \($0.key)=\($0.value)" }.joined()
        stream.line("\(WireJSON.timestamp(Date())) \(event.level) \(event.message)\(fields)")
    }
}
