import Glibc

/// Determines whether a simulation ended because memory or another resource limit of its user was exhausted.
struct ResourceLimits: Sendable {
    private let before: Int64?

    /// Records the counters; to be called before the simulation is launched.
    init() { before = Self.outOfMemoryKills }

    /// How limits contributed to an attempt's end.
    struct Finding: Equatable, Sendable {
        /// The replacement for the message's first line; nil keeps it.
        var cause: String?
        /// A warning for the result; nil if there is none.
        var warning: String?
    }

    /// - Parameter wasKilled: whether the host itself ended the simulation.
    func finding(_ exit: EngineJob.Exit, wasKilled: Bool, _ ending: ConfinedAttempt.Ending = ConfinedAttempt.Ending()) -> Finding {
        if ending.isOutOfMemory { return Self.finding(exit, wasKilled: wasKilled, overItsOwnLimit: ending) }
        if ending.wasKilledInside, !wasKilled, let limit = ending.limitBytes {
            let text = "ended by signal 9 in its container; it may have taken more memory than its limit of \(Self.bytes(limit)), "
            return Finding(cause: text + "compute.container.memory_request of the batch")
        }
        let kills = max(0, (Self.outOfMemoryKills ?? 0) - (before ?? 0))
        return Self.finding(exit, wasKilled: wasKilled, kills: before == nil ? 0 : kills, memory: Self.memory, limits: Self.limits)
    }

    /// - Parameter ending: of an attempt that had a limit of its own.
    static func finding(_ exit: EngineJob.Exit, wasKilled: Bool, overItsOwnLimit ending: ConfinedAttempt.Ending) -> Finding {
        let peak = (ending.peakBytes ?? exit.maxRSSBytes).map { "its peak was \(bytes($0))" } ?? "its peak is not known"
        let limit =
            ending.limitBytes.map { "the limit is \(bytes($0)), compute.container.memory_request of the batch" }
            ?? "it has no limit of its own"
        let text = "\(peak), and \(limit)"
        if exit.success || wasKilled { return Finding(warning: "out of memory: while it ran the kernel ended one of its processes; \(text)") }
        return Finding(cause: "out of memory: the kernel ended it; \(text)")
    }

    static func finding(
        _ exit: EngineJob.Exit, wasKilled: Bool, kills: Int64, memory: @autoclosure () -> String,
        limits: @autoclosure () -> [(resource: Resource, value: String)]
    ) -> Finding {
        let peak = exit.maxRSSBytes.map { "its peak was \(bytes($0)) resident" } ?? "its peak is not known"
        func limit(_ resources: Resource...) -> String? {
            let found = limits().filter { resources.contains($0.resource) }.map { "\($0.resource.rawValue) is \($0.value)" }
            return found.isEmpty ? nil : found.joined(separator: ", ")
        }
        if exit.exitSignal == SIGKILL && !wasKilled {
            if kills > 0 { return Finding(cause: "out of memory: the kernel ended it by signal 9; \(peak), and \(memory())") }
            // At the hard limit the kernel sends SIGKILL without an earlier signal.
            return Finding(cause: limit(.processorTime).map { "ended by signal 9 (Killed), by another process or as \($0)" })
        }
        var finding = Finding()
        if kills > 0 {
            let processes = kills == 1 ? "1 process" : "\(kills) processes"
            finding.warning = "out of memory: while it ran the kernel ended \(processes) of this runner's jobs; \(peak), and \(memory())"
        }
        guard !exit.success, !wasKilled else { return finding }
        switch exit.exitSignal {
        case SIGXCPU: finding.cause = limit(.processorTime).map { "ended by signal \(SIGXCPU) (CPU time limit exceeded): \($0)" }
        case SIGXFSZ: finding.cause = limit(.fileSize).map { "ended by signal \(SIGXFSZ) (File size limit exceeded): \($0)" }
        default:
            // These are the messages of allocators and languages when memory runs out.
            let words = ["MemoryError", "bad_alloc", "Cannot allocate memory", "out of memory", "Out of memory", "OutOfMemory"]
            if words.contains(where: exit.message.contains) {
                finding.warning = finding.warning ?? "out of memory, as it reports itself; \(peak), and \(limit(.addressSpace, .data) ?? memory())"
            }
        }
        return finding
    }

    /// A limit of setrlimit(2) that ends simulations.
    enum Resource: String, Sendable {
        case processorTime = "RLIMIT_CPU"
        case fileSize = "RLIMIT_FSIZE"
        case addressSpace = "RLIMIT_AS"
        case data = "RLIMIT_DATA"
    }

    /// The limits of this process, which its children inherit.
    private static var limits: [(resource: Resource, value: String)] {
        let all: [(Resource, __rlimit_resource)] = [
            (.processorTime, RLIMIT_CPU), (.fileSize, RLIMIT_FSIZE), (.addressSpace, RLIMIT_AS), (.data, RLIMIT_DATA),
        ]
        return all.compactMap { resource, number in
            var limit = rlimit()
            guard getrlimit(__rlimit_resource_t(number.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int64.max) else { return nil }
            return (resource, resource == .processorTime ? "\(limit.rlim_cur) s" : bytes(Int64(limit.rlim_cur)))
        }
    }

    /// The memory limit in words.
    private static var memory: String {
        let groups = ControlGroups()
        guard let limit = groups.memoryLimit, limit.bytes < MachineCapabilities.physicalMemoryBytes else {
            return "the machine has \(bytes(MachineCapabilities.physicalMemoryBytes))"
        }
        return "the limit for all jobs of the runner together is \(bytes(limit.bytes)), of the control group \(limit.directory)"
    }

    private static var outOfMemoryKills: Int64? { ControlGroups.outOfMemoryKills(in: counter) }

    /// The counter of this process's control group or, if that has none, of the whole machine.
    private static let counter = ControlGroups().outOfMemoryCounter ?? "/proc/vmstat"

    private static func bytes(_ count: Int64) -> String {
        let units: [(Double, String)] = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
        guard let (size, unit) = units.first(where: { Double(count) >= $0.0 }) else { return "\(count) B" }
        let tenths = (Double(count) / size * 10).rounded() / 10
        return "\(tenths) \(unit)"
    }
}
