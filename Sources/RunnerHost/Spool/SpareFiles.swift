import Glibc
import Synchronization

/// Files of a directory that are not needed any more, kept for the next ones: making a file and removing it costs more than
/// all else. ext4 without a journal looks, at each new file, at all that were removed in the minutes before.
final class SpareFiles: Sendable {
    static let suffix = ".spare"

    private static let mostFiles = 64
    private static let mostBytes: off_t = 256 << 10

    private let directory: String
    private let kept = Mutex<(paths: [String], count: Int)>(([], 0))

    init(in directory: String) { self.directory = directory }

    /// One to write over; nil when there is none.
    func take() -> String? { kept.withLock { $0.paths.popLast() } }

    /// Takes a file away from its name; false if it is none that should be kept, and still there.
    func keep(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.mostBytes else { return false }
        let number = kept.withLock { kept -> Int? in
            guard kept.paths.count < Self.mostFiles else { return nil }
            kept.count += 1
            return kept.count
        }
        guard let number else { return false }
        let spare = "\(directory)/\(number)\(Self.suffix)"
        guard rename(path, spare) == 0 else { return false }
        kept.withLock { $0.paths.append(spare) }
        return true
    }
}
