import FoundationEssentials
import Glibc
import LynxModel

/// What this machine has, as the control plane is told.
enum MachineCapabilities {
    static func read(_ configuration: RunnerConfiguration, _ engines: [EngineLibrary]) -> RunnerCapabilities {
        let pages = Double(sysconf(Int32(_SC_PHYS_PAGES))), pageSize = Double(sysconf(Int32(_SC_PAGESIZE)))
        var types = engines.map(\.id)
        types += configuration.capabilities.filter { !types.contains($0) }
        return RunnerCapabilities(
            maxConcurrentJobs: configuration.maxConcurrentJobs, cpuCores: processors,
            memoryGB: (pages * pageSize / 1e9 * 10).rounded() / 10, gpuAvailable: hasGPU, supportedSimulationTypes: types)
    }

    /// Its name, and what is new at each start of its kernel: copies of a machine's disk have the same files.
    static var identity: String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0, let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        else { return nil }
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(host)/\(boot.filter { !$0.isWhitespace })"
    }

    static var processors: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// A device node of one of the drivers that simulations compute with.
    private static var hasGPU: Bool {
        ["/dev/nvidia0", "/dev/kfd", "/dev/dri/renderD128"].contains { (path: String) in access(path, F_OK) == 0 }
    }
}
