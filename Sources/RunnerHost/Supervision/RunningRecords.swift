import FoundationEssentials
import Glibc
import LynxModel
package import Support
import Synchronization

/// Which attempts have processes now, one small file each, so that a runner that was killed can look after
/// them at its next start. Not synced to disk: a crash of the machine leaves no processes.
///
/// The file of an attempt that is over is emptied, and used again: making and removing one costs far more.
package final class RunningRecords: Sendable {
    private struct Files {
        var inUse: [AttemptKey: String] = [:]
        var empty: [String] = []
    }

    private let folder: String
    private let files = Mutex(Files())

    private struct Record: Codable {
        var directory: String
        /// Of files that go with the attempt; nil in what an earlier version wrote.
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
            // One that cannot be emptied names a directory in which nothing runs any more.
            truncate(path, 0)
            files.empty.append(path)
        }
    }

    /// Ends what an earlier process left running, removes its temporary files, and forgets it. Returns how many processes
    /// were ended, and how many could not be.
    package func sweep() -> (ended: Int, remaining: Int) {
        var ended = 0, remaining = 0
        let deadline = ContinuousClock.now + StrayProcesses.patience
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            if let content = FileManager.default.contents(atPath: path), let record = try? WireJSON.decode(Record.self, from: content) {
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
