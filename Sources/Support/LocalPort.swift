import Glibc

/// A port of this machine's IPv4 addresses, in this process's network namespace.
package struct LocalPort: Hashable, Sendable {
    package enum Transport: Sendable {
        case tcp
        case udp
    }

    package enum Address: Sendable {
        /// All addresses of the machine.
        case any
        /// 127.0.0.1 only.
        case loopback
    }

    package let number: UInt16
    package let transport: Transport

    package init(_ number: UInt16, _ transport: Transport) {
        self.number = number
        self.transport = transport
    }

    /// Whether a program could bind the port now without sharing it.
    package func isFree(on address: Address = .any) -> Bool { withSocket(address, bind) }

    /// Whether a process of this machine takes connections at the port: its kernel answers at once.
    package var isListening: Bool { withSocket(.loopback, connect) }

    /// Whether a call succeeds with a new socket and the port's name.
    private func withSocket(_ address: Address, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Bool {
        let type = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
        let descriptor = socket(AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = number.bigEndian
        name.sin_addr.s_addr = address == .loopback ? UInt32(INADDR_LOOPBACK).bigEndian : 0
        return withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }
}
