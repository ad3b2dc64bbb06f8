import Foundation
import Glibc

/// A FIFO by which a test's child processes tell the test something: reading waits for it, so nothing has to sleep.
package final class NamedPipe: Sendable {
    package let path: String
    private let descriptor: Int32

    package init(_ path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        // For reading and writing, so that the end of one writer is not the end of the pipe.
        descriptor = open(path, O_RDWR | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// The next line; nil if none comes within `seconds`, which is only there to end a test that has failed.
    package func line(within seconds: Int32 = 60) -> String? {
        var line: [UInt8] = []
        while true {
            var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, seconds * 1000) == 1 else { return nil }
            var byte: UInt8 = 0
            guard read(descriptor, &byte, 1) == 1 else { return nil }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }
}

/// Waits until a descriptor is readable; false if it is not within `seconds`.
package func becomesReadable(_ descriptor: Int32, within seconds: Int32 = 60) -> Bool {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&wait, 1, seconds * 1000) == 1
}
