import EngineABI
import EventLoop
import Glibc
import Support

/// Holds an instance number against all runners of the machine, as long as it lives.
///
/// It is an abstract Unix socket of a known name: the kernel gives a name to one socket at a time, ends it with the last process
/// that has it, whatever becomes of that, and keeps it apart by network namespace, as it does with the UDP ports that it stands
/// for. Nothing lies on a disk. Close-on-exec: what a runner starts does not hold it.
struct InstanceLock: ~Copyable, Sendable {
    let instance: Instance
    private let socket: OwnedDescriptor

    /// nil when another has it.
    /// - Throws: `SystemError` when there is no socket to be had.
    static func take(_ instance: Instance) throws(SystemError) -> InstanceLock? {
        let socket = try OwnedDescriptor("socket", Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // The first byte stays 0: the name is not a path.
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
