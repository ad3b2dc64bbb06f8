import Glibc
import LynxModel
import Support

/// A description of a condition that is not met.
package struct ConditionProblem: Error, Hashable, Sendable {
    /// One line that states what is wrong and what would be right.
    var message: String
    /// Whether the disk is full, which a job may have caused itself.
    var isOfRoom = false

    init(_ message: String, isOfRoom: Bool = false) {
        self.message = message
        self.isOfRoom = isOfRoom
    }
}

/// Something on this machine that the runner depends on since its start and that every job needs: a program, a folder, free
/// space on a disk.
package struct RunnerCondition: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The path has to exist with these rights of access(2).
        case entry(directory: Bool, rights: Int32)
        /// The folder has to be writable and to have free space.
        case writable
    }

    /// The configuration field that names the path.
    let setting: String
    /// Absolute path.
    let path: String
    let kind: Kind
    /// Whether a file system was mounted at the path at the start.
    let isMountPoint: Bool

    /// A folder that this runner writes to.
    package static func writable(_ path: String, setting: String) -> RunnerCondition {
        RunnerCondition(setting: setting, path: path, kind: .writable, isMountPoint: isMountPoint(path))
    }

    /// The condition for a value of an engine's settings that names an existing file; nil for any other value. That the file
    /// exists shows that the value is a path which the engine can use.
    package static func present(_ value: String, setting: String) -> RunnerCondition? {
        guard let path = path(value, setting: setting) else { return nil }
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        let rights = [R_OK, X_OK].filter { access(path, $0) == 0 }.reduce(0, |)
        return RunnerCondition(
            setting: setting, path: path, kind: .entry(directory: info.st_mode & S_IFMT == S_IFDIR, rights: rights),
            isMountPoint: isMountPoint(path))
    }

    /// Whether the path has to exist and is not a folder.
    var isFile: Bool { if case .entry(directory: false, _) = kind { true } else { false } }

    /// Checks the condition. Blocks on the disk.
    ///
    /// - Parameter thoroughly: whether free space is tested by writing; otherwise the file system's counters are read.
    /// - Returns: the problem; nil if the condition is met.
    func problem(thoroughly: Bool) -> ConditionProblem? {
        if isMountPoint, !Self.isMountPoint(path) {
            return ConditionProblem("\(setting): nothing is mounted at '\(path)' any more; mount it again")
        }
        switch kind {
        case .entry(let isDirectory, let rights):
            var info = stat()
            guard stat(path, &info) == 0 else { return missing(errno) }
            guard (info.st_mode & S_IFMT == S_IFDIR) == isDirectory else {
                return ConditionProblem("\(setting): '\(path)' is no \(isDirectory ? "folder" : "file") any more; put it back")
            }
            guard access(path, rights) == 0 else {
                return ConditionProblem("\(setting): '\(path)' cannot be used any more (\(Self.text(errno))); give this user the right to")
            }
            return nil
        case .writable:
            return thoroughly ? problemByWriting() : problemByAsking()
        }
    }

    private func missing(_ code: Int32) -> ConditionProblem {
        ConditionProblem("\(setting): '\(path)' is gone (\(Self.text(code))); put it back")
    }

    /// The least useful free space in bytes.
    private static let leastRoom = 256 << 10

    private func problemByAsking() -> ConditionProblem? {
        var room = statvfs()
        guard statvfs(path, &room) == 0 else { return missing(errno) }
        if UInt(room.f_flag) & UInt(ST_RDONLY) != 0 { return unwritable(EROFS) }
        // Some file systems do not count blocks or inodes.
        if room.f_blocks > 0, Double(room.f_bavail) * Double(room.f_frsize) < Double(Self.leastRoom) { return unwritable(ENOSPC) }
        if room.f_files > 0, room.f_favail == 0 { return unwritable(ENOSPC) }
        return access(path, W_OK | X_OK) == 0 ? nil : unwritable(errno)
    }

    private func problemByWriting() -> ConditionProblem? {
        if let problem = problemByAsking() { return problem }
        let probe = "\(path)/.probe-\(getpid())-\(pthread_self())"
        do throws(FileError) {
            let file = try OwnedDescriptor.open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
            defer { unlink(probe) }
            try file.write([UInt8](repeating: 0, count: Self.leastRoom), to: probe)
            return nil
        } catch {
            return unwritable(error.code)
        }
    }

    private func unwritable(_ code: Int32) -> ConditionProblem? {
        switch code {
        case ENOENT, ENOTDIR: return missing(code)
        case ENOSPC, EDQUOT: return ConditionProblem("\(setting): '\(path)' is full (\(Self.text(code))); make room there", isOfRoom: true)
        // These errors do not concern the path.
        case EMFILE, ENFILE, EINTR: return nil
        default: return ConditionProblem("\(setting): '\(path)' cannot be written to (\(Self.text(code))); let this user write there")
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func isMountPoint(_ path: String) -> Bool {
        var own = stat(), above = stat()
        guard stat(path, &own) == 0, stat(path + "/..", &above) == 0 else { return false }
        return own.st_dev != above.st_dev
    }

    /// The absolute path that a setting names; nil if the value is not a path.
    private static func path(_ value: String, setting: String) -> String? {
        guard !value.isEmpty, !value.contains("\0") else { return nil }
        if value.hasPrefix("/") { return value }
        guard value.contains("/") || nouns.contains(where: setting.hasSuffix) else { return nil }
        if setting == "python_executable", !value.contains("/") { return program(value) }
        return absolute(value)
    }

    /// Suffixes of the names of settings that are paths.
    private static let nouns = ["entrypoint", "executable", "binary", "directory", "_etc", "_file", "path"]

    private static func absolute(_ path: String) -> String? {
        guard let here = getcwd(nil, 0) else { return nil }
        defer { free(here) }
        return path == "." ? String(cString: here) : "\(String(cString: here))/\(path)"
    }

    /// Searches PATH for a program, as a shell does.
    private static func program(_ name: String) -> String? {
        let search = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return search.split(separator: ":").lazy.map { "\($0)/\(name)" }.compactMap { $0.hasPrefix("/") ? $0 : absolute($0) }
            .first { access($0, X_OK) == 0 }
    }
}
