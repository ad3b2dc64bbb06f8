import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// A few sessions that read, each on a thread of its own.
final class PostgresReaders: Sendable {
    private final class Reader: Sendable {
        let thread: DispatchQueue
        let slot: PostgresSlot

        init(_ location: PostgresLocation, _ patience: PostgresPatience, number: Int) {
            thread = DispatchQueue(label: "lynx.ledger.reader.\(number)")
            slot = PostgresSlot(location, patience)
        }
    }

    private struct Job: Sendable {
        let perform: @Sendable (PostgresSlot) -> Void
        let refuse: @Sendable () -> Void
    }

    private static let count = 4

    private let location: PostgresLocation
    private let patience: PostgresPatience
    private let readers: [Reader]
    private let state: Mutex<(idle: [Reader], waiting: WaitingCalls<Job>)>

    init(_ location: PostgresLocation, _ patience: PostgresPatience) {
        self.location = location
        self.patience = patience
        let readers = (0..<Self.count).map { Reader(location, patience, number: $0) }
        self.readers = readers
        state = Mutex((readers, WaitingCalls(patience: patience.queue)))
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any LedgerConnection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let (name, patience, start) = (location.name, patience.read, ContinuousClock.now)
            hand(
                Job(
                    perform: { slot in
                        continuation.resume(
                            with: Result { try Self.snapshot(slot, body, until: start + patience, name: name) })
                    },
                    refuse: { continuation.resume(throwing: StorageError.busy(path: name)) }))
        }
    }

    func close() {
        for reader in readers { reader.thread.sync { reader.slot.drop() } }
    }

    private func hand(_ job: Job) {
        let (reader, watch) = state.withLock { state -> (Reader?, Duration?) in
            if let reader = state.idle.popLast() { return (reader, nil) }
            return (nil, state.waiting.add(job))
        }
        if let reader { reader.thread.async { self.work(reader, job) } }
        if let watch { refuseOverdue(after: watch) }
    }

    private func work(_ reader: Reader, _ first: Job) {
        var next: Job? = first
        while let job = next {
            job.perform(reader.slot)
            next = state.withLock { state in
                let job = state.waiting.take(upTo: 1).first
                if job == nil { state.idle.append(reader) }
                return job
            }
        }
    }

    private func refuseOverdue(after delay: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + delay / .seconds(1)) { [weak self] in
            guard let (overdue, next) = self?.state.withLock({ $0.waiting.takeOverdue() }) else { return }
            for job in overdue { job.refuse() }
            if let next { self?.refuseOverdue(after: next) }
        }
    }

    private static func snapshot<Value>(
        _ slot: PostgresSlot, _ body: (any LedgerConnection) throws -> Value, until end: ContinuousClock.Instant, name: String
    ) throws -> Value {
        while true {
            do {
                let session = try slot.session()
                try session.beginReading()
                let value = try body(session)
                try session.script("COMMIT")
                return value
            } catch let error as PostgresError where error.isTransient {
                slot.drop()
                guard ContinuousClock.now < end else { throw StorageError.unreachable(path: name, reason: error.message) }
                usleep(100_000)
            } catch {
                slot.rollBack()
                if let error = error as? PostgresError, error.isTheServers { throw StorageError.unusable(path: name, reason: error.message) }
                throw error
            }
        }
    }
}
