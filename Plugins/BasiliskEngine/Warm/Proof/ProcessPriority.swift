import Glibc
import Support

/// The priority of processes when processors are short: jobs come before work that only makes later jobs start sooner.
enum ProcessPriority {
    /// SCHED_IDLE of sched(7).
    private static let idle: Int32 = 5

    /// Lets a process and its children use only processor time that nothing else needs.
    static func lower(_ pid: Int32) {
        var parameters = sched_param()
        _ = sched_setscheduler(pid, idle, &parameters)
        // On a desktop kernel each session gets an equal share of the processors, regardless of its processes' priorities.
        writeAutogroup(pid, "19")
    }

    /// Undoes `lower`; returns false if this user may not.
    static func restore(_ pid: Int32) -> Bool {
        var parameters = sched_param()
        guard sched_setscheduler(pid, Int32(SCHED_OTHER), &parameters) == 0 else { return false }
        return writeAutogroup(pid, "0")
    }

    /// Writes the process's autogroup priority. Returns true also if the kernel has no autogroups.
    @discardableResult
    private static func writeAutogroup(_ pid: Int32, _ nice: String) -> Bool {
        let path = "/proc/\(pid)/autogroup"
        do throws(FileError) {
            let file = try OwnedDescriptor.open(path, O_WRONLY)
            try file.write(nice.utf8, to: path)
            return true
        } catch {
            return error.operation == "open" && error.code == ENOENT
        }
    }
}
