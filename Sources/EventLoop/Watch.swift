import Support

/// A descriptor watched by a loop, from `LoopContext.watch` until `cancel`. The loop holds it; the descriptor stays its
/// owner's, who cancels the watch before closing it.
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

    /// Changes what is waited for. Throws `SystemError` when the kernel refuses the descriptor.
    /// Does nothing on a cancelled watch.
    public func update(_ interest: Interest) throws {
        guard !isCancelled, interest != self.interest else { return }
        try poller?.change(self, to: interest)
    }

    /// Ends the watch: its callback isn't called any more, not even for readiness found already.
    public func cancel() {
        guard !isCancelled else { return }
        onReady = nil
        poller?.remove(self)
    }
}

@available(*, unavailable)
extension Watch: Sendable {}
