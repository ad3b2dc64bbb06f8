import CLinux
import EventLoop
import Glibc
import Support

/// Determines the owner of the process at the other end of a TCP connection on this machine.
enum PeerOwner {
    /// The user; nil if it cannot be determined because the peer has closed its socket or is on another machine. `local` and
    /// `peer` are the addresses of this end and the other.
    static func uid(local: sockaddr_in, peer: sockaddr_in) -> uid_t? {
        // If the kernel lacks sock_diag's module, or in sandboxes without netlink, the tables in `/proc` give the same more
        // slowly.
        askKernel(local, peer) ?? lookUp(local, peer, table: "/proc/net/tcp") ?? lookUp(local, peer, table: "/proc/net/tcp6")
    }

    static func askKernel(_ local: sockaddr_in, _ peer: sockaddr_in) -> uid_t? {
        var owner: uid_t = 0
        let result = withUnsafePointer(to: local) { local in
            withUnsafePointer(to: peer) { peer in lynx_tcp_peer_uid(local, peer, &owner) }
        }
        return result == 0 ? owner : nil
    }

    /// Searches a table of sockets in the format of proc(5). An IPv4 connection of an IPv6 socket is in the IPv6 table.
    static func lookUp(_ local: sockaddr_in, _ peer: sockaddr_in, table: String) -> uid_t? {
        guard let bytes = WholeFile.read(table) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let ends = table.hasSuffix("6") ? [mapped(peer), mapped(local)] : [plain(peer), plain(local)]
        for line in text.split(separator: "\n").dropFirst() {
            // The fields are: sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode.
            let fields = line.split(separator: " ", maxSplits: 10)
            guard fields.count >= 10, fields[1] == ends[0], fields[2] == ends[1] else { continue }
            // A socket without an inode belongs to no process, and its uid is not its owner's.
            return fields[9] == "0" ? nil : uid_t(fields[7])
        }
        return nil
    }

    private static func plain(_ end: sockaddr_in) -> String {
        hex(end.sin_addr.s_addr, 8) + ":" + hex(UInt32(UInt16(bigEndian: end.sin_port)), 4)
    }

    // The IPv6 form ::ffff:a.b.c.d, as words in the machine's byte order.
    private static func mapped(_ end: sockaddr_in) -> String {
        hex(0, 16) + hex(UInt32(0xffff).bigEndian, 8) + plain(end)
    }

    private static func hex(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}
