import CLinux
import FoundationEssentials
import Glibc
import LynxModel

/// What this machine has, as far as this process may use it, as the control plane is told.
enum MachineCapabilities {
    static func read(_ configuration: RunnerConfiguration, _ engines: [EngineLibrary]) -> RunnerCapabilities {
        var types = engines.map(\.id)
        types += configuration.capabilities.filter { !types.contains($0) }
        return RunnerCapabilities(
            maxConcurrentJobs: configuration.maxConcurrentJobs, cpuCores: processors,
            memoryGB: (Double(memoryBytes) / 1e9 * 10).rounded() / 10, gpuAvailable: hasGPU, supportedSimulationTypes: types)
    }

    /// Its name, and what is new at each start of its kernel: copies of a machine's disk have the same files.
    static var identity: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0, let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host)/\(boot.filter { !$0.isWhitespace })"
    }

    /// How many processors there are for this process: those it may run on (`taskset`, cpusets), and no more than its control
    /// groups give it the time of, in whole processors.
    static var processors: Int { processors(affinity: affinity, quota: ControlGroups().processorQuota) }

    static func processors(affinity: Int, quota: Double?) -> Int {
        max(1, min(affinity, quota.map { Int(min($0, Double(affinity))) } ?? affinity))
    }

    /// The machine's memory, or what the control groups leave of it.
    static var memoryBytes: Int64 { min(physicalMemoryBytes, ControlGroups().memoryLimit?.bytes ?? .max) }

    static var physicalMemoryBytes: Int64 { Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))) }

    private static var affinity: Int {
        let count = lynx_processor_count()
        return max(1, count > 0 ? Int(count) : sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// A device node of one of the drivers that simulations compute with.
    private static var hasGPU: Bool {
        ["/dev/nvidia0", "/dev/kfd", "/dev/dri/renderD128"].contains { (path: String) in access(path, F_OK) == 0 }
    }
}
