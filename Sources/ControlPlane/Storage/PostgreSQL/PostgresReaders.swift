import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// A few sessions that read, each on a thread of its own.
final class PostgresReaders: Sendable {
    private final class Reader: Sendable {
        let thread: DispatchQueue
        let slot: PostgresSlot

        init(_ location: PostgresLocation, number: Int) {
            thread = DispatchQueue(label: "lynx.ledger.reader.\(number)")
            slot = PostgresSlot(location)
        }
    }

    private typealias Job = @Sendable (PostgresSlot) -> Void

    private static let count = 4
    private static let patience = Duration.seconds(5)

    private let location: PostgresLocation
    private let readers: [Reader]
    private let state: Mutex<(idle: [Reader], waiting: [Job])>

    init(_ location: PostgresLocation) {
        self.location = location
        let readers = (0..<Self.count).map { Reader(location, number: $0) }
        self.readers = readers
        state = Mutex((readers, []))
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any LedgerConnection) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let name = location.name
            hand { slot in continuation.resume(with: Result { try Self.snapshot(slot, name: name, body) }) }
        }
    }

    func close() {
        for reader in readers { reader.thread.sync { reader.slot.drop() } }
    }

    private func hand(_ job: @escaping Job) {
        let reader = state.withLock { state in
            let reader = state.idle.popLast()
            if reader == nil { state.waiting.append(job) }
            return reader
        }
        if let reader { reader.thread.async { self.work(reader, job) } }
    }

    private func work(_ reader: Reader, _ first: @escaping Job) {
        var next: Job? = first
        while let job = next {
            job(reader.slot)
            next = state.withLock { state in
                if state.waiting.isEmpty {
                    state.idle.append(reader)
                    return nil
                }
                return state.waiting.removeFirst()
            }
        }
    }

    private static func snapshot<Value>(
        _ slot: PostgresSlot, name: String, _ body: (any LedgerConnection) throws -> Value
    ) throws -> Value {
        let start = ContinuousClock.now
        while true {
            do {
                let session = try slot.session()
                try session.script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                let value = try body(session)
                try session.script("COMMIT")
                return value
            } catch let error as PostgresError where error.isTransient {
                slot.drop()
                guard ContinuousClock.now - start < patience else {
                    throw StorageError.unreachable(path: name, reason: error.message)
                }
                usleep(100_000)
            } catch {
                slot.rollBack()
                throw error
            }
        }
    }
}
