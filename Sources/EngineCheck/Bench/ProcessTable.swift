import CLinux
import Glibc
import Support

/// What the kernel says of processes, this one among them.
enum ProcessTable {
    struct Entry: Hashable, Sendable {
        var pid: Int32
        var parent: Int32
        var group: Int32
        var session: Int32
        var state: UInt8
        /// When it began, in clock ticks since boot: with the pid it names a process for good.
        var began: UInt64

        var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }
    }

    static func entry(_ pid: Int32) -> Entry? {
        guard let bytes = WholeFile.read("/proc/\(pid)/stat"), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = String(decoding: bytes[(end + 2)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, let state = fields[0].utf8.first else { return nil }
        return Entry(
            pid: pid, parent: Int32(fields[1]) ?? 0, group: Int32(fields[2]) ?? 0, session: Int32(fields[3]) ?? 0, state: state,
            began: UInt64(fields[19]) ?? 0)
    }

    /// All processes that descend from this one.
    static func descendants() -> Set<Entry> {
        let all = Directory.visibleNames(in: "/proc").compactMap { Int32($0) }.compactMap { entry($0) }
        let children = Dictionary(grouping: all, by: \.parent)
        var found: Set<Entry> = [], open = children[getpid()] ?? []
        while let next = open.popLast() {
            found.insert(next)
            open += children[next.pid] ?? []
        }
        return found
    }

    /// Whether the same process still runs.
    static func isRunning(_ process: Entry) -> Bool {
        guard let now = entry(process.pid), now.began == process.began else { return false }
        return !now.isZombie
    }

    /// Whether a process has a text in its environment.
    static func environment(of pid: Int32, contains text: String) -> Bool {
        let environment = WholeFile.read("/proc/\(pid)/environ") ?? [], wanted = Array(text.utf8)
        return lynx_contains(environment, environment.count, wanted, wanted.count) == 1
    }

    static func command(of pid: Int32) -> String {
        let words = (WholeFile.read("/proc/\(pid)/cmdline") ?? []).prefix(120).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words.isEmpty ? "process \(pid)" : "\(words.joined(separator: " ")) (pid \(pid))"
    }

    /// The open descriptors of this process, each with what it leads to.
    static func descriptors() -> [Int32: String] {
        var found: [Int32: String] = [:]
        for name in Directory.visibleNames(in: "/proc/self/fd") {
            guard let number = Int32(name) else { continue }
            var buffer = [UInt8](repeating: 0, count: 512)
            let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/fd/\(name)", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
            // The listing's own descriptor is gone by now.
            if count > 0 { found[number] = String(decoding: buffer[..<count], as: UTF8.self) }
        }
        return found
    }

    /// The processor time of this process and of others, in nanoseconds. Those that are gone do not count.
    static func processorTime(with others: Set<Int32>) -> Int64 {
        var own = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own)
        return others.reduce(Int64(own.tv_sec) * 1_000_000_000 + Int64(own.tv_nsec)) { sum, pid in
            let text = String(decoding: WholeFile.read("/proc/\(pid)/schedstat") ?? [], as: UTF8.self)
            return sum + (text.split(separator: " ").first.flatMap { Int64($0) } ?? 0)
        }
    }

    static var threads: Int { Directory.visibleNames(in: "/proc/self/task").count }

    /// Memory of this process that is not shared with files, in bytes.
    static func ownMemory(of pid: Int32) -> Int64 {
        let fields = String(decoding: WholeFile.read("/proc/\(pid)/statm") ?? [], as: UTF8.self).split(separator: " ").map { Int64($0) ?? 0 }
        return fields.count > 2 ? (fields[1] - fields[2]) * Int64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The size of this process's address space in bytes.
    static var addressSpace: UInt64 {
        let text = String(decoding: WholeFile.read("/proc/self/statm") ?? [], as: UTF8.self)
        return (text.split(separator: " ").first.flatMap { UInt64($0) } ?? 0) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }
}
