import FoundationEssentials
import Glibc
import LynxModel

/// Which attempts have processes now, one small file each, so that a runner that was killed can look after
/// them at its next start. Not synced to disk: a crash of the machine leaves no processes.
package struct RunningRecords: Sendable {
    private let folder: String

    private struct Record: Codable {
        var directory: String
    }

    package init(stateDirectory: String) throws(FileError) {
        folder = stateDirectory + "/running"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .last("make", folder) }
    }

    func add(_ key: AttemptKey, directory: String) throws {
        let content = try WireJSON.encode(Record(directory: directory)), path = path(key)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError.last("create", path) }
        defer { close(file) }
        let count = content.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard count == content.count else {
            let code = count < 0 ? errno : ENOSPC
            unlink(path)
            throw FileError(operation: "write", path: path, code: code)
        }
    }

    func remove(_ key: AttemptKey) { unlink(path(key)) }

    /// Ends what an earlier process left running, and forgets it. Returns how many processes were ended.
    package func sweep() -> Int {
        var ended = 0
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if let content = FileManager.default.contents(atPath: path), let record = try? WireJSON.decode(Record.self, from: content) {
                ended += StrayProcesses.endAll(of: record.directory)
            }
            unlink(path)
        }
        return ended
    }

    private func path(_ key: AttemptKey) -> String { "\(folder)/\(key.jobID).\(key.attempt).json" }
}
