import Glibc
import NIOCore
import Synchronization

/// A descriptor that text is written to. Once its reader is gone (`| head`, a closed terminal) what follows is
/// dropped without a word: losing the audience is no failure of the work.
package final class OutputStream: Sendable {
    package let descriptor: Int32
    private let closed = Mutex(false)

    package static let standard = OutputStream(descriptor: STDOUT_FILENO)
    package static let error = OutputStream(descriptor: STDERR_FILENO)

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package var isClosed: Bool { closed.withLock { $0 } }

    package func write(_ text: String) {
        closed.withLock { closed in
            guard !closed else { return }
            var text = text
            closed = !text.withUTF8 { writeAll(UnsafeRawBufferPointer($0)) }
        }
    }

    func write(_ bytes: ByteBuffer) {
        closed.withLock { closed in
            if !closed { closed = !bytes.withUnsafeReadableBytes { writeAll($0) } }
        }
    }

    package func line(_ text: String = "") { write(text + "\n") }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // A pipe that somebody else made non-blocking.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wait, 1, -1)
            } else if count == 0 || errno != EINTR {
                return false
            }
        }
        return true
    }
}
