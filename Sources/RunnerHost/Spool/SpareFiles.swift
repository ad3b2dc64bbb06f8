import Glibc
import Synchronization

/// Files of a directory that are not needed any more, kept for the next ones: making a file and removing it costs more than
/// all else. ext4 without a journal looks, at each new file, at all that were removed in the minutes before.
final class SpareFiles: Sendable {
    static let suffix = ".spare"

    private static let mostBytes: off_t = 256 << 10

    private let directory: String
    private let kept = Mutex<(paths: [String], count: Int, most: Int)>(([], 0, 64))

    init(in directory: String) { self.directory = directory }

    /// One to write over; nil when there is none.
    func take() -> String? { kept.withLock { $0.paths.popLast() } }

    /// Makes so many empty ones, and has as many kept from now on. Fewer are no failure.
    func prepare(_ files: Int) {
        kept.withLock { $0.most = max($0.most, files) }
        for _ in 0..<files {
            guard let number = nextNumber() else { return }
            let spare = path(number)
            let file = open(spare, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard file >= 0 else { return }
            close(file)
            kept.withLock { $0.paths.append(spare) }
        }
    }

    /// Takes a file away from its name; false if it is none that should be kept, and still there.
    func keep(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.mostBytes else { return false }
        guard let number = nextNumber() else { return false }
        let spare = self.path(number)
        guard rename(path, spare) == 0 else { return false }
        kept.withLock { $0.paths.append(spare) }
        return true
    }

    /// Nil when there are enough.
    private func nextNumber() -> Int? {
        kept.withLock { kept in
            guard kept.paths.count < kept.most else { return nil }
            kept.count += 1
            return kept.count
        }
    }

    private func path(_ number: Int) -> String { "\(directory)/\(number)\(Self.suffix)" }
}
