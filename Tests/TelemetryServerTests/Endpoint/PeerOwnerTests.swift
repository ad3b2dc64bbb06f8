import Glibc
import Testing

@testable import TelemetryServer

@Suite("Whose a connection is")
struct PeerOwnerTests {
    /// A connection to a listener of this process, from an IPv4 or an IPv6 socket.
    private func connected(
        family: CInt, _ body: (_ client: CInt, _ local: sockaddr_in, _ peer: sockaddr_in) throws -> Void
    ) throws {
        let listener = try LoopbackListener()
        let client = socket(family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(client) }
        #expect(connect(client, family, port: listener.port) == 0)
        guard case .connection(let socket, let local, let peer) = listener.accept() else {
            Issue.record("nobody has connected")
            return
        }
        try body(client, local, peer)
        _ = consume socket
    }

    private func connect(_ descriptor: CInt, _ family: CInt, port: UInt16) -> CInt {
        var storage = sockaddr_storage()
        let size = withUnsafeMutableBytes(of: &storage) { bytes in
            if family == AF_INET {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_port = port.bigEndian
                address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
                bytes.storeBytes(of: address, as: sockaddr_in.self)
                return MemoryLayout<sockaddr_in>.size
            }
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr)
            bytes.storeBytes(of: address, as: sockaddr_in6.self)
            return MemoryLayout<sockaddr_in6>.size
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(size))
            }
        }
    }

    @Test(
        "The kernel and its tables agree whose a connection is",
        arguments: [(AF_INET, "/proc/net/tcp"), (AF_INET6, "/proc/net/tcp6")])
    func owner(family: CInt, table: String) throws {
        try connected(family: family) { _, local, peer in
            #expect(PeerOwner.askKernel(local, peer) == getuid())
            #expect(PeerOwner.lookUp(local, peer, table: table) == getuid())
            #expect(PeerOwner.uid(local: local, peer: peer) == getuid())
        }
    }

    @Test("Nobody owns a connection that doesn't exist, nor a listener's port")
    func nobody() throws {
        try connected(family: AF_INET) { _, local, peer in
            var listener = sockaddr_in()
            listener.sin_family = sa_family_t(AF_INET)
            listener.sin_addr = local.sin_addr
            listener.sin_port = local.sin_port
            #expect(PeerOwner.uid(local: local, peer: listener) == nil)
            var free = peer
            free.sin_port = UInt16(1).bigEndian
            #expect(PeerOwner.uid(local: local, peer: free) == nil)
        }
    }

    @Test(
        "A socket without a process isn't taken for root's",
        .enabled(if: getuid() == 0, "other users' sockets never pass for root's"))
    func orphan() throws {
        try connected(family: AF_INET) { client, local, peer in
            // Its process is gone, but its end of the connection waits for ours.
            shutdown(client, CInt(SHUT_RDWR))
            let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
            #expect(dup2(nothing, client) == client)
            close(nothing)
            #expect(PeerOwner.uid(local: local, peer: peer) == nil)
        }
    }
}
