import FoundationEssentials
import Glibc

/// The file that remembers the runner of a study, for the case that this process is killed: the runner then ends by
/// itself, but not in the same moment, and two at once would be in each other's way.
struct RunnerRecord: Sendable {
    let path: String

    /// How long a runner without its parent may take to end before it is killed.
    private static let patience = Duration.seconds(15)

    func write(_ pid: pid_t) {
        guard let identity = Self.identity(of: pid) else { return }
        // Without it only an abrupt end would be tidied up less well.
        try? Data(identity.utf8).write(to: URL(filePath: path))
    }

    func remove() { unlink(path) }

    /// Returns when the runner of an earlier study is gone.
    func awaitEarlier(telling status: StatusOutput) async throws {
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let identity = String(decoding: data, as: UTF8.self)
        guard let pid = identity.split(separator: " ").first.flatMap({ pid_t($0) }) else { return remove() }
        let begin = ContinuousClock.now
        var told = false
        var killed = false
        while Self.identity(of: pid) == identity {
            if !told { status.note("waiting for the runner-host of an earlier run to end (pid \(pid))") }
            told = true
            if !killed, ContinuousClock.now - begin > Self.patience {
                kill(-pid, SIGKILL)
                killed = true
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        remove()
    }

    /// The pid with the start time of its process, which together nothing else ever has until the next boot; nil when
    /// it has ended.
    private static func identity(of pid: pid_t) -> String? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        // The second field, the name in parentheses, may hold spaces; proc(5) numbers state 3 and starttime 22.
        let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return "\(pid) \(fields[19])"
    }
}
