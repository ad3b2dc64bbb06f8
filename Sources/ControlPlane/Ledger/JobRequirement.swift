import FoundationEssentials
import LynxModel

/// What a batch's jobs ask of the runner that takes them.
struct JobRequirement: Hashable, Sendable {
    var type: String
    var cores = 0.0
    var memoryGB = 0.0
    var gpu = false

    init(type: String, cores: Double = 0, memoryGB: Double = 0, gpu: Bool = false) {
        self.type = type
        self.cores = cores
        self.memoryGB = memoryGB
        self.gpu = gpu
    }

    init(_ config: BatchConfig) {
        let container = config.compute.container
        self.init(
            type: config.simulation.type, cores: container?.cpuRequest.flatMap(ResourceQuantity.cores) ?? 0,
            memoryGB: container?.memoryRequest.flatMap(ResourceQuantity.gigabytes) ?? 0, gpu: config.compute.gpu ?? false)
    }

    init(_ row: LedgerRow) throws {
        self.init(
            type: try row.text("simulation_type"), cores: try row.double("cpu_request"),
            memoryGB: try row.double("memory_request_gb"), gpu: try row.bool("gpu_request"))
    }

    /// Why none of a tenant's runners could ever take such a job, by the one that comes nearest; nil if one could.
    func obstacle(among runners: [RunnerCapabilities]) -> String? {
        if runners.isEmpty { return "no runner is registered" }
        let able = runners.filter { $0.supportedSimulationTypes.contains(type) }
        if able.isEmpty {
            let types = Set(runners.flatMap(\.supportedSimulationTypes)).sorted().prefix(20)
            return "no registered runner runs simulation type '\(type)'; registered: \(types.isEmpty ? "none" : types.joined(separator: ", "))"
        }
        if able.contains(where: isMet) { return nil }
        let nearest = able.min { misses($0).count < misses($1).count }!
        let wanting = misses(nearest)
        return "no registered runner for '\(type)' has \(wanting.map(\.wanted).joined(separator: " and ")); the nearest has \(wanting.map(\.found).joined(separator: " and "))"
            + (wanting.count < asked ? ", with all else that is asked for" : "")
    }

    /// Why none of those that could take such a job does so now, and what would end that; nil if one does.
    func obstacleNow(among runners: [RunnerRecord], now: Instant, policy: LedgerPolicy) -> String? {
        var reasons: [String] = []
        for runner in runners where runner.capabilities.supportedSimulationTypes.contains(type) && isMet(runner.capabilities) {
            guard let reason = runner.obstacle(to: type, now: now, policy: policy) else { return nil }
            reasons.append(reason)
        }
        let told = reasons.prefix(Self.mostTold).joined(separator: "; ")
        return reasons.count > Self.mostTold ? "\(told); and \(reasons.count - Self.mostTold) more runners" : told
    }

    private static let mostTold = 3

    private var asked: Int { (cores > 0 ? 1 : 0) + (memoryGB > 0 ? 1 : 0) + (gpu ? 1 : 0) }

    private func isMet(_ runner: RunnerCapabilities) -> Bool { misses(runner).isEmpty }

    private func misses(_ runner: RunnerCapabilities) -> [(wanted: String, found: String)] {
        var misses: [(String, String)] = []
        if Double(runner.cpuCores) < cores { misses.append(("\(Self.short(cores)) CPU cores", "\(runner.cpuCores) CPU cores")) }
        if runner.memoryGB < memoryGB { misses.append(("\(Self.short(memoryGB)) GB of memory", "\(Self.short(runner.memoryGB)) GB of memory")) }
        if gpu, !runner.gpuAvailable { misses.append(("a GPU", "no GPU")) }
        return misses
    }

    private static func short(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : String(rounded)
    }
}

extension RunnerRecord {
    /// Why it takes no jobs of a type now, and what ends that.
    fileprivate func obstacle(to type: String, now: Instant, policy: LedgerPolicy) -> String? {
        let who = name.isEmpty || name == runnerID ? "runner \(runnerID)" : "runner \(name) (\(runnerID))"
        if isOffline(now, policy) { return "\(who) is offline, last heard of \(WireJSON.timestamp(Date(instant: lastHeartbeatAt))); start it again" }
        if let quarantine {
            return
                "\(who) is in quarantine since \(WireJSON.timestamp(quarantine.since)): \(quarantine.reason); when that is mended, 'lynxctl runner resume \(runnerID)' ends it"
        }
        if drained { return "\(who) is drained; 'lynxctl runner resume \(runnerID)' ends that" }
        guard let trouble = trouble(with: type) else { return nil }
        let since = WireJSON.timestamp(trouble.since)
        if let retryAt = trouble.retryAt { return "\(who) pauses since \(since): \(trouble.reason); it tries again at \(WireJSON.timestamp(retryAt))" }
        return "\(who) takes no jobs since \(since): \(trouble.reason); it takes jobs again when that is done"
    }
}

extension LedgerConnection {
    /// Why a batch's waiting jobs wait for nothing; nil if they don't, or if none waits.
    func obstacle(to batch: BatchRecord, now: Instant, policy: LedgerPolicy) throws -> String? {
        guard batch.counts.pending > 0 else { return nil }
        let runners = try rows(SQL.runnersOfTenant, [.text(batch.tenant)]).map { try RunnerRecord($0) }
        return batch.requirement.obstacle(among: runners.map(\.capabilities))
            ?? batch.requirement.obstacleNow(among: runners, now: now, policy: policy)
    }
}
