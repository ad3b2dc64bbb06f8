import CLinux
import Glibc
import Support
import Synchronization

/// Queues work from other threads for a loop, with the eventfd that wakes the loop.
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

    /// Appends work to the queue; returns false if the loop has ended.
    func post(_ work: @escaping Work) -> Bool {
        let (accepted, mustWake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.pending.append(work)
            return (true, state.pending.count == 1)
        }
        if mustWake { wake() }
        return accepted
    }

    /// Requests the loop to end after the queued work and the work that this queues.
    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    struct Delivery {
        var work: [Work]
        /// Whether the loop has to end as soon as the queue is empty; no further wake-up is sent.
        var isStopping: Bool
    }

    /// All queued work, in order; nil when the loop has to end now, after which the queue accepts nothing more.
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

    /// Makes the eventfd unreadable until the next wake-up.
    func acknowledgeWakeup() {
        var count: UInt64 = 0
        _ = read(wakeup.raw, &count, MemoryLayout<UInt64>.size)
    }

    private func wake() {
        var one: UInt64 = 1
        // EAGAIN would mean that 2^64 - 2 wake-ups are unread: the loop is awake anyway.
        _ = write(wakeup.raw, &one, MemoryLayout<UInt64>.size)
    }
}
