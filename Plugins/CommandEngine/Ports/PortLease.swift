import CommandDocument
import Glibc
import Support

/// A port of this machine that no other job has while the lease lives.
///
/// The lease is a socket of the abstract namespace, whose name holds the number: like ports, such names belong to the network
/// namespace, are the same for all users and runners, and go with the process that has bound them (unix(7)).
final class PortLease: Sendable {
    let number: UInt16
    private let mark: OwnedDescriptor

    /// Below the range from which Linux by default gives ports to outgoing connections.
    private static let range: ClosedRange<UInt16> = 20_000...29_999

    private init(_ number: UInt16, _ mark: consuming OwnedDescriptor) {
        self.number = number
        self.mark = mark
    }

    /// Nil if all ports are taken.
    static func take(_ choice: PortChoice) -> PortLease? {
        let range: ClosedRange<UInt16> = if case .range(let given) = choice { given } else { Self.range }
        // The search begins anywhere, so that a port that has just been returned is not the next one given.
        let start = choice == .auto ? UInt16.random(in: range) : range.lowerBound
        for number in Array(start...range.upperBound) + Array(range.lowerBound..<start) {
            guard let mark = mark(number) else { continue }
            let lease = PortLease(number, mark)
            if LocalPort(number, .tcp).isFree(), LocalPort(number, .udp).isFree() { return lease }
        }
        return nil
    }

    private static func mark(_ number: UInt16) -> OwnedDescriptor? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let owned = OwnedDescriptor(descriptor)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = [0] + Array("lynx-runner/port/\(number)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + name.count)
        let isOurs = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(owned.raw, $0, length) == 0 }
        }
        guard isOurs else { return nil }
        return owned
    }
}
