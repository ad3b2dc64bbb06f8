import Foundation
import TestSupport
import Testing

@testable import RunnerHost

/// A machine as a process sees it: its own files in `/proc`, and hierarchies mounted below the test's directory.
private struct Machine {
    let directory = try! TemporaryDirectory()

    func groups(_ cgroup: String, _ mounts: [String]) throws -> ControlGroups {
        try directory.write("proc/cgroup", cgroup)
        let lines = mounts.enumerated().map { index, mount in
            // Optional fields, of which there may be any number, stand before the hyphen.
            let optional = ["", "shared:1 ", "shared:1 master:2 "][index % 3]
            return mount.replacing("HERE", with: directory.path).replacing(" - ", with: " \(optional)- ")
        }
        try directory.write("proc/mountinfo", (["22 1 8:1 / / rw - ext4 /dev/vda rw"] + lines).joined(separator: "\n") + "\n")
        return ControlGroups(process: directory.file("proc"))
    }

    func write(_ files: [String: String]) throws {
        for (name, content) in files { try directory.write(name, content + "\n") }
    }
}

@Suite("Control groups")
struct ControlGroupsTests {
    private static let version2 = "30 22 0:26 / HERE/cg rw - cgroup2 cgroup2 rw"
    private static let cpu1 = "31 22 0:27 / HERE/cpu rw,nosuid - cgroup cgroup rw,cpu,cpuacct"
    private static let memory1 = "32 22 0:28 / HERE/memory rw,nosuid - cgroup cgroup rw,memory"

    @Test("Of version 2 the tightest limit on the way up counts")
    func version2() throws {
        let machine = Machine()
        try machine.write([
            "cg/a/b/cpu.max": "max 100000", "cg/a/cpu.max": "150000 100000", "cg/a/b/memory.max": "max", "cg/a/memory.max": "2000000",
            "cg/a/b/memory.events": "low 0\nhigh 3\nmax 9\noom 2\noom_kill 1",
        ])
        let groups = try machine.groups("0::/a/b\n", [Self.version2])
        #expect(groups.processorQuota == 1.5)
        #expect(groups.memoryLimit?.bytes == 2_000_000 && groups.memoryLimit?.directory == machine.directory.file("cg/a"))
        #expect(groups.outOfMemoryCounter.flatMap(ControlGroups.outOfMemoryKills) == 1)
    }

    @Test("Of version 1 each controller has its own hierarchy")
    func version1() throws {
        let machine = Machine()
        try machine.write([
            "cpu/x/cpu.cfs_quota_us": "-1", "cpu/x/cpu.cfs_period_us": "100000", "cpu/cpu.cfs_quota_us": "400000",
            "cpu/cpu.cfs_period_us": "200000", "memory/y/z/memory.limit_in_bytes": "9223372036854771712",
            "memory/y/memory.limit_in_bytes": "4096000", "memory/y/z/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 7",
        ])
        let groups = try machine.groups("12:cpu,cpuacct:/x\n11:memory:/y/z\n1:name=systemd:/q\n0::/q\n", [Self.cpu1, Self.memory1, Self.version2])
        #expect(groups.processorQuota == 2)
        #expect(groups.memoryLimit?.bytes == 4_096_000)
        #expect(groups.outOfMemoryCounter.flatMap(ControlGroups.outOfMemoryKills) == 7)
    }

    @Test("Without limits there are none", arguments: ["", "0::/\n", "4:memory:/\n3:cpu:/\n0::/\n", "nonsense\n::\n"])
    func unlimited(cgroup: String) throws {
        let machine = Machine()
        try machine.write(["cg/cpu.max": "max 100000", "memory/memory.limit_in_bytes": "9223372036854771712"])
        let groups = try machine.groups(cgroup, [Self.version2, Self.cpu1, Self.memory1])
        #expect(groups.processorQuota == nil && groups.memoryLimit == nil && groups.outOfMemoryCounter == nil)
    }

    @Test("In a container the hierarchy begins at the container's own group, or what it is told of lies outside")
    func containers() throws {
        let machine = Machine()
        try machine.write(["my cg/cpu.max": "50000 100000", "my cg/sub/cpu.max": "30000 100000"])
        let mount = "30 22 0:26 /docker/abc HERE/my\\040cg rw - cgroup2 cgroup2 rw"
        #expect(try machine.groups("0::/docker/abc/sub\n", [mount]).processorQuota == 0.3)
        #expect(try machine.groups("0::/docker/abc\n", [mount]).processorQuota == 0.5)
        #expect(try machine.groups("0::/docker/abcdef\n", [mount]).processorQuota == 0.5)
        #expect(try machine.groups("0::/../..\n", [mount]).processorQuota == 0.5)
    }

    @Test("Slots are whole processors, at least one", arguments: [(8, nil, 8), (8, 2.5, 2), (8, 0.2, 1), (2, 1e12, 2), (1, 1.0, 1)])
    func processors(affinity: Int, quota: Double?, expected: Int) {
        #expect(MachineCapabilities.processors(affinity: affinity, quota: quota) == expected)
    }

    @Test("The processors that a runner may run on are its default for slots")
    func affinity() async throws {
        let end = try await Program.run("taskset", ["-c", "0", Repository.products + "/runner-host", "--check-config"])
        #expect(end.exitCode == 0, "\(end.errors)")
        #expect(end.outputLines.contains { $0.hasPrefix("max_concurrent_jobs: 1 ") && $0.hasSuffix("# default") }, "\(end.output)")
    }
}
