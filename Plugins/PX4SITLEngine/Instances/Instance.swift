import EngineABI
import EventLoop
import Glibc
import Support

/// One of PX4's instance numbers, and the ports and files of this machine that depend on it.
struct Instance: Hashable, Sendable {
    /// Numbers N and N+40 share a port: 14540+40 is 14580.
    static let all = (0..<40).map(Instance.init)

    let number: Int

    /// The port of the ground station's link, which the engine uses.
    var groundPort: UInt16 { port(18570) }
    /// The port of the link for the mission. PX4 listens there for any number, and talks to the first process that sends.
    var missionPort: UInt16 { port(14580) }
    /// The port to which PX4 sends from its start on to find the mission; the process that replies keeps the mission's link.
    var partnerPort: UInt16 { number > 9 ? 14549 : port(14540) }
    /// The port where PX4 of every number looks for a ground station in the same way.
    static let stationPort: UInt16 = 14550
    /// Every UDP port that PX4 binds. If one is in use, PX4 prints a warning and flies without that link.
    var ports: [UInt16] { [groundPort, missionPort, port(14280), port(13030), port(19450)] }

    /// The file on which PX4 holds a POSIX lock as long as it lives.
    var lockPath: String { "/tmp/px4_lock-\(number)" }
    /// The socket of PX4's shell commands, which PX4 leaves behind at its end.
    var socketPath: String { "/tmp/px4-sock-\(number)" }

    /// The MAVLink system id that PX4 gives its vehicle.
    var systemID: UInt8 { UInt8(number + 1) }

    private func port(_ base: Int) -> UInt16 { UInt16(base + number) }
}

/// Reserves an instance number against all runners of the machine for as long as it lives.
///
/// It is an abstract Unix socket with a known name. The kernel gives a name to one socket at a time, releases it with the last
/// process that holds it, and separates names by network namespace, like the UDP ports that the lock stands for. No file is
/// left on a disk. The socket is close-on-exec, so that programs started by a runner do not hold it.
struct InstanceLock: ~Copyable, Sendable {
    let instance: Instance
    private let socket: OwnedDescriptor

    /// Takes the lock; nil if another process holds it.
    ///
    /// - Throws: `SystemError` if no socket can be created.
    static func acquire(_ instance: Instance) throws(SystemError) -> InstanceLock? {
        let socket = try OwnedDescriptor("socket", Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The first byte stays 0, as the name is not a path.
        let name = Array("lynx-px4-instance-\(instance.number)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0[1...].copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + 1 + name.count)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket.raw, $0, size) }
        }
        if result == 0 { return InstanceLock(instance: instance, socket: socket) }
        guard errno == EADDRINUSE else { throw SystemError(call: "bind") }
        return nil
    }

    private init(instance: Instance, socket: consuming OwnedDescriptor) {
        self.instance = instance
        self.socket = socket
    }
}
