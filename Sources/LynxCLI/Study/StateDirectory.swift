import FoundationEssentials
import Glibc
import Support

/// The folder that a study on this machine keeps its ledger and logs in, held by one `lynxctl run` at a time.
package struct StateDirectory: ~Copyable {
    package static let standardPath = ".lynx"

    package let path: String
    private let lock: FileLock

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
            throw CLIError.badInput("cannot make the state directory \(path): \(SystemMessage.text(of: error))")
        }
        do {
            lock = try FileLock(path + "/lock")
        } catch {
            switch error {
            case .file(let error): throw CLIError.badInput("cannot write in the state directory \(path): \(error.reason)")
            case .held(let note):
                let holder = note.prefix { $0 != "\n" }
                throw CLIError.badInput(
                    "another lynxctl run\(holder.isEmpty ? "" : " (\(holder))") is at work in \(path): wait for it, or give --state another folder")
            }
        }
        self.path = path
        lock.leave(note: "")
        for log in [runnerLog, controlPlaneLog] { Self.makeRoom(log) }
    }

    /// Tells whoever finds the folder taken whom to turn to. What calls it keeps the folder locked.
    package var announcement: @Sendable (_ controlPlane: String) -> Void {
        { [lock] controlPlane in lock.leave(note: "pid \(getpid()), control plane \(controlPlane)\n") }
    }

    private static func makeRoom(_ log: String) {
        if LogTail.size(of: log) > logLimit { rename(log, log + ".1") }
    }
}

/// The system's words for an error.
package enum SystemMessage {
    package static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Of what FoundationEssentials throws, the POSIX error below it where there is one.
    package static func text(of error: any Error) -> String {
        if let error = error as? CocoaError, let posix = error.underlying as? POSIXError { return text(posix.code.rawValue) }
        if let error = error as? POSIXError { return text(error.code.rawValue) }
        return "\(error)"
    }
}
