import Glibc
import Support

/// What the commands of a job are started with: words before each, and control groups for its processes (`lynx_job`).
public struct Confinement: Hashable, Sendable {
    /// Empty if commands are started themselves.
    public var launcher: [String]
    /// Absolute paths.
    public var controlGroups: [String]

    public init(launcher: [String] = [], controlGroups: [String] = []) {
        self.launcher = launcher
        self.controlGroups = controlGroups
    }

    /// Whether a command starts as another program, and so cannot be a copy of a warm parent.
    public var hasLauncher: Bool { !launcher.isEmpty }

    /// The request for the launcher that starts what `request` asks for.
    func applied(to request: GuardedProcess.Request) -> GuardedProcess.Request {
        guard hasLauncher else { return request }
        let host = ScenarioEnvironment.ofHost
        let own = request.environment.filter { host[$0.key] != $0.value }.sorted { $0.key < $1.key }
        let words = launcher.flatMap { word -> [String] in
            if Self.isOfVariable(word) { return own.map { Self.filled(word, ["{name}": $0.key, "{value}": $0.value]) } }
            return [Self.filled(word, ["{working_directory}": request.workingDirectory])]
        }
        var launched = request
        launched.program = words[0]
        launched.arguments = words.dropFirst() + [request.program] + request.arguments
        // A variable of the job must not change what the launcher itself does.
        launched.environment = host
        launched.environment["TETRYX_OUTPUT_DIR"] = request.environment["TETRYX_OUTPUT_DIR"]
        launched.workingDirectory = "/"
        launched.hasPrivateSharedMemory = false
        return launched
    }

    private static func isOfVariable(_ word: String) -> Bool { word.contains("{name}") || word.contains("{value}") }

    /// Fills each placeholder once, and none in what is put in.
    private static func filled(_ word: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = word[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if let (name, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                result += value
                rest = rest.dropFirst(name.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }

    /// Puts a process that has just been started, and what it has started already, into the control groups.
    ///
    /// - Throws: if one of the groups does not take it, unless it has ended.
    func take(_ pid: Int32) throws(EngineError) {
        guard !controlGroups.isEmpty else { return }
        var moved: Set<Int32> = []
        // A child that is made while the list is read belongs to a process that was not moved yet.
        while true {
            let new = Self.tree(pid).subtracting(moved)
            guard !new.isEmpty else { return }
            for process in new { for group in controlGroups { try Self.move(process, to: group, isFirst: process == pid) } }
            moved.formUnion(new)
        }
    }

    private static func move(_ pid: Int32, to group: String, isFirst: Bool) throws(EngineError) {
        let path = "\(group)/cgroup.procs"
        do throws(FileError) {
            try OwnedDescriptor.open(path, O_WRONLY).write(Array("\(pid)".utf8), to: path)
        } catch {
            // ESRCH: it has ended, which its own parent deals with.
            guard isFirst, error.code != ESRCH else { return }
            throw EngineError(-3, "cannot limit the simulation: \(error)", errno: error.code)
        }
    }

    private static func tree(_ pid: Int32) -> Set<Int32> {
        var found: Set = [pid]
        var open = [pid]
        while let next = open.popLast() {
            for thread in Directory.visibleNames(in: "/proc/\(next)/task") {
                let text = WholeFile.read("/proc/\(next)/task/\(thread)/children") ?? []
                for child in text.split(separator: UInt8(ascii: " ")).compactMap({ Int32(String(decoding: $0, as: UTF8.self)) })
                where found.insert(child).inserted { open.append(child) }
            }
        }
        return found
    }
}
