import CLinux
import EventLoop
import Glibc
import Support

/// A listening TCP socket on 127.0.0.1, with a port of the kernel's choice.
struct LoopbackListener: ~Copyable {
    enum Accepted: ~Copyable {
        case connection(OwnedDescriptor, local: sockaddr_in, peer: sockaddr_in)
        /// No connection is waiting.
        case none
        /// Descriptors or memory have run out; a later call may succeed.
        case exhausted
    }

    let socket: OwnedDescriptor
    let port: UInt16
    private let address: sockaddr_in

    init() throws(SystemError) {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = try OwnedDescriptor("socket", Glibc.socket(AF_INET, type, 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let results = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                (
                    bind: bind(socket.raw, generic, size), listen: Glibc.listen(socket.raw, SOMAXCONN),
                    name: getsockname(socket.raw, generic, &size)
                )
            }
        }
        _ = try SystemError.check("bind", results.bind)
        _ = try SystemError.check("listen", results.listen)
        _ = try SystemError.check("getsockname", results.name)
        self.socket = socket
        self.address = address
        port = UInt16(bigEndian: address.sin_port)
    }

    func accept() -> Accepted {
        while true {
            var peer = sockaddr_in()
            let descriptor = lynx_accept(socket.raw, &peer)
            if descriptor >= 0 { return .connection(OwnedDescriptor(descriptor), local: address, peer: peer) }
            switch errno {
            case EAGAIN: return .none
            // The waiting connection is gone; there may be another one.
            case ECONNABORTED, EINTR, EPROTO: continue
            default: return .exhausted
            }
        }
    }
}
