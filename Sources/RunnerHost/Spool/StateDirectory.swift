import FoundationEssentials
import Glibc

/// What a runner remembers between two starts: its id, and the results it has yet to deliver. One process owns the
/// directory at a time, for as long as this object lives.
package final class StateDirectory: Sendable {
    package let path: String
    /// A UUID made at the first start.
    package let runnerID: String
    private let lock: Int32

    /// Opens the directory, making it (0700) if need be, and locks it.
    /// - Throws: `StateDirectoryError`.
    package init(path given: String) throws(StateDirectoryError) {
        let path = given.utf8.count > 1 && given.utf8.last == UInt8(ascii: "/") ? String(given.dropLast()) : given
        do throws(FileError) {
            try PrivateDirectory.make(path)
            try PrivateDirectory.make(path + "/spool")
        } catch {
            throw .file(error)
        }
        try Self.checkAccess(path)
        lock = try Self.lock(path)
        do throws(StateDirectoryError) {
            runnerID = try Self.identity(path)
        } catch {
            close(lock)
            throw error
        }
        self.path = path
    }

    deinit {
        // Unlocked, not only closed: a child being forked at this moment has a copy until it becomes its program. The
        // file stays: removing it would let two processes lock two files of one name.
        flock(lock, LOCK_UN)
        close(lock)
    }

    package var spoolPath: String { path + "/spool" }

    package var credentialPath: String { path + "/credential" }

    private static func checkAccess(_ path: String) throws(StateDirectoryError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .file(.last("look at", path)) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw .file(FileError(operation: "use", path: path, code: ENOTDIR))
        }
        guard status.st_mode & 0o022 == 0 else { throw .writableByOthers(path: path) }
    }

    private static func lock(_ path: String) throws(StateDirectoryError) -> Int32 {
        let name = path + "/lock"
        let file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .file(.last("open", name)) }
        var failure: StateDirectoryError?
        if flock(file, LOCK_EX | LOCK_NB) != 0 {
            failure = errno == EWOULDBLOCK ? .inUse(path: path, pid: holder(file)) : .file(.last("lock", name))
        } else if !write(pid: getpid(), to: file) {
            failure = .file(.last("write", name))
        }
        if let failure {
            close(file)
            throw failure
        }
        return file
    }

    private static func write(pid: pid_t, to file: Int32) -> Bool {
        let text = Array("\(pid)\n".utf8)
        return ftruncate(file, 0) == 0 && pwrite(file, text, text.count, 0) == text.count
    }

    private static func holder(_ file: Int32) -> pid_t? {
        var text = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &text, text.count, 0)
        return count > 0 ? pid_t(String(decoding: text[..<count], as: UTF8.self).prefix { $0.isNumber }) : nil
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
