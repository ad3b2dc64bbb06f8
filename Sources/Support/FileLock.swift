import Glibc
import Synchronization

/// An exclusive lock on a file, held until it is released or the process ends in any way. The file is never removed: removing
/// it would let two processes lock two files of one name.
package final class FileLock: Sendable {
    package enum Failure: Error, Sendable {
        case file(FileError)
        /// Another process holds the lock, or another part of this one. `note` is the text that the holder left in the file.
        case held(note: String)
    }

    /// -1 once the lock has been released.
    private let descriptor: Mutex<CInt>

    /// Takes the lock without waiting. Creates the file if it is missing; only the owner may read it.
    package init(_ path: String) throws(Failure) {
        let file: OwnedDescriptor
        do { file = try .open(path, O_RDWR | O_CREAT) } catch { throw .file(error) }
        guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .held(note: Self.note(in: file)) : .file(.last("lock", path))
        }
        descriptor = Mutex(file.release())
    }

    deinit { release() }

    /// Leaves a text of at most 512 bytes for processes that find the file locked. Returns false if it could not be written.
    @discardableResult
    package func leave(note: String) -> Bool {
        descriptor.withLock { descriptor in
            let text = Array(note.utf8.prefix(512))
            return descriptor >= 0 && ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text, text.count, 0) == text.count
        }
    }

    package func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // Unlocked, not only closed: a child being forked at this moment has a copy until it becomes its program.
            flock(descriptor, LOCK_UN)
            close(descriptor)
            descriptor = -1
        }
    }

    private static func note(in file: borrowing OwnedDescriptor) -> String {
        let text = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            count = max(0, pread(file.raw, buffer.baseAddress, buffer.count, 0))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
