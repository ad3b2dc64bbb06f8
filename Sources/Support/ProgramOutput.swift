import Glibc

/// The output of small programs that are run to their end.
package enum ProgramOutput {
    /// The standard output of a program. Its standard input and standard error are `/dev/null`. Blocks until it has ended.
    ///
    /// - Parameters:
    ///   - program: its path.
    ///   - limit: the largest size in bytes; a program with more output ends when it writes to its closed standard output.
    ///   - environment: nil for this process's own.
    /// - Returns: nil if the program cannot be started, exits with another code than 0, or has more output.
    package static func of(_ program: String, _ arguments: [String], atMost limit: Int, environment: [String: String]? = nil) -> [UInt8]? {
        var ends: [CInt] = [-1, -1]
        // A socket pair, because Glibc's module here offers no pipe that is close-on-exec from the start.
        guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else { return nil }
        let reader = OwnedDescriptor(ends[0])
        guard let pid = start(program, arguments, environment, output: OwnedDescriptor(ends[1])) else { return nil }
        let content = content(of: reader, limit)
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status == 0 ? content : nil
    }

    private static func start(
        _ program: String, _ arguments: [String], _ environment: [String: String]?, output: consuming OwnedDescriptor
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.raw, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        let variables = environment.map { $0.map { strdup("\($0.key)=\($0.value)") } + [nil] }
        defer { for variable in variables ?? [] { free(variable) } }
        var pid: pid_t = 0
        return posix_spawn(&pid, program, &actions, nil, argv, variables ?? ownVariables) == 0 ? pid : nil
    }

    /// This process's variables, up to and with the null pointer at their end.
    private static var ownVariables: [UnsafeMutablePointer<CChar>?] {
        var count = 0
        while environ[count] != nil { count += 1 }
        return Array(UnsafeBufferPointer(start: environ, count: count + 1))
    }

    /// The descriptor is closed on return, before the caller waits for the program: one with more output would block for ever.
    private static func content(of descriptor: consuming OwnedDescriptor, _ limit: Int) -> [UInt8]? {
        (try? descriptor.readAll(atMost: limit, of: "a pipe")) ?? nil
    }
}
