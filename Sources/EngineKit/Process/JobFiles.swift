import EngineABI
import Glibc

/// Where things lie in an attempt's directory.
public struct JobFiles: Sendable {
    public let directory: String
    /// What simulations get as TMPDIR: the host's to make and to remove. nil leaves that of the host.
    public let temporary: String?
    public var runConfig: String { directory + "/run_config.json" }
    public var output: String { directory + "/output" }
    public var stdout: String { directory + "/stdout.log" }
    public var stderr: String { directory + "/stderr.log" }

    public init(directory: String, temporary: String? = nil) {
        self.directory = directory
        self.temporary = temporary
    }

    /// Makes the output directory (mode 0700) and writes the run configuration (mode 0600).
    public func create(runConfigJSON: [UInt8]) throws(EngineError) {
        guard mkdir(output, 0o700) == 0 else { throw Self.failure("make", output) }
        let descriptor = open(runConfig, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("write", runConfig) }
        defer { close(descriptor) }
        var written = 0
        while written < runConfigJSON.count {
            let count = runConfigJSON.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write", runConfig) }
            written += count
        }
    }

    private static func failure(_ verb: String, _ path: String) -> EngineError {
        let code = errno
        return EngineError(lynx_status(LYNX_E_RESOURCES), "cannot \(verb) \(path): \(String(cString: strerror(code)))", errno: code)
    }
}
