import Glibc
import Synchronization

/// An exclusive lock on a file, held until released or until the process ends in whatever way.
final class FileLock: Sendable {
    /// -1 once released.
    private let descriptor: Mutex<Int32>

    /// - Parameter subject: the file that the lock protects, for the error.
    init(path: String, of subject: String) throws {
        // Close-on-exec: a child process that outlived this one would go on holding the lock.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError.cannotOpen(path: subject, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            throw reason == EWOULDBLOCK
                ? StorageError.inUse(path: subject)
                : StorageError.cannotOpen(path: subject, reason: String(cString: strerror(reason)))
        }
        self.descriptor = Mutex(descriptor)
    }

    func release() {
        descriptor.withLock { descriptor in
            // Unlocked, not only closed: a child being forked at this moment has a copy until it becomes its program.
            if descriptor >= 0 {
                flock(descriptor, LOCK_UN)
                close(descriptor)
            }
            descriptor = -1
        }
    }

    deinit { release() }
}
