import Foundation
import Glibc

/// A named pipe that child processes wait at, reading a byte, until the test lets them pass.
package final class Gate: Sendable {
    package let path: String
    private let descriptor: Int32

    package init(_ path: String) throws {
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        self.path = path
        // For reading and writing, so that opening never waits for one who comes.
        descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// Lets so many pass, now or when they come to it.
    package func open(for count: Int = 1) {
        let bytes = [UInt8](repeating: 1, count: count)
        _ = write(descriptor, bytes, count)
    }
}
