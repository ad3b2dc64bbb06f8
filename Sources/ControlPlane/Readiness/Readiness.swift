import FoundationEssentials
import Hummingbird
import Logging

/// Whether a control plane can do its work, part by part: what `GET /readyz` answers.
struct Readiness: Encodable, Hashable, Sendable {
    struct Part: Encodable, Hashable, Sendable {
        var ok: Bool
        /// Why it does not work, without names of machines: nobody is asked who they are.
        var why: String?
    }

    enum Status: String, Encodable, Sendable {
        case ready
        case notReady = "not ready"
    }

    var status: Status
    var parts: [String: Part]

    init(parts: [String: Part]) {
        self.parts = parts
        status = parts.values.allSatisfy(\.ok) ? .ready : .notReady
    }
}

/// Tries the parts that a control plane cannot do without.
struct ReadinessChecks: Sendable {
    private let checks: [ReadinessCheck]

    init(ledger: Ledger, artifacts: ArtifactStore?) {
        let clock = ledger.clock
        var checks = [ReadinessCheck("ledger", clock: clock) { try await ledger.check() }]
        if let artifacts { checks.append(ReadinessCheck("artifact_store", clock: clock) { try await artifacts.check() }) }
        self.checks = checks
    }

    func run(_ logger: Logger) async -> Readiness {
        await withTaskGroup(of: (String, Readiness.Part).self) { group in
            for check in checks { group.addTask { (check.name, await check.run(logger)) } }
            return Readiness(parts: await group.reduce(into: [:]) { $0[$1.0] = $1.1 })
        }
    }
}
