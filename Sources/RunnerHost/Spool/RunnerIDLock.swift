import Glibc

/// A runner's id at one control plane, held by one process of this machine for as long as this object lives. The state
/// directory's own lock does not cover copies of the directory.
///
/// The id is the name of a socket in the kernel's abstract namespace, which is released when the process ends in any way.
package final class RunnerIDLock: Sendable {
    private let socket: Int32

    /// - Throws: `RunnerIDError` if another process holds the id.
    package init(runnerID: String, controlPlane: String, stateDirectory: String) throws(RunnerIDError) {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw .system(code: errno) }
        let name = "lynx-runner/\(runnerID)/\(controlPlane.suffix(56))"
        var holder: pid_t?
        // A process that has just ended may have left a child that has not executed its own program yet.
        for attempt in 0..<Self.mostAttempts {
            if attempt > 0 { usleep(Self.pauseMicroseconds) }
            if Self.with(name, { bind(socket, $0, $1) }) == 0, listen(socket, SOMAXCONN) == 0 {
                self.socket = socket
                return
            }
            guard errno == EADDRINUSE else { break }
            holder = Self.holder(name)
            if holder != nil { break }
        }
        let code = errno
        close(socket)
        throw holder != nil || code == EADDRINUSE
            ? .inUse(runnerID: runnerID, pid: holder, stateDirectory: stateDirectory) : .system(code: code)
    }

    deinit { close(socket) }

    private static let mostAttempts = 10
    private static let pauseMicroseconds: UInt32 = 50_000

    /// The process that holds the socket; nil if it cannot be determined.
    private static func holder(_ name: String) -> pid_t? {
        let probe = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { return nil }
        defer { close(probe) }
        guard with(name, { connect(probe, $0, $1) }) == 0 else { return nil }
        // This is struct ucred, which glibc only defines with _GNU_SOURCE: see unix(7).
        var credentials: (pid: pid_t, uid: uid_t, gid: gid_t) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(probe, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, credentials.pid > 0 else { return nil }
        return credentials.pid
    }

    private static func with(_ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.utf8.prefix(MemoryLayout.size(ofValue: address.sun_path) - 1))
        // A first byte of 0 marks an abstract name.
        withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: bytes) }
        let size = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + 1 + bytes.count
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
        }
    }
}

/// The reason why a runner may not start under its id.
package enum RunnerIDError: Error, Hashable, Sendable, CustomStringConvertible {
    case inUse(runnerID: String, pid: Int32?, stateDirectory: String)
    case system(code: Int32)

    package var description: String {
        switch self {
        case .inUse(let runnerID, let pid, let stateDirectory):
            "another runner-host on this machine\(pid.map { " (pid \($0))" } ?? "") is runner \(runnerID) for the same control plane: "
                + "state directory \(stateDirectory) is a copy of its own; remove 'runner-id' and 'credential' from it to give this runner an identity of its own"
        case .system(let code):
            "cannot make sure that no other process is this runner: \(String(cString: strerror(code)))"
        }
    }
}
