import Glibc

/// The user's browser, where there is a screen for one.
package enum Browser {
    /// Shows a page without waiting for the browser.
    ///
    /// - Returns: false where there is no browser to be had, or no screen.
    package static func open(_ url: String) -> Bool {
        if let named = value(of: "BROWSER") {
            // A list, of which the first that can be run is taken; a program of several words would need a shell.
            return named.split(separator: ":").contains { start(String($0), url) }
        }
        guard value(of: "DISPLAY") != nil || value(of: "WAYLAND_DISPLAY") != nil else { return false }
        return ["xdg-open", "sensible-browser", "x-www-browser"].contains { start($0, url) }
    }

    private static func value(of variable: String) -> String? {
        getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// In a session of its own, so that a terminal's Ctrl-C does not reach it, and without a word on the terminal.
    private static func start(_ program: String, _ url: String) -> Bool {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | 0x80))  // POSIX_SPAWN_SETSID
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let argv = [strdup(program), strdup(url), nil]
        defer { argv.forEach { free($0) } }
        var pid: pid_t = 0
        return posix_spawnp(&pid, program, &actions, &attributes, argv, environ) == 0
    }
}
