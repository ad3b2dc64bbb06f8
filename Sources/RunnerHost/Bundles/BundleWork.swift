import Synchronization

/// Work that several attempts wait for is done once, and ended when none of them waits any more.
final class BundleWork: Sendable {
    private struct Flight: Sendable {
        var key: String
        var waiting: Int
        var outcome: Result<Void, any Error>?
    }

    private struct State: Sendable {
        var flights: [Int: Flight] = [:]
        var last = 0
        /// What failed lately is not tried again at once: thousands of jobs may ask for it.
        var failures: [String: (error: BundleError, until: ContinuousClock.Instant)] = [:]
    }

    private let monitor = Monitor(State())

    /// How long a failure is remembered.
    private static let memory = Duration.seconds(600)
    private static let memoryOfInstallation = Duration.seconds(60)

    /// Waits until `body` is done for this key, which another caller may have begun.
    ///
    /// - Parameter body: is given a function that tells whether anybody waits for it still.
    /// - Throws: what `body` throws; `CancellationError` if the waiting task is cancelled.
    func once(_ key: String, _ body: @escaping @Sendable (_ isWanted: @escaping @Sendable () -> Bool) async throws -> Void) async throws {
        while true {
            let (id, isNew, failure) = monitor.with { state in Self.join(key, &state) }
            if let failure { throw failure }
            if isNew { begin(id, key, body) }
            defer { leave(id) }
            do {
                try await monitor.take { $0.flights[id]?.outcome }.get()
                return
            } catch is CancellationError {
                // The others have given it up, but not this one.
                try Task.checkCancellation()
            }
        }
    }

    private static func join(_ key: String, _ state: inout State) -> (id: Int, isNew: Bool, failure: BundleError?) {
        if let known = state.failures[key] {
            if known.until > .now { return (0, false, known.error) }
            state.failures[key] = nil
        }
        if let (id, _) = state.flights.first(where: { $0.value.key == key && $0.value.outcome == nil && $0.value.waiting > 0 }) {
            state.flights[id]?.waiting += 1
            return (id, false, nil)
        }
        state.last += 1
        state.flights[state.last] = Flight(key: key, waiting: 1)
        return (state.last, true, nil)
    }

    private func begin(
        _ id: Int, _ key: String, _ body: @escaping @Sendable (_ isWanted: @escaping @Sendable () -> Bool) async throws -> Void
    ) {
        Task { [monitor] in
            var outcome: Result<Void, any Error>
            do {
                try await body { monitor.read { $0.flights[id]?.waiting ?? 0 > 0 } }
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            monitor.with { [outcome] state in
                if case .failure(let error as BundleError) = outcome, error.kind == .bundle || error.kind == .installation {
                    let memory = error.kind == .bundle ? Self.memory : Self.memoryOfInstallation
                    state.failures[key] = (error, .now + memory)
                }
                state.flights[id]?.outcome = outcome
                if state.flights[id]?.waiting == 0 { state.flights[id] = nil }
            }
        }
    }

    private func leave(_ id: Int) {
        monitor.with { state in
            guard let flight = state.flights[id] else { return }
            state.flights[id]?.waiting -= 1
            if flight.waiting == 1, flight.outcome != nil { state.flights[id] = nil }
        }
    }
}
