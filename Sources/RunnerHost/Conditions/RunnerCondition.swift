import Glibc
import LynxModel

/// What is wrong with a condition.
package struct ConditionProblem: Error, Hashable, Sendable {
    /// What is wrong and what would be right.
    var message: String
    /// There is no room left, which a job may have taken itself.
    var isOfRoom = false

    init(_ message: String, isOfRoom: Bool = false) {
        self.message = message
        self.isOfRoom = isOfRoom
    }
}

/// Something on this machine that the runner was given at its start, and without which no job does well: a program, a
/// folder, room on a disk.
package struct RunnerCondition: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// It has to be there, with these rights of `access(2)`.
        case entry(directory: Bool, rights: Int32)
        /// A folder that can be written to, with room in it.
        case writable
    }

    /// The field of the configuration that names it.
    let setting: String
    /// Absolute.
    let path: String
    let kind: Kind
    /// It was where a file system is mounted.
    let isMountPoint: Bool

    /// A folder that this runner writes to.
    package static func writable(_ path: String, setting: String) -> RunnerCondition {
        RunnerCondition(setting: setting, path: path, kind: .writable, isMountPoint: isMountPoint(path))
    }

    /// What a value of an engine's settings names, if it names something that is there now: that it was there tells that it
    /// is a path, and that the engine can use it.
    package static func present(_ value: String, setting: String) -> RunnerCondition? {
        guard let path = path(value, setting: setting) else { return nil }
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        let rights = [R_OK, X_OK].filter { access(path, $0) == 0 }.reduce(0, |)
        return RunnerCondition(
            setting: setting, path: path, kind: .entry(directory: info.st_mode & S_IFMT == S_IFDIR, rights: rights),
            isMountPoint: isMountPoint(path))
    }

    /// What is wrong now, and what would be right; nil if nothing is. Blocks on the disk.
    ///
    /// - Parameter thoroughly: room is found out by writing; otherwise the file system is asked.
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

    /// Less than this is as good as nothing. In bytes.
    private static let leastRoom = 256 << 10

    private func problemByAsking() -> ConditionProblem? {
        var room = statvfs()
        guard statvfs(path, &room) == 0 else { return missing(errno) }
        if UInt(room.f_flag) & UInt(ST_RDONLY) != 0 { return unwritable(EROFS) }
        // Some file systems have no count of either.
        if room.f_blocks > 0, Double(room.f_bavail) * Double(room.f_frsize) < Double(Self.leastRoom) { return unwritable(ENOSPC) }
        if room.f_files > 0, room.f_favail == 0 { return unwritable(ENOSPC) }
        return access(path, W_OK | X_OK) == 0 ? nil : unwritable(errno)
    }

    private func problemByWriting() -> ConditionProblem? {
        if let problem = problemByAsking() { return problem }
        let probe = "\(path)/.probe-\(getpid())-\(pthread_self())"
        let file = open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return unwritable(errno) }
        defer {
            close(file)
            unlink(probe)
        }
        let block = [UInt8](repeating: 0, count: 64 << 10)
        for _ in 0..<(Self.leastRoom / block.count) {
            let count = write(file, block, block.count)
            if count < block.count { return unwritable(count < 0 ? errno : ENOSPC) }
        }
        return nil
    }

    private func unwritable(_ code: Int32) -> ConditionProblem? {
        switch code {
        case ENOENT, ENOTDIR: return missing(code)
        case ENOSPC, EDQUOT: return ConditionProblem("\(setting): '\(path)' is full (\(Self.text(code))); make room there", isOfRoom: true)
        // Not what this is about.
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

    /// The absolute path that a setting names; nil for what is no path.
    private static func path(_ value: String, setting: String) -> String? {
        guard !value.isEmpty, !value.contains("\0") else { return nil }
        if value.hasPrefix("/") { return value }
        guard value.contains("/") || nouns.contains(where: setting.hasSuffix) else { return nil }
        if setting == "python_executable", !value.contains("/") { return program(value) }
        return absolute(value)
    }

    /// How settings that are paths end.
    private static let nouns = ["entrypoint", "executable", "binary", "directory", "_etc", "_file", "path"]

    private static func absolute(_ path: String) -> String? {
        guard let here = getcwd(nil, 0) else { return nil }
        defer { free(here) }
        return path == "." ? String(cString: here) : "\(String(cString: here))/\(path)"
    }

    /// Finds a program in PATH as a shell does.
    private static func program(_ name: String) -> String? {
        let search = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        return search.split(separator: ":").lazy.map { "\($0)/\(name)" }.compactMap { $0.hasPrefix("/") ? $0 : absolute($0) }
            .first { access($0, X_OK) == 0 }
    }
}
