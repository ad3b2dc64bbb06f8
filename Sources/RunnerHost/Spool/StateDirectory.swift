import FoundationEssentials
import Glibc
package import Support

/// The data that a runner keeps between two starts: its id, and the undelivered results. One process owns the directory at a
/// time, for as long as this object lives.
package final class StateDirectory: Sendable {
    package let path: String
    /// A UUID made at the first start.
    package let runnerID: String
    private let lock: FileLock

    /// Opens the directory, creating it (0700) if necessary, and locks it.
    ///
    /// - Throws: `StateDirectoryError`.
    package init(path given: String) throws(StateDirectoryError) {
        let path = given.utf8.count > 1 && given.utf8.last == UInt8(ascii: "/") ? String(given.dropLast()) : given
        do throws(FileError) {
            try Directory.make(path)
            try Directory.make(path + "/spool")
        } catch {
            throw .file(error)
        }
        try Self.checkAccess(path)
        lock = try Self.lock(path)
        runnerID = try Self.identity(path)
        self.path = path
    }

    package var spoolPath: String { path + "/spool" }

    package var credentialPath: String { path + "/credential" }

    private static func checkAccess(_ path: String) throws(StateDirectoryError) {
        guard let status = FileStatus(path) else { throw .file(.last("look at", path)) }
        guard status.isDirectory else { throw .file(FileError(operation: "use", path: path, code: ENOTDIR)) }
        guard status.permissions & 0o022 == 0 else { throw .writableByOthers(path: path) }
    }

    private static func lock(_ path: String) throws(StateDirectoryError) -> FileLock {
        let name = path + "/lock"
        do throws(FileLock.Failure) {
            let lock = try FileLock(name)
            guard lock.leave(note: "\(getpid())\n") else { throw FileLock.Failure.file(.last("write", name)) }
            return lock
        } catch {
            switch error {
            case .held(let note): throw .inUse(path: path, pid: pid_t(note.prefix { $0.isNumber }))
            case .file(let error): throw .file(error)
            }
        }
    }

    private static func identity(_ path: String) throws(StateDirectoryError) -> String {
        let name = path + "/runner-id"
        let content: Data
        do throws(FileError) {
            if let known = try DurableFile.read(name) {
                content = known
            } else {
                content = Data("\(UUID().uuidString.lowercased())\n".utf8)
                try DurableFile.replace(name, with: content)
            }
        } catch {
            throw .file(error)
        }
        let text = String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace }
        guard let id = UUID(uuidString: text) else { throw .badRunnerID(path: name) }
        return id.uuidString.lowercased()
    }
}

package enum StateDirectoryError: Error, Hashable, Sendable, CustomStringConvertible {
    case file(FileError)
    case inUse(path: String, pid: Int32?)
    case writableByOthers(path: String)
    case badRunnerID(path: String)

    package var description: String {
        switch self {
        case .file(let error): "state directory: \(error)"
        case .inUse(let path, let pid):
            "state directory \(path) is in use by another runner-host\(pid.map { " (pid \($0))" } ?? ""); stop it, or set another state_directory"
        case .writableByOthers(let path):
            "state directory \(path) can be written by others; chmod go-w it, or set another state_directory"
        case .badRunnerID(let path): "\(path) does not hold a UUID; remove it to give this runner a new identity"
        }
    }
}
