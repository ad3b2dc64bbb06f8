import FoundationEssentials
import Glibc

/// The folder that a study on this machine keeps its ledger and logs in, held by one `lynxctl run` at a time.
package struct StateDirectory: ~Copyable {
    package let path: String
    private let lock: Int32

    package var ledger: String { path + "/ledger.sqlite" }
    package var runnerLog: String { path + "/runner-host.log" }
    package var runnerRecord: String { path + "/runner-host.pid" }
    package var controlPlaneLog: String { path + "/control-plane.log" }

    /// Larger logs of earlier studies make room.
    private static let logLimit = 16 << 20

    /// Makes the folder where it is missing, and takes its lock.
    ///
    /// - Throws: `CLIError` when it cannot be made or written, or another `lynxctl run` holds it.
    package init(path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CLIError.badInput("cannot make the state directory \(path): \(SystemError.text(of: error))")
        }
        let file = path + "/lock"
        let lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw CLIError.badInput("cannot write in the state directory \(path): \(SystemError.text(errno))") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.readHolder(lock)
            close(lock)
            throw CLIError.badInput(
                "another lynxctl run\(holder.map { " (\($0))" } ?? "") is at work in \(path): wait for it, or give --state another folder")
        }
        self.path = path
        self.lock = lock
        ftruncate(lock, 0)
        for log in [runnerLog, controlPlaneLog] { Self.makeRoom(log) }
    }

    deinit {
        // Unlocked, not only closed: a child being forked at this moment has a copy until it becomes its program.
        flock(lock, LOCK_UN)
        close(lock)
    }

    /// Tells whoever finds the folder taken whom to turn to. Only while this value lives.
    package var announcement: @Sendable (_ controlPlane: String) -> Void {
        { [lock] controlPlane in
            let text = "pid \(getpid()), control plane \(controlPlane)\n"
            ftruncate(lock, 0)
            _ = text.withCString { pwrite(lock, $0, strlen($0), 0) }
        }
    }

    private static func readHolder(_ lock: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { buffer in
            let count = pread(lock, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else { return nil }
            return String(decoding: buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
    }

    private static func makeRoom(_ log: String) {
        if LogTail.size(of: log) > logLimit { rename(log, log + ".1") }
    }
}

/// The system's words for an error.
enum SystemError {
    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Of what FoundationEssentials throws, the POSIX error below it where there is one.
    static func text(of error: any Error) -> String {
        if let error = error as? CocoaError, let posix = error.underlying as? POSIXError { return text(posix.code.rawValue) }
        if let error = error as? POSIXError { return text(error.code.rawValue) }
        return "\(error)"
    }
}
