import EngineKit
import Glibc

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
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, program, &actions, nil, argv, environ)
        close(ends[1])
        guard result == 0 else { return nil }
        let content = WholeFile.read(ends[0], atMost: mostBytes)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return status == 0 ? content : nil
    }
}

/// Small files, read whole.
enum WholeFile {
    static func read(_ path: String, atMost limit: Int = 64 << 20) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return read(file, atMost: limit)
    }

    /// nil after an error, or when there is more than `limit` bytes.
    static func read(_ descriptor: Int32, atMost limit: Int) -> [UInt8]? {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0, content.count + count <= limit else { return nil }
            if count == 0 { return content }
            content.append(contentsOf: chunk[..<count])
        }
    }
}
