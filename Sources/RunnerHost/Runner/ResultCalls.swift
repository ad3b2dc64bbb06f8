import FoundationEssentials
import LynxModel
import Synchronization

/// Sends results to the control plane. Results that become ready while calls are under way go together in the next one, as a
/// call costs both sides more than a small result does.
final class ResultCalls: Sendable {
    private struct Waiting {
        let report: Data
        let jobID: String
        let outcome: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var senders: [Int: Task<Void, Never>] = [:]
        var lastSender = 0
    }

    /// Two calls, so that a hung one does not delay all other results.
    private static let mostCalls = 2
    /// The size in bytes above which a result is sent at once in its own call.
    private static let largestReport = 256 << 10

    private let client: ControlPlaneClient
    private let runnerID: String
    private let state = Mutex(State())

    init(client: ControlPlaneClient, runnerID: String) {
        self.client = client
        self.runnerID = runnerID
    }

    /// Returns when the control plane has acknowledged the report, the JSON of an `AttemptReport`. Throws what
    /// `ControlPlaneClient.deliver(report:)` throws.
    ///
    /// Cancelling one caller ends the calls under way, as callers are only cancelled together.
    ///
    /// - Parameter mayJoin: whether the control plane accepts several reports in one call.
    func deliver(_ report: Data, jobID: String, mayJoin: Bool) async throws {
        guard mayJoin, report.count <= Self.largestReport else { return try await client.deliver(report: report, jobID: jobID) }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { outcome in enter(Waiting(report: report, jobID: jobID, outcome: outcome)) }
        } onCancel: {
            for sender in state.withLock({ Array($0.senders.values) }) { sender.cancel() }
        }
    }

    private func enter(_ waiting: Waiting) {
        state.withLock { state in
            // The cancellation handler may have run before this caller was queued; `isCancelled` is set before it runs.
            guard !Task.isCancelled else { return waiting.outcome.resume(throwing: CancellationError()) }
            state.waiting.append(waiting)
            guard state.senders.count < Self.mostCalls else { return }
            state.lastSender += 1
            let sender = state.lastSender
            state.senders[sender] = Task { await self.send(as: sender) }
        }
    }

    private func send(as sender: Int) async {
        while let group = nextGroup(for: sender) {
            for (waiting, error) in zip(group, await outcomes(of: group)) {
                if let error { waiting.outcome.resume(throwing: error) } else { waiting.outcome.resume() }
            }
        }
    }

    /// The next reports to send; nil if there are none, and then this sender stops.
    private func nextGroup(for sender: Int) -> [Waiting]? {
        state.withLock { state in
            let group = Array(state.waiting.prefix(ResultGroup.mostReports))
            state.waiting.removeFirst(group.count)
            if group.isEmpty { state.senders[sender] = nil }
            return group.isEmpty ? nil : group
        }
    }

    private func outcomes(of group: [Waiting]) async -> [(any Error)?] {
        if group.count == 1 { return [await outcome(of: group[0])] }
        do {
            return try await client.deliver(reports: group.map(\.report), runnerID: runnerID)
        } catch let error as ControlPlaneError where error.advice == .refused || error.status == 500 {
            // A report that the control plane cannot process must not fail the others.
            var outcomes: [(any Error)?] = []
            for waiting in group { outcomes.append(await outcome(of: waiting)) }
            return outcomes
        } catch {
            return group.map { _ in error }
        }
    }

    private func outcome(of waiting: Waiting) async -> (any Error)? {
        do {
            try await client.deliver(report: waiting.report, jobID: waiting.jobID)
            return nil
        } catch {
            return error
        }
    }
}
