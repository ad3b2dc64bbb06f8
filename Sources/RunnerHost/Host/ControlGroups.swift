import FoundationEssentials

/// The control groups that this process is in, of both versions of cgroups(7), and what they allow it.
struct ControlGroups: Sendable {
    enum Controller: String, Sendable {
        case cpu, memory
    }

    /// The directories of a controller's group and of those that it is part of, innermost first.
    struct Path: Sendable {
        var directories: [String]
        var isVersion2: Bool
    }

    private let groups: String
    private let mounts: String

    /// - Parameter process: its directory in `/proc`.
    init(process: String = "/proc/self") {
        groups = Self.text("\(process)/cgroup") ?? ""
        mounts = Self.text("\(process)/mountinfo") ?? ""
    }

    /// How many processors' worth of time the process may use; nil without a limit.
    var processorQuota: Double? {
        guard let path = path(of: .cpu) else { return nil }
        return path.directories.compactMap { directory in
            if path.isVersion2 {
                let words = Self.words("\(directory)/cpu.max")
                guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 else { return nil }
                return quota / period
            }
            guard let quota = Self.number("\(directory)/cpu.cfs_quota_us"), quota > 0,
                let period = Self.number("\(directory)/cpu.cfs_period_us"), period > 0
            else { return nil }
            return Double(quota) / Double(period)
        }.min()
    }

    /// How much memory all processes of the group may have, in bytes, and which group says so; nil without a limit.
    var memoryLimit: (bytes: Int64, directory: String)? {
        guard let path = path(of: .memory) else { return nil }
        let name = path.isVersion2 ? "memory.max" : "memory.limit_in_bytes"
        return path.directories.compactMap { directory in
            // Without a limit version 1 gives the largest number of pages.
            Self.number("\(directory)/\(name)").flatMap { $0 < 1 << 60 ? ($0, directory) : nil }
        }.min { $0.0 < $1.0 }
    }

    /// The file that counts processes of the group which the kernel has ended for want of memory; nil if there is none.
    var outOfMemoryCounter: String? {
        guard let path = path(of: .memory), let own = path.directories.first else { return nil }
        let file = "\(own)/\(path.isVersion2 ? "memory.events" : "memory.oom_control")"
        return Self.outOfMemoryKills(in: file) == nil ? nil : file
    }

    /// What such a file says, or `/proc/vmstat` for the whole machine.
    static func outOfMemoryKills(in file: String) -> Int64? {
        text(file)?.split(separator: "\n").lazy.compactMap { line -> Int64? in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "oom_kill" ? Int64(words[1]) : nil
        }.first
    }

    /// nil if the controller is in no hierarchy that is mounted here.
    func path(of controller: Controller) -> Path? {
        var unified: Substring?
        for line in groups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[1].split(separator: ",").contains(controller.rawValue[...]) {
                return directories(of: fields[2]) { $0 == "cgroup" && $1.contains(controller.rawValue[...]) }
                    .map { Path(directories: $0, isVersion2: false) }
            }
            if fields[0] == "0" && fields[1].isEmpty { unified = fields[2] }
        }
        guard let unified else { return nil }
        return directories(of: unified) { type, _ in type == "cgroup2" }.map { Path(directories: $0, isVersion2: true) }
    }

    /// The group's directory where its hierarchy is mounted, and those above it.
    private func directories(of group: Substring, where isWanted: (_ type: Substring, _ options: [Substring]) -> Bool) -> [String]? {
        for line in mounts.split(separator: "\n") {
            // proc_pid_mountinfo(5): root and mount point are the fourth and fifth word, the rest follows a lone hyphen.
            let words = line.split(separator: " ")
            guard let hyphen = words.firstIndex(of: "-"), words.count > hyphen + 3, hyphen > 5,
                isWanted(words[hyphen + 1], words[hyphen + 3].split(separator: ","))
            else { continue }
            let root = Self.unescaped(words[3]), mountPoint = Self.unescaped(words[4])
            var relative = Self.unescaped(group).split(separator: "/")
            let above = root.split(separator: "/")
            // A container may see a part of the hierarchy only; what it is told of its place outside of that leads nowhere.
            relative = relative.starts(with: above) ? Array(relative.dropFirst(above.count)) : []
            return (0...relative.count).map { count in ([mountPoint[...]] + relative.dropLast(count)).joined(separator: "/") }
        }
        return nil
    }

    /// With `\040` and the like resolved.
    private static func unescaped(_ word: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8), rest.count >= 3 {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func words(_ path: String) -> [Substring] { text(path)?.split(whereSeparator: \.isWhitespace) ?? [] }

    private static func number(_ path: String) -> Int64? { words(path).first.flatMap { Int64($0) } }
}
