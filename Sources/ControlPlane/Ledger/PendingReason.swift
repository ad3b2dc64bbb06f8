import FoundationEssentials
import LynxModel

/// A runner as far as it matters to jobs that wait.
struct PoolRunner: Hashable, Sendable {
    var runnerID: String
    var name: String
    var abilities: RunnerAbilities
    var lastHeartbeatAt: Instant
    var isOnline: Bool
    var isDrained = false
    /// Why it is in quarantine.
    var quarantine: String?
    /// The runner's engines, as of its last heartbeat.
    var engines: [RunnerEngine] = []
    /// The jobs it has.
    var jobs = 0

    /// What keeps it from starting jobs of a route; nil if nothing does.
    func trouble(with route: String) -> EngineTrouble? {
        let type: String
        switch JobRoute(text: route).uncontained {
        case .type(let name), .bundle(let name): type = name
        case .scenario(let name):
            let scenario = abilities.offer.scenarios.first { $0.name == name }
            if let reason = scenario?.trouble { return EngineTrouble(since: Date(instant: lastHeartbeatAt), reason: reason) }
            type = scenario?.engine ?? name
        case .container: return nil
        }
        return (engines.count == 1 ? engines.first : engines.first { $0.id == type })?.trouble
    }

    var slots: Int { abilities.capabilities.maxConcurrentJobs }
    var freeSlots: Int { max(0, slots - jobs) }
}

/// Why the jobs of a batch that wait are waiting.
struct PendingReason: Hashable, Sendable {
    /// No registered runner could ever take them.
    var isForEver = false
    var text: String

    /// - Returns: nil if the next runner that asks gets one of them.
    init?(_ batch: BatchRecord, pool: [PoolRunner], onlyBatch: String? = nil) {
        guard batch.counts.pending > 0 else { return nil }
        if let obstacle = batch.terms.requirement.obstacle(among: pool.map(\.abilities)) {
            isForEver = true
            text = obstacle
            return
        }
        let fitting = pool.filter { batch.terms.requirement.isMet($0.abilities) }
        let willing = fitting.filter { $0.isOnline && !$0.isDrained && $0.quarantine == nil && $0.trouble(with: batch.terms.requirement.type) == nil }
        if let onlyBatch, onlyBatch != batch.batchID {
            text = "this control plane hands out only jobs of batch '\(onlyBatch)'"
        } else if willing.isEmpty {
            text = Self.absence(fitting, batch.terms.requirement.type)
        } else if let limit = batch.terms.maxParallelJobs, batch.counts.active >= limit {
            text = "\(limit) of its jobs run, as many as max_parallel_jobs allows"
        } else if willing.allSatisfy({ $0.freeSlots == 0 }) {
            let slots = willing.reduce(0) { $0 + $1.slots }
            let names = willing.count == 1 ? "runner '\(willing[0].name)'" : "the \(willing.count) runners that could take them"
            text = slots == 1 ? "the slot of \(names) is taken" : "all \(slots) slots of \(names) are taken"
        } else {
            return nil
        }
    }

    /// Why none of the runners that could take the jobs does, and what would change that.
    private static func absence(_ fitting: [PoolRunner], _ type: String) -> String {
        if fitting.count == 1 {
            let runner = fitting[0]
            let only = "runner '\(runner.name)', the only one that could take them,"
            if let trouble = trouble(runner, type) { return "\(only) \(trouble)" }
            if let why = state(runner, type) { return "\(only) \(why); 'lynxctl runner resume \(runner.runnerID)' lets it take jobs" }
            return "\(only) is offline; it was last heard of at \(WireJSON.timestamp(Date(instant: runner.lastHeartbeatAt)))"
        }
        let held = fitting.filter(\.isOnline)
        if held.isEmpty {
            let last = fitting.max { $0.lastHeartbeatAt < $1.lastHeartbeatAt }!
            return "all \(fitting.count) runners that could take them are offline; the last heard of was '\(last.name)', at "
                + WireJSON.timestamp(Date(instant: last.lastHeartbeatAt))
        }
        let offline = fitting.count - held.count
        let states = (offline > 0 ? ["\(offline) offline"] : []) + held.prefix(3).map { "'\($0.name)' \(state($0, type) ?? "")" }
            + (held.count > 3 ? ["\(held.count - 3) more likewise"] : [])
        return "none of the \(fitting.count) runners that could take them takes jobs: \(states.joined(separator: ", ")); "
            + "'lynxctl runner resume RUNNER_ID' lets one take jobs"
    }

    /// Nil of a runner that is offline.
    private static func state(_ runner: PoolRunner, _ type: String) -> String? {
        guard runner.isOnline else { return nil }
        return runner.quarantine.map { "is in quarantine (\($0))" } ?? trouble(runner, type) ?? "is drained"
    }

    /// What it says of itself, and what ends that; nil of one that has something else against it.
    private static func trouble(_ runner: PoolRunner, _ type: String) -> String? {
        guard runner.isOnline, runner.quarantine == nil, !runner.isDrained, let trouble = runner.trouble(with: type) else { return nil }
        let since = WireJSON.timestamp(trouble.since)
        if let retryAt = trouble.retryAt { return "pauses since \(since) (\(trouble.reason)), and tries again at \(WireJSON.timestamp(retryAt))" }
        return "starts no jobs since \(since) (\(trouble.reason)), and does again when that is done"
    }
}

extension Ledger {
    /// A batch as users see it.
    func overview(of batch: BatchRecord, hasNominal: Bool, _ connection: any LedgerConnection, now: Instant) throws -> BatchOverview {
        let reason = try pendingReason(of: batch, connection, now: now)
        return BatchOverview(
            batch: try connection.model(of: batch), jobsByStatus: batch.counts.byStatus, unroutable: reason.flatMap { $0.isForEver ? $0.text : nil },
            pendingReason: reason?.text, storageProblem: room.problem,
            nominalRun: hasNominal ? batch.total - 1 : nil)
    }

    func pendingReason(of batch: BatchRecord, _ connection: any LedgerConnection, now: Instant) throws -> PendingReason? {
        guard batch.counts.pending > 0 else { return nil }
        return PendingReason(batch, pool: try connection.pool(of: batch.tenant, now: now, policy: policy), onlyBatch: onlyBatch)
    }
}

extension LedgerConnection {
    fileprivate func pool(of tenant: String, now: Instant, policy: LedgerPolicy) throws -> [PoolRunner] {
        try rows(SQL.pool, [.text(tenant)]).map { row in
            let heard = try row.instant("last_heartbeat_at") ?? 0
            return PoolRunner(
                runnerID: try row.text("runner_id"), name: try row.text("name"),
                abilities: RunnerAbilities(
                    capabilities: try WireJSON.decode(RunnerCapabilities.self, from: Data(try row.text("capabilities").utf8)),
                    offer: try RunnerOffer(row)),
                lastHeartbeatAt: heard, isOnline: try row.instant("left_at") == nil && now - heard <= policy.leaseMilliseconds,
                isDrained: try row.bool("drained"),
                quarantine: try row.instant("quarantined_at").map { _ in try row.optionalText("quarantine_reason") ?? "" },
                engines: try WireJSON.decode([RunnerEngine].self, from: Data(try row.text("engines").utf8)), jobs: try row.int("jobs"))
        }
    }
}
