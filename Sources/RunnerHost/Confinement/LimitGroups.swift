import Glibc
import Support
import Synchronization

/// Control groups in which each simulation has limits of memory and processor time, in the hierarchies of either version that this
/// process may write to.
final class LimitGroups: Sendable {
    /// The groups of one attempt.
    struct Group: Hashable, Sendable {
        /// Those of the controllers in use; one and the same in version 2.
        var directories: [String]
        fileprivate var memory: String?
        fileprivate var isVersion2: Bool

        /// The processes that the kernel has killed because memory ran out.
        var outOfMemoryKills: Int64 {
            memory.flatMap { ControlGroups.outOfMemoryKills(in: "\($0)/\(isVersion2 ? "memory.events" : "memory.oom_control")") } ?? 0
        }

        /// The most memory that its processes had together, in bytes.
        var peakBytes: Int64? {
            guard let memory, let text = ControlGroups.text("\(memory)/\(isVersion2 ? "memory.peak" : "memory.max_usage_in_bytes")") else {
                return nil
            }
            return Int64(text.filter { !$0.isWhitespace })
        }
    }

    private struct Parent: Sendable {
        var directory: String
        var isVersion2: Bool
    }

    private let memory: Parent?
    private let processor: Parent?
    /// Why there are not all limits; nil if there are.
    let obstacle: String?
    private let next = Atomic(0)

    /// - Parameter name: of the folder for the groups, which no other runner on this machine has.
    init(_ groups: ControlGroups = ControlGroups(), name: String) {
        var obstacles: [String] = []
        func parent(_ controller: ControlGroups.Controller) -> Parent? {
            guard let path = groups.path(of: controller) else {
                obstacles.append("no hierarchy of control groups has '\(controller.rawValue)'")
                return nil
            }
            var first: String?
            for directory in path.directories {
                do throws(FileError) {
                    return try Self.parent(in: directory, named: name, path.isVersion2, controller)
                } catch {
                    first = first ?? "\(error)"
                }
            }
            obstacles.append(first ?? "\(controller.rawValue): no control group")
            return nil
        }
        memory = parent(.memory)
        processor = parent(.cpu)
        obstacle = obstacles.isEmpty ? nil : obstacles.joined(separator: "; ")
    }

    deinit { for parent in [memory, processor] { if let parent { rmdir(parent.directory) } } }

    /// Makes the folder for the groups, with the controller on, and empties it of what an earlier process has left.
    private static func parent(
        in directory: String, named name: String, _ isVersion2: Bool, _ controller: ControlGroups.Controller
    ) throws(FileError) -> Parent {
        let path = "\(directory)/\(name)"
        if isVersion2 { try enable(controller, below: directory) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .last("make", path) }
        if isVersion2 { try enable(controller, below: path) }
        for old in Directory.visibleNames(in: path) { rmdir("\(path)/\(old)") }
        return Parent(directory: path, isVersion2: isVersion2)
    }

    private static func enable(_ controller: ControlGroups.Controller, below directory: String) throws(FileError) {
        let path = "\(directory)/cgroup.subtree_control"
        if ControlGroups.text(path)?.split(whereSeparator: \.isWhitespace).contains(controller.rawValue[...]) == true { return }
        try OwnedDescriptor.open(path, O_WRONLY).write(Array("+\(controller.rawValue)".utf8), to: path)
    }

    /// Makes the groups of one attempt. They have to be removed.
    ///
    /// - Returns: nil if nothing of what is asked for can be limited here.
    func make(_ request: ResourceRequest) throws(FileError) -> Group? {
        let name = "job-\(getpid())-\(next.add(1, ordering: .relaxed).newValue)"
        var group = Group(directories: [], isVersion2: memory?.isVersion2 ?? false)
        do throws(FileError) {
            if let parent = memory, let bytes = request.memoryBytes {
                let path = try Self.make(parent, name, &group)
                group.memory = path
                if parent.isVersion2 {
                    try Self.write("\(bytes)", to: "\(path)/memory.max")
                    // A kernel without swap has no such file.
                    try? Self.write("0", to: "\(path)/memory.swap.max")
                } else {
                    try Self.write("\(bytes)", to: "\(path)/memory.limit_in_bytes")
                    try? Self.write("\(bytes)", to: "\(path)/memory.memsw.limit_in_bytes")
                }
            }
            if let parent = processor, let cores = request.cores {
                let path = try Self.make(parent, name, &group)
                let period = 100_000.0, quota = Int64(max(1000, (cores * period).rounded()))
                if parent.isVersion2 {
                    try Self.write("\(quota) \(Int(period))", to: "\(path)/cpu.max")
                } else {
                    try Self.write("\(quota)", to: "\(path)/cpu.cfs_quota_us")
                }
            }
        } catch {
            remove(group)
            throw error
        }
        return group.directories.isEmpty ? nil : group
    }

    private static func make(_ parent: Parent, _ name: String, _ group: inout Group) throws(FileError) -> String {
        let path = "\(parent.directory)/\(name)"
        if group.directories.contains(path) { return path }
        guard mkdir(path, 0o755) == 0 else { throw .last("make", path) }
        group.directories.append(path)
        return path
    }

    private static func write(_ text: String, to path: String) throws(FileError) {
        try OwnedDescriptor.open(path, O_WRONLY).write(Array(text.utf8), to: path)
    }

    /// Removes the groups of an attempt whose processes have ended.
    ///
    /// - Returns: whether they are gone.
    @discardableResult
    func remove(_ group: Group) -> Bool {
        // The kernel gives up a group a moment after its last process was reaped.
        for _ in 0..<200 {
            if group.directories.filter({ rmdir($0) != 0 && errno != ENOENT }).isEmpty { return true }
            usleep(5000)
        }
        return false
    }
}
