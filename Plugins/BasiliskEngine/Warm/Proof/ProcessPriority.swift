import Glibc

/// Who goes first when there are not enough processors: jobs, before what is only to make later ones start sooner.
enum ProcessPriority {
    /// SCHED_IDLE of sched(7).
    private static let idle: Int32 = 5

    /// Has a process and what it starts compute only while nothing else wants to.
    static func lower(_ pid: Int32) {
        var parameters = sched_param()
        _ = sched_setscheduler(pid, idle, &parameters)
        // On a desktop kernel each session gets an equal share of the processors, whatever its processes ask for.
        writeAutogroup(pid, "19")
    }

    /// Undoes `lower`; false if this user may not.
    static func restore(_ pid: Int32) -> Bool {
        var parameters = sched_param()
        guard sched_setscheduler(pid, Int32(SCHED_OTHER), &parameters) == 0 else { return false }
        return writeAutogroup(pid, "0")
    }

    /// True also where the kernel has none.
    @discardableResult
    private static func writeAutogroup(_ pid: Int32, _ nice: String) -> Bool {
        let descriptor = open("/proc/\(pid)/autogroup", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        return write(descriptor, nice, nice.utf8.count) > 0
    }
}
