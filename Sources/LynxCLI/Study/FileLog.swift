import FoundationEssentials
import Glibc
package import Logging
import LynxModel

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
