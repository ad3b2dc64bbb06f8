import EngineKit
import Glibc
import Support

/// Reads what PX4's build has compressed, by whichever program is there.
enum Decompression {
    private static let mostBytes = 64 << 20

    /// The content of an `.xz` file; nil if nothing here can read it.
    static func xz(_ path: String, python: String?) -> [UInt8]? {
        if let tool = try? ProgramLookup.executable("xz", setting: "xz"), let content = output(tool, ["-dc", "--", path]) { return content }
        let script = "import lzma, sys\nwith lzma.open(sys.argv[1]) as f: sys.stdout.buffer.write(f.read(\(mostBytes)))"
        return python.flatMap { output($0, ["-c", script, path]) }
    }

    /// What a program writes to its standard output; nil unless it exits with 0.
    private static func output(_ program: String, _ arguments: [String]) -> [UInt8]? {
        var ends: [Int32] = [-1, -1]
        // A pair of sockets, as a pipe cannot be close-on-exec from its first moment here.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else { return nil }
        let reader = OwnedDescriptor(ends[0])
        let writer = OwnedDescriptor(ends[1])
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, writer.raw, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, nil, argv, environ)
        _ = consume writer
        guard result == 0 else { return nil }
        let content = content(of: reader)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status == 0 ? content : nil
    }

    /// Nil if it is too much. Closed when this returns, so that a program with more to say ends.
    private static func content(of descriptor: consuming OwnedDescriptor) -> [UInt8]? {
        (try? descriptor.readAll(atMost: mostBytes, of: "a pipe")) ?? nil
    }
}
