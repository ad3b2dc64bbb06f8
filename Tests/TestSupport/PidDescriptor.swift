import CLinux
import Foundation
import Glibc

/// Waits for the end of a process that is not the test's own child.
package final class PidDescriptor: Sendable {
    private let descriptor: Int32

    package init(_ pid: Int32) throws {
        descriptor = lynx_pidfd_open(pid)
        guard descriptor >= 0 else { throw CocoaError(.fileNoSuchFile) }
    }

    deinit { close(descriptor) }

    package func ended() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&wait, 1, 60_000)
                continuation.resume()
            }
        }
    }
}
