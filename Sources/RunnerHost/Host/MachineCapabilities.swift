import CLinux
import FoundationEssentials
import Glibc
import LynxModel

/// The resources of this machine that this process may use, as reported to the control plane.
enum MachineCapabilities {
    static func read(_ configuration: RunnerConfiguration, _ engines: [EngineLibrary]) -> RunnerCapabilities {
        var types = engines.map(\.id)
        types += configuration.capabilities.filter { !types.contains($0) }
        return RunnerCapabilities(
            maxConcurrentJobs: configuration.maxConcurrentJobs, cpuCores: processors,
            memoryGB: (Double(memoryBytes) / 1e9 * 10).rounded() / 10, gpuAvailable: hasGPU, supportedSimulationTypes: types)
    }

    /// The machine's name and an id that changes with each boot, as copies of a machine's disk contain the same files.
    static var identity: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0, let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host)/\(boot.filter { !$0.isWhitespace })"
    }

    /// The number of processors for this process: those of its affinity (`taskset`, cpusets), limited to the whole processors'
    /// worth of time that its control groups allow.
    static var processors: Int { processors(affinity: affinity, quota: ControlGroups().processorQuota) }

    static func processors(affinity: Int, quota: Double?) -> Int {
        max(1, min(affinity, quota.map { Int(min($0, Double(affinity))) } ?? affinity))
    }

    /// The machine's memory in bytes, or the control groups' limit if that is lower.
    static var memoryBytes: Int64 { min(physicalMemoryBytes, ControlGroups().memoryLimit?.bytes ?? .max) }

    static var physicalMemoryBytes: Int64 { Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE))) }

    private static var affinity: Int {
        let count = lynx_processor_count()
        return max(1, count > 0 ? Int(count) : sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// Whether there is a device node of a driver that simulations compute with.
    private static var hasGPU: Bool {
        ["/dev/nvidia0", "/dev/kfd", "/dev/dri/renderD128"].contains { (path: String) in access(path, F_OK) == 0 }
    }
}

/// The place where the kernel writes core files: core(5).
enum CorePattern {
    /// A warning if several simulations would share a core file; nil if each has its own.
    static func warning() -> String? {
        warning(
            pattern: ControlGroups.text("/proc/sys/kernel/core_pattern") ?? "core",
            usesPID: ControlGroups.text("/proc/sys/kernel/core_uses_pid")?.first == "1")
    }

    static func warning(pattern: String, usesPID: Bool) -> String? {
        // `|` passes the core to a program; the other patterns differ between processes or threads.
        if pattern.hasPrefix("|") || usesPID || ["%p", "%P", "%i", "%I", "%t"].contains(where: pattern.contains) { return nil }
        let name = pattern.split(whereSeparator: \.isNewline).first ?? ""
        return
            "core_files is true, and the kernel gives all core files the same name, '\(name)': those of several simulations overwrite each other; set kernel.core_pattern to one with %p"
    }
}
