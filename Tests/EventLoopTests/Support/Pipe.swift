import EventLoop
import Glibc
import Support

/// A non-blocking pipe.
final class Pipe: Sendable {
    let reading: OwnedDescriptor
    let writing: OwnedDescriptor

    init() throws {
        var ends: [CInt] = [-1, -1]
        _ = try SystemError.check("pipe", pipe(&ends))
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        reading = OwnedDescriptor(ends[0])
        writing = OwnedDescriptor(ends[1])
    }
}
