import CLinux
import EventLoop
import Glibc
import Support

/// Whose process is at the other end of a TCP connection on this machine.
enum PeerOwner {
    /// The user, or nil if nobody can say: the peer's process has closed its socket already, or isn't on this machine.
    /// `local` and `peer` are this end's addresses.
    static func uid(local: sockaddr_in, peer: sockaddr_in) -> uid_t? {
        // Where the kernel lacks sock_diag's module, and in sandboxes without netlink, its tables say the same more slowly.
        askKernel(local, peer) ?? lookUp(local, peer, table: "/proc/net/tcp") ?? lookUp(local, peer, table: "/proc/net/tcp6")
    }

    static func askKernel(_ local: sockaddr_in, _ peer: sockaddr_in) -> uid_t? {
        var owner: uid_t = 0
        let result = withUnsafePointer(to: local) { local in
            withUnsafePointer(to: peer) { peer in lynx_tcp_peer_uid(local, peer, &owner) }
        }
        return result == 0 ? owner : nil
    }

    /// Looks in a table of sockets as proc(5) describes it. An IPv4 connection of an IPv6 socket is in the table of IPv6.
    static func lookUp(_ local: sockaddr_in, _ peer: sockaddr_in, table: String) -> uid_t? {
        guard let text = contents(of: table) else { return nil }
        let ends = table.hasSuffix("6") ? [mapped(peer), mapped(local)] : [plain(peer), plain(local)]
        for line in text.split(separator: "\n").dropFirst() {
            // sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode
            let fields = line.split(separator: " ", maxSplits: 10)
            guard fields.count >= 10, fields[1] == ends[0], fields[2] == ends[1] else { continue }
            // Without an inode it has no process, and its uid is not its owner's.
            return fields[9] == "0" ? nil : uid_t(fields[7])
        }
        return nil
    }

    private static func plain(_ end: sockaddr_in) -> String {
        hex(end.sin_addr.s_addr, 8) + ":" + hex(UInt32(UInt16(bigEndian: end.sin_port)), 4)
    }

    // ::ffff:a.b.c.d, in words of the machine's byte order.
    private static func mapped(_ end: sockaddr_in) -> String {
        hex(0, 16) + hex(UInt32(0xffff).bigEndian, 8) + plain(end)
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private static func contents(of path: String) -> String? {
        guard let file = try? OwnedDescriptor("open", open(path, O_RDONLY | O_CLOEXEC)) else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(file.raw, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
