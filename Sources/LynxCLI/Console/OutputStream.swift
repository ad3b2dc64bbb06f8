import Glibc
package import NIOCore
import PlainText
import Synchronization

/// A descriptor that text is written to.
///
/// Once its reader is gone (`| head`, a closed terminal) what follows is dropped without a word: losing the audience is no
/// failure of the work. Any other failure, such as a full disk, is told at once on standard error, and is the command's.
package final class OutputStream: Sendable {
    private enum State {
        case open
        case readerGone
        case failed
    }

    package let descriptor: Int32
    private let name: String
    private let state = Mutex(State.open)

    package static let standard = OutputStream(descriptor: STDOUT_FILENO, name: "standard output")
    package static let error = OutputStream(descriptor: STDERR_FILENO, name: "standard error")

    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Something that was written is not where it should be.
    package var hasFailed: Bool { state.withLock { $0 == .failed } }

    /// - Throws: `CLIError.nobodyReads` if nobody takes what is written, so that no more of it need be fetched.
    package func checkIsTaken() throws {
        guard state.withLock({ $0 == .open }) else { throw CLIError.nobodyReads }
    }

    /// As it is, for scripts, and for lines with colours of our own.
    package func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    package func write(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes { write($0) }
    }

    /// Text for people, which may quote what a simulation printed: nothing in it commands the terminal.
    package func line(_ text: String = "") { write(PlainText.lines(text) + "\n") }

    /// The last word: what a file system tells of only now is a failure, too.
    package func finish() {
        state.withLock { state in
            guard state == .open, close(descriptor) != 0, errno != EBADF, errno != EINTR else { return }
            fail(&state, errno)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            guard state == .open, let code = writeAll(bytes) else { return }
            fail(&state, code)
        }
    }

    private func fail(_ state: inout State, _ code: Int32) {
        state = code == EPIPE ? .readerGone : .failed
        if state == .failed, self !== OutputStream.error {
            OutputStream.error.line("lynxctl: cannot write \(name): \(SystemMessage.text(code)); what it holds is incomplete")
        }
    }

    /// Nil, or why not all of it is written.
    private func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32? {
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
                return count == 0 ? EIO : errno
            }
        }
        return nil
    }

    /// Gives the numbers of the standard streams that were not handed down to nothing, so that no file that is opened later gets
    /// one, and with it what is meant for a person.
    package static func reserveStandardDescriptors() {
        // Such that what is written fails, as it would without.
        while true {
            let descriptor = open("/dev/null", O_RDONLY)
            guard (0...STDERR_FILENO).contains(descriptor) else {
                if descriptor >= 0 { close(descriptor) }
                return
            }
        }
    }
}
