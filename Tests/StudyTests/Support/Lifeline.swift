import Foundation
import Glibc
import TestSupport

/// A named pipe that every simulation of a study holds open for writing, and hands down to what it starts. Its end is
/// the end of the last of them, wherever they are and whoever adopted them.
final class Lifeline: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        self.path = path
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// Waits until all that ever held it have gone; there must have been some. False if they do not go.
    func ended() async -> Bool {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                // Linux tells of a hang-up only when there has been a writer since the pipe was opened.
                var wait = pollfd(fd: descriptor, events: 0, revents: 0)
                continuation.resume(returning: poll(&wait, 1, 60_000) == 1)
            }
        }
    }

    /// Whether none holds it at this moment; there must have been one.
    var hasEnded: Bool {
        var look = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&look, 1, 0) == 1
    }
}
