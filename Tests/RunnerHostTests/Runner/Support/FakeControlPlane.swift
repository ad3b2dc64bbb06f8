import FoundationEssentials
import LynxModel

@testable import RunnerHost

/// A control plane in memory, behind a real socket. It records what it is told and can be made to answer differently.
final class FakeControlPlane: Sendable {
    struct Chunk: Sendable {
        var seq: Int
        var body: Data
    }

    struct State: Sendable {
        var pending: [JobAssignment] = []
        var sessions: Set<String> = []
        var registrations: [RegisterRequest] = []
        var claims: [ClaimRequest] = []
        var claimsWaiting = 0
        var heartbeats: [HeartbeatRequest] = []
        var started: [AttemptKey] = []
        var chunks: [Chunk] = []
        /// Every delivery that was acknowledged, repetitions included.
        var delivered: [AttemptReport] = []
        /// Each that was acknowledged, repetitions included.
        var retractions: [Retraction] = []
        var departures = 0
        var cancel: Set<AttemptKey> = []
        var stale: Set<AttemptKey> = []
        var isDraining = false
        /// The last parts of the paths, in order of arrival.
        var calls: [String] = []
        var heartbeatInterval = 0.02
        /// nil: a control plane of protocol 1.0.
        var protocolVersion: String?
        /// How long it takes over results.
        var resultDelay = Duration.zero
        func count(of call: String) -> Int { calls.count { $0 == call } }

        /// What is wrong with a result, alone or in a group.
        var refuse: @Sendable (AttemptReport) -> Problem? = { _ in nil }

        /// Looked at first; what it returns is the answer. The first argument is the last part of the path.
        var intercept: @Sendable (_ call: String, _ body: Data, inout State) -> ScriptedServer.Answer? = { _, _, _ in nil }
    }

    let monitor = Monitor(State())

    func start(port: Int = 0) async throws -> ScriptedServer {
        try await ScriptedServer.start(port: port) { [self] in try await answer($0) }
    }

    var state: State { monitor.with { $0 } }

    func with<Value: Sendable>(_ body: (inout State) -> Value) -> Value { monitor.with(body) }

    func wait(until condition: @escaping @Sendable (State) -> Bool) async throws { try await monitor.reach(condition) }

    func enqueue(_ jobs: JobAssignment...) { monitor.with { $0.pending += jobs } }

    /// Forgets who registered, as a new ledger does.
    func forgetSessions() { monitor.with { $0.sessions = [] } }

    private func answer(_ request: ScriptedServer.Request) async throws -> ScriptedServer.Answer {
        let parts = request.path.split(separator: "?")
        let path = parts[0]
        let call = String(path.split(separator: "/").last!)
        let intercepted = monitor.with { state in
            state.calls.append(call)
            return state.intercept(call, request.body, &state)
        }
        if let intercepted { return intercepted }
        switch call {
        case "register":
            let body = try WireJSON.decode(RegisterRequest.self, from: request.body)
            let response = monitor.with { state in
                state.registrations.append(body)
                state.sessions.insert(body.sessionID)
                return RegisterResponse(
                    leaseSeconds: 30, heartbeatIntervalSeconds: state.heartbeatInterval, protocolVersion: state.protocolVersion)
            }
            return try json(response)
        case "claim":
            return try await claim(try WireJSON.decode(ClaimRequest.self, from: request.body))
        case "heartbeat":
            let body = try WireJSON.decode(HeartbeatRequest.self, from: request.body)
            return try monitor.with { state -> HeartbeatResponse? in
                guard state.sessions.contains(body.sessionID) else { return nil }
                state.heartbeats.append(body)
                return HeartbeatResponse(
                    cancel: body.attempts.filter(state.cancel.contains), stale: body.attempts.filter(state.stale.contains),
                    drain: state.isDraining)
            }.map(json) ?? .problem(404, "register again")
        case "started":
            let body = try WireJSON.decode(StartedReport.self, from: request.body)
            let jobID = String(request.path.split(separator: "/").dropLast().last!)
            monitor.with { $0.started.append(AttemptKey(jobID: jobID, attempt: body.attempt)) }
            return .status(204)
        case "result":
            let body = try WireJSON.decode(AttemptReport.self, from: request.body)
            try await Task.sleep(for: state.resultDelay)
            return take(body).map { .problem($0.status, $0.title) } ?? .status(204)
        case "results":
            let body = try WireJSON.decode(ResultGroup.self, from: request.body)
            try await Task.sleep(for: state.resultDelay)
            return try json(
                ResultGroupAnswer(
                    results: body.reports.map { .init(jobID: $0.jobID, attempt: $0.attempt, problem: take($0)) }))
        case "telemetry":
            let seq = parts[1].split(separator: "&").first { $0.hasPrefix("seq=") }.flatMap { Int($0.dropFirst(4)) }
            monitor.with { $0.chunks.append(Chunk(seq: seq ?? -1, body: request.body)) }
            return .status(204)
        case "retractions" where state.protocolVersion.map { RunnerProtocol.isAtLeast(minor: 4, $0) } == true:
            let body = try WireJSON.decode(Retraction.self, from: request.body)
            monitor.with { $0.retractions.append(body) }
            return .status(204)
        case "leave":
            monitor.with { $0.departures += 1 }
            return .status(204)
        default:
            return .problem(404, "no such call")
        }
    }

    private func take(_ report: AttemptReport) -> Problem? {
        monitor.with { state in
            let key = AttemptKey(jobID: report.jobID, attempt: report.attempt)
            if state.stale.contains(key) { return Problem(title: "stale", status: 409) }
            if let problem = state.refuse(report) { return problem }
            state.delivered.append(report)
            return nil
        }
    }

    private func claim(_ request: ClaimRequest) async throws -> ScriptedServer.Answer {
        let isKnown = monitor.with { state in
            guard state.sessions.contains(request.sessionID) else { return false }
            state.claims.append(request)
            state.claimsWaiting += 1
            return true
        }
        guard isKnown else { return .problem(404, "register again") }
        defer { monitor.with { $0.claimsWaiting -= 1 } }
        let answer = try await monitor.take { state -> ClaimResponse? in
            if state.isDraining { return ClaimResponse(jobs: [], drain: true) }
            guard !state.pending.isEmpty else { return nil }
            let jobs = Array(state.pending.prefix(request.slots))
            state.pending.removeFirst(jobs.count)
            return ClaimResponse(jobs: jobs)
        }
        return try json(answer)
    }

    private func json(_ value: some Encodable) throws -> ScriptedServer.Answer { .status(200, body: try WireJSON.encode(value)) }
}

extension FakeControlPlane.State: CustomStringConvertible {
    var description: String {
        let results = delivered.map { "\($0.jobID) attempt \($0.attempt) \($0.outcome.rawValue)" }
        return "calls \(calls.suffix(40)), pending \(pending.map(\.jobID)), claims waiting \(claimsWaiting), registrations \(registrations.count), "
            + "started \(started), delivered \(results), chunks \(chunks.map(\.seq)), retractions \(retractions.map(\.basis)), "
            + "departures \(departures), last heartbeat \(heartbeats.last.map { "\($0)" } ?? "none")"
    }
}
