/// Where the kernel writes core files: core(5).
enum CorePattern {
    /// What is to be said of the files of several simulations; nil if each has its own.
    static func warning() -> String? {
        warning(
            pattern: ControlGroups.text("/proc/sys/kernel/core_pattern") ?? "core",
            usesPID: ControlGroups.text("/proc/sys/kernel/core_uses_pid")?.first == "1")
    }

    static func warning(pattern: String, usesPID: Bool) -> String? {
        // `|` hands the core to a program; the others tell processes, or threads, apart.
        if pattern.hasPrefix("|") || usesPID || ["%p", "%P", "%i", "%I", "%t"].contains(where: pattern.contains) { return nil }
        let name = pattern.split(whereSeparator: \.isNewline).first ?? ""
        return
            "core_files is true, and the kernel gives all core files the same name, '\(name)': those of several simulations overwrite each other; set kernel.core_pattern to one with %p"
    }
}
