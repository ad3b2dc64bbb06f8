import FoundationEssentials
import LynxModel

/// What a batch's jobs ask of the runner that takes them.
struct JobRequirement: Hashable, Sendable {
    /// The text of a `JobRoute`.
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
            type: config.route.text, cores: container?.cpuRequest.flatMap(ResourceQuantity.cores) ?? 0,
            memoryGB: container?.memoryRequest.flatMap(ResourceQuantity.gigabytes) ?? 0, gpu: config.compute.gpu ?? false)
    }

    /// Why none of a tenant's runners could ever take such a job, by the one that comes nearest; nil if one could.
    func obstacle(among runners: [RunnerAbilities]) -> String? {
        if runners.isEmpty { return "no runner is registered" }
        let able = runners.filter { $0.runs(type) }
        if able.isEmpty { return JobRoute(text: type).obstacle(among: runners) }
        if able.contains(where: isMet) { return nil }
        let nearest = able.min { misses($0.capabilities).count < misses($1.capabilities).count }!
        let wanting = misses(nearest.capabilities)
        return
            "no registered runner for '\(JobRoute(text: type).uncontained.text)' has \(wanting.map(\.wanted).joined(separator: " and ")); the nearest has \(wanting.map(\.found).joined(separator: " and "))"
            + (wanting.count < asked ? ", with all else that is asked for" : "")
    }

    private var asked: Int { (cores > 0 ? 1 : 0) + (memoryGB > 0 ? 1 : 0) + (gpu ? 1 : 0) }

    func isMet(_ runner: RunnerAbilities) -> Bool { runner.runs(type) && misses(runner.capabilities).isEmpty }

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
