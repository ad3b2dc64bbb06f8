import Glibc
import Support
import Synchronization

/// Obsolete files of a directory, kept to be overwritten by new content, as creating and removing a file costs more than
/// everything else. ext4 without a journal examines, for each new file, all those removed in the last minutes.
final class SpareFiles: Sendable {
    static let suffix = ".spare"

    private static let mostBytes: Int64 = 256 << 10

    private let directory: String
    private let kept = Mutex<(paths: [String], count: Int, most: Int)>(([], 0, 64))

    init(in directory: String) { self.directory = directory }

    /// A file to overwrite; nil if there is none.
    func reuse() -> String? { kept.withLock { $0.paths.popLast() } }

    /// Creates this many empty files, and keeps as many from now on. Creating fewer is no failure.
    func prepare(_ files: Int) {
        kept.withLock { $0.most = max($0.most, files) }
        for _ in 0..<files {
            guard let number = nextNumber() else { return }
            let spare = path(number)
            guard (try? OwnedDescriptor.open(spare, O_WRONLY | O_CREAT | O_EXCL)) != nil else { return }
            kept.withLock { $0.paths.append(spare) }
        }
    }

    /// Removes a file by keeping it under another name; returns false if it is not kept and still exists.
    func keep(_ path: String) -> Bool {
        guard let status = FileStatus(path, followsLinks: false), status.isRegular, status.size <= Self.mostBytes else { return false }
        guard let number = nextNumber() else { return false }
        let spare = self.path(number)
        guard rename(path, spare) == 0 else { return false }
        kept.withLock { $0.paths.append(spare) }
        return true
    }

    /// Nil if enough files are kept.
    private func nextNumber() -> Int? {
        kept.withLock { kept in
            guard kept.paths.count < kept.most else { return nil }
            kept.count += 1
            return kept.count
        }
    }

    private func path(_ number: Int) -> String { "\(directory)/\(number)\(Self.suffix)" }
}
