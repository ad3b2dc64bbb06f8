import CLinux
import Support

/// A descriptor watched by a loop, from `LoopContext.watch` until `cancel`. The loop holds the watch. The descriptor remains
/// with its owner, who cancels the watch before closing it.
public final class Watch {
    typealias Handler = (LoopContext, Readiness) -> Void

    public let descriptor: CInt
    let token: UInt64
    var interest: Interest
    private(set) var onReady: Handler?
    private weak var poller: Poller?

    init(descriptor: CInt, token: UInt64, poller: Poller, onReady: @escaping Handler) {
        self.descriptor = descriptor
        self.token = token
        self.interest = []
        self.onReady = onReady
        self.poller = poller
    }

    public var isCancelled: Bool { onReady == nil }

    /// Changes the events waited for. Throws `SystemError` if the kernel refuses the descriptor. Does nothing on a cancelled
    /// watch.
    public func update(_ interest: Interest) throws {
        guard !isCancelled, interest != self.interest else { return }
        try poller?.change(self, to: interest)
    }

    /// Ends the watch: its callback is not called any more, not even for readiness already reported by the kernel.
    public func cancel() {
        guard !isCancelled else { return }
        onReady = nil
        poller?.remove(self)
    }
}

@available(*, unavailable)
extension Watch: Sendable {}

/// The events that a watch waits for. With an empty interest a watch reports nothing, not even hang-ups and errors.
public struct Interest: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let readable = Interest(rawValue: 1)
    public static let writable = Interest(rawValue: 2)

    var epollEvents: UInt32 {
        var events: UInt32 = 0
        if contains(.readable) { events |= EPOLLIN.rawValue }
        if contains(.writable) { events |= EPOLLOUT.rawValue }
        return events
    }
}

/// The events that a descriptor is ready for. Hang-ups and errors are reported with any interest.
public struct Readiness: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let readable = Readiness(rawValue: 1)
    public static let writable = Readiness(rawValue: 2)
    /// Both directions are closed (EPOLLHUP); data received before may still be readable.
    public static let hangUp = Readiness(rawValue: 4)
    public static let error = Readiness(rawValue: 8)

    init(epollEvents events: UInt32) {
        var readiness: Readiness = []
        if events & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
        if events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
        if events & EPOLLHUP.rawValue != 0 { readiness.insert(.hangUp) }
        if events & EPOLLERR.rawValue != 0 { readiness.insert(.error) }
        self = readiness
    }
}
