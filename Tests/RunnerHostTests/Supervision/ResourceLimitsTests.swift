import Glibc
import Testing

@testable import RunnerHost

@Suite("An end for want of something")
struct ResourceLimitsTests {
    private func exit(code: Int32? = nil, signal: Int32? = nil, message: String = "") -> EngineJob.Exit {
        EngineJob.Exit(
            exitCode: code, exitSignal: signal, success: code == 0, retryable: true, maxRSSBytes: 1_930_000_000, message: message,
            isSimulatorFault: false)
    }

    private func finding(
        _ exit: EngineJob.Exit, wasKilled: Bool = false, kills: Int64 = 0, limits: [(resource: ResourceLimits.Resource, value: String)] = []
    ) -> ResourceLimits.Finding {
        ResourceLimits.finding(exit, wasKilled: wasKilled, kills: kills, memory: "the machine has 2.0 GB", limits: limits)
    }

    @Test("A kill by the kernel is told from one by the host, and from one by somebody else")
    func kills() {
        #expect(
            finding(exit(signal: SIGKILL), kills: 1).cause
                == "out of memory: the kernel ended it by signal 9; its peak was 1.9 GB resident, and the machine has 2.0 GB")
        #expect(finding(exit(signal: SIGKILL), wasKilled: true).cause == nil)
        #expect(finding(exit(signal: SIGKILL)) == ResourceLimits.Finding())
        #expect(
            finding(exit(signal: SIGKILL), limits: [(.processorTime, "10 s"), (.fileSize, "1.0 kB")]).cause
                == "ended by signal 9 (Killed), by another process or as RLIMIT_CPU is 10 s")
    }

    @Test("A part of the simulation that the kernel ended is named, whatever the whole made of it", arguments: [0, 1] as [Int32])
    func parts(code: Int32) {
        #expect(
            finding(exit(code: code), kills: 2)
                == .init(
                    warning:
                        "out of memory: while it ran the kernel ended 2 processes of this runner's jobs; its peak was 1.9 GB resident, and the machine has 2.0 GB"
                ))
    }

    @Test("Limits of the user's are named with their values")
    func limits() {
        #expect(
            finding(exit(signal: SIGXCPU), limits: [(.processorTime, "10 s")]).cause
                == "ended by signal 24 (CPU time limit exceeded): RLIMIT_CPU is 10 s")
        #expect(
            finding(exit(signal: SIGXFSZ), limits: [(.fileSize, "1.0 kB")]).cause
                == "ended by signal 25 (File size limit exceeded): RLIMIT_FSIZE is 1.0 kB")
        #expect(
            finding(exit(code: 1, message: "exit code 1: MemoryError"), limits: [(.addressSpace, "4.0 GB"), (.fileSize, "1.0 kB")]).warning
                == "out of memory, as it reports itself; its peak was 1.9 GB resident, and RLIMIT_AS is 4.0 GB")
        #expect(finding(exit(code: 1, message: "exit code 1: ValueError"), limits: [(.addressSpace, "4.0 GB")]) == .init())
    }

    @Test("Core files that overwrite each other are told of, and others are not")
    func corePatterns() {
        #expect(CorePattern.warning(pattern: "core\n", usesPID: false)?.contains("'core'") == true)
        #expect(CorePattern.warning(pattern: "core\n", usesPID: true) == nil)
        #expect(CorePattern.warning(pattern: "/var/core/%e.%p\n", usesPID: false) == nil)
        #expect(CorePattern.warning(pattern: "/var/core/%e\n", usesPID: false) != nil)
        #expect(CorePattern.warning(pattern: "|/lib/systemd/systemd-coredump %P\n", usesPID: false) == nil)
    }
}
