import FoundationEssentials
import Glibc
import LynxModel
package import Support
import Synchronization

/// The attempts that have processes at present, in one small file each, so that a runner that was killed can end those
/// processes at its next start. The files are not synced: after a crash of the machine there are no processes.
///
/// The file of an attempt that is over is emptied and reused, as creating and removing one costs far more.
package final class RunningRecords: Sendable {
    private struct Files {
        var inUse: [AttemptKey: String] = [:]
        var empty: [String] = []
    }

    private let folder: String
    private let files = Mutex(Files())

    private struct Record: Codable {
        var directory: String
        /// The directory of temporary files that are removed with the attempt; nil in records of earlier versions.
        var temporary: String?
    }

    package init(stateDirectory: String) throws(FileError) {
        folder = stateDirectory + "/running"
        try Directory.make(folder)
    }

    func add(_ key: AttemptKey, _ directory: AttemptDirectory) throws {
        let content = try WireJSON.encode(Record(directory: directory.path, temporary: directory.temporary))
        let path = files.withLock { files in
            let path = files.empty.popLast() ?? "\(folder)/\(files.inUse.count + 1).json"
            files.inUse[key] = path
            return path
        }
        do throws(FileError) {
            let file = try OwnedDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(content, to: path)
        } catch {
            remove(key)
            throw error
        }
    }

    func remove(_ key: AttemptKey) {
        files.withLock { files in
            guard let path = files.inUse.removeValue(forKey: key) else { return }
            // A record that cannot be emptied names a directory in which nothing runs any more.
            truncate(path, 0)
            files.empty.append(path)
        }
    }

    /// Ends the processes that an earlier process left, removes their temporary files, and clears the records. Returns how many
    /// processes were ended, and how many could not be.
    package func sweep() -> (ended: Int, remaining: Int) {
        var ended = 0, remaining = 0
        let deadline = ContinuousClock.now + StrayProcesses.patience
        for name in (try? Directory.names(in: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if let content = WholeFile.read(path), let record = try? WireJSON.decode(Record.self, from: Data(content)) {
                let strays = StrayProcesses.endAll(of: record.directory, before: deadline)
                ended += strays.ended.count
                remaining += strays.remaining
                if let temporary = record.temporary {
                    _ = AttemptDirectory(path: record.directory, temporary: temporary).removeTemporary()
                }
            }
            unlink(path)
        }
        return (ended, remaining)
    }
}
