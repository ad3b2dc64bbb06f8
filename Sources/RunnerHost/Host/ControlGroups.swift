import FoundationEssentials

/// The control groups of this process, of both versions of cgroups(7), and their limits.
struct ControlGroups: Sendable {
    enum Controller: String, Sendable {
        case cpu, memory
    }

    /// The directories of a controller's group and its ancestors, innermost first.
    struct Path: Sendable {
        var directories: [String]
        var isVersion2: Bool
    }

    private let groups: String
    private let mounts: String

    /// - Parameter process: the process's directory in `/proc`.
    init(process: String = "/proc/self") {
        groups = Self.text("\(process)/cgroup") ?? ""
        mounts = Self.text("\(process)/mountinfo") ?? ""
    }

    /// The processor time that the process may use, in processors; nil without a limit.
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

    /// The memory limit of all processes of the group in bytes, and the directory of the group that sets it; nil without a
    /// limit.
    var memoryLimit: (bytes: Int64, directory: String)? {
        guard let path = path(of: .memory) else { return nil }
        let name = path.isVersion2 ? "memory.max" : "memory.limit_in_bytes"
        return path.directories.compactMap { directory in
            // Without a limit, version 1 reports the largest number of pages.
            Self.number("\(directory)/\(name)").flatMap { $0 < 1 << 60 ? ($0, directory) : nil }
        }.min { $0.0 < $1.0 }
    }

    /// The file that counts the group's processes that the kernel killed because memory ran out; nil if there is none.
    var outOfMemoryCounter: String? {
        guard let path = path(of: .memory), let own = path.directories.first else { return nil }
        let file = "\(own)/\(path.isVersion2 ? "memory.events" : "memory.oom_control")"
        return Self.outOfMemoryKills(in: file) == nil ? nil : file
    }

    /// The count in such a file, or in `/proc/vmstat` for the whole machine.
    static func outOfMemoryKills(in file: String) -> Int64? {
        text(file)?.split(separator: "\n").lazy.compactMap { line -> Int64? in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "oom_kill" ? Int64(words[1]) : nil
        }.first
    }

    /// Nil if the controller is in no hierarchy that is mounted here.
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

    /// The group's directory in its mounted hierarchy, and the directories above it.
    private func directories(of group: Substring, where isWanted: (_ type: Substring, _ options: [Substring]) -> Bool) -> [String]? {
        for line in mounts.split(separator: "\n") {
            // In proc_pid_mountinfo(5) root and mount point are the fourth and fifth field; the file system's type follows a
            // lone hyphen.
            let words = line.split(separator: " ")
            guard let hyphen = words.firstIndex(of: "-"), words.count > hyphen + 3, hyphen > 5,
                isWanted(words[hyphen + 1], words[hyphen + 3].split(separator: ","))
            else { continue }
            let root = Self.unescaped(words[3]), mountPoint = Self.unescaped(words[4])
            var relative = Self.unescaped(group).split(separator: "/")
            let above = root.split(separator: "/")
            // A container may see only a part of the hierarchy; the part of its path outside of that does not exist here.
            relative = relative.starts(with: above) ? Array(relative.dropFirst(above.count)) : []
            return (0...relative.count).map { count in ([mountPoint[...]] + relative.dropLast(count)).joined(separator: "/") }
        }
        return nil
    }

    /// The field with escapes such as `\040` resolved.
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
