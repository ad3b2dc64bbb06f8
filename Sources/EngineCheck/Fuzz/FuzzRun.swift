import Dispatch
import Synchronization

/// Runs sequences of random calls for some time.
package struct FuzzRun: Sendable {
    package struct Failure: Sendable {
        /// Repeats the sequence.
        package var seed: UInt64
        package var message: String
        /// The calls, the last one last.
        package var steps: [String]
    }

    private let run: CheckRun
    private let engine: CheckedEngine?

    package init(_ run: CheckRun, of engine: CheckedEngine?) {
        self.run = run
        self.engine = engine
    }

    /// One sequence; nil if it did not fail.
    package func repeated(_ seed: UInt64) throws -> Failure? { try sequence(seed, steps: .max) }

    /// Sequences whose seeds come from one seed.
    ///
    /// - Parameters:
    ///   - seconds: how long.
    ///   - jobs: how many at the same time.
    ///   - onFailure: called for the first failure of each message.
    /// - Returns: how many sequences ran, and how many failed.
    package func sequences(from seed: UInt64, seconds: Double, jobs: Int, onFailure: @escaping @Sendable (Failure) -> Void) throws -> (ran: Int, failed: Int) {
        let end = LibraryChecks.now() + UInt64(seconds * 1e9)
        let seeds = Mutex(FuzzRandom(seed: seed))
        let state = Mutex((ran: 0, failed: 0, known: Set<String>(), problem: (any Error)?.none))
        DispatchQueue.concurrentPerform(iterations: jobs) { _ in
            while LibraryChecks.now() < end, !run.isInterrupted {
                let own = seeds.withLock { $0.next() }
                do {
                    let failure = try sequence(own, steps: 12)
                    state.withLock { state in
                        if run.isInterrupted { return }
                        state.ran += 1
                        guard let failure else { return }
                        state.failed += 1
                        if state.known.insert(failure.message).inserted { onFailure(failure) }
                    }
                } catch {
                    state.withLock { $0.problem = error }
                    run.interrupt()
                }
            }
        }
        return try state.withLock { state in
            if let problem = state.problem { throw problem }
            return (state.ran, state.failed)
        }
    }

    private func sequence(_ seed: UInt64, steps: Int) throws -> Failure? {
        guard let result = try run.process(FuzzSequence.check.name, of: engine, seed: seed).run(isInterrupted: { run.isInterrupted }) else { return nil }
        guard result.verdict.kind == .failed else { return nil }
        return Failure(seed: seed, message: result.verdict.message, steps: Array(result.steps.suffix(steps)))
    }
}
