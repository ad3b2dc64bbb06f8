import Glibc
import Support

/// The operations available to work on a loop: watching descriptors and setting timers. It exists on the loop's thread only;
/// because it is not Sendable, the compiler keeps it there.
public final class LoopContext {
    private let mailbox: Mailbox
    private let poller: Poller
    private var timers = TimerHeap<(LoopContext) -> Void>()
    private var locals: [ObjectIdentifier: AnyObject] = [:]

    init(mailbox: Mailbox, poller: Poller) {
        self.mailbox = mailbox
        self.poller = poller
    }

    /// The current time on `MonotonicClock`, in nanoseconds.
    public var now: UInt64 { MonotonicClock.now }

    /// Calls `onReady` whenever the descriptor is ready for what `interest` names, until the watch is cancelled.
    /// Throws `SystemError`: EEXIST if the descriptor is being watched already, EPERM if it can't be (a regular file).
    public func watch(
        _ fd: CInt, _ interest: Interest, _ onReady: @escaping (LoopContext, Readiness) -> Void
    ) throws -> Watch {
        try poller.add(fd, interest, onReady)
    }

    /// Calls `body` once, no earlier than `nanoseconds` from now and never before this function returns.
    @discardableResult
    public func schedule(after nanoseconds: UInt64, _ body: @escaping (LoopContext) -> Void) -> TimerToken {
        let (deadline, overflow) = now.addingReportingOverflow(nanoseconds)
        return timers.schedule(at: overflow ? .max : deadline, body)
    }

    /// Cancels a timer. Cancelling a timer that has fired or was cancelled before has no effect.
    public func cancel(_ timer: TimerToken) {
        timers.cancel(timer)
    }

    /// The loop's only instance of a type, made at the first call. It lives until the loop ends and needs no locks: a handle
    /// that other threads hold reaches its state on the loop through it.
    public func local<T: AnyObject>(_ make: () -> T) -> T {
        if let existing = locals[ObjectIdentifier(T.self)] {
            return unsafeDowncast(existing, to: T.self)
        }
        let made = make()
        locals[ObjectIdentifier(T.self)] = made
        return made
    }

    /// Dispatches events, timers and work until the loop is stopped; runs on the loop's thread.
    func runUntilStopped() {
        while let delivery = mailbox.take() {
            for work in delivery.work { work(self) }
            if delivery.isStopping { continue }
            fireTimers()
            poller.dispatch(timeout: timeUntilNextTimer(), self)
        }
        timers = TimerHeap()
        poller.removeAll()
        locals = [:]
    }

    func watchMailbox() throws {
        let mailbox = mailbox
        _ = try poller.add(mailbox.wakeup.raw, .readable) { _, _ in mailbox.acknowledgeWakeup() }
    }

    // Timers set by timers wait for the next round, so that descriptors are handled in between.
    private func fireTimers() {
        guard let earliest = timers.earliestDeadline else { return }
        let now = now
        guard earliest <= now else { return }
        let limit = timers.nextToken
        while let body = timers.popDue(at: now, before: limit) { body(self) }
    }

    private func timeUntilNextTimer() -> UInt64? {
        guard let deadline = timers.earliestDeadline else { return nil }
        let now = now
        return deadline > now ? deadline - now : 0
    }
}

@available(*, unavailable)
extension LoopContext: Sendable {}
