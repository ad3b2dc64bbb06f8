import CLinux
import Glibc
import Support
import Synchronization

/// Work on its way to a loop from other threads, with the eventfd that wakes the loop for it.
final class Mailbox: Sendable {
    typealias Work = @Sendable (LoopContext) -> Void

    private struct State {
        var pending: [Work] = []
        var isStopping = false
        var isClosed = false
    }

    let wakeup: OwnedDescriptor
    private let state = Mutex(State())

    init() throws(SystemError) {
        wakeup = try OwnedDescriptor("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
    }

    /// Puts work at the end of the line; false once the loop has ended.
    func post(_ work: @escaping Work) -> Bool {
        let (accepted, mustWake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.pending.append(work)
            return (true, state.pending.count == 1)
        }
        if mustWake { wake() }
        return accepted
    }

    /// Asks the loop to end after the work that waits, and that work's own.
    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    struct Delivery {
        var work: [Work]
        /// The loop is to end as soon as nothing waits any more; no further wake-up will say so.
        var isStopping: Bool
    }

    /// Everything that waits, in order; nil when the loop is to end now. From then on nothing is taken in.
    func take() -> Delivery? {
        state.withLock { state in
            if state.isStopping && state.pending.isEmpty {
                state.isClosed = true
                return nil
            }
            var taken: [Work] = []
            swap(&taken, &state.pending)
            return Delivery(work: taken, isStopping: state.isStopping)
        }
    }

    /// Makes the eventfd unreadable until the next wake.
    func acknowledgeWakeup() {
        var count: UInt64 = 0
        _ = read(wakeup.raw, &count, MemoryLayout<UInt64>.size)
    }

    private func wake() {
        var one: UInt64 = 1
        // EAGAIN would mean 2^64 - 2 wakes are unread: the loop is awake anyway.
        _ = write(wakeup.raw, &one, MemoryLayout<UInt64>.size)
    }
}
