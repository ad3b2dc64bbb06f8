import Glibc
import Support

/// A UDP port in this process's network namespace.
struct UDPPort: Hashable, Sendable {
    let number: UInt16

    init(_ number: UInt16) { self.number = number }

    /// Whether a program could bind the port now without sharing it: at all addresses of the machine, as PX4 binds its own ports,
    /// or at 127.0.0.1, where PX4 sends and programs that are bound to other addresses do not receive it.
    func isFree(on address: LocalPort.Address = .any) -> Bool { LocalPort(number, .udp).isFree(on: address) }

    /// A description of the process that has bound the port, such as `process 4711 (mavsdk_server)`.
    var holder: String {
        let sockets = inodes
        guard !sockets.isEmpty else { return "a process that cannot be seen from here" }
        for pid in Directory.visibleNames(in: "/proc").compactMap({ pid_t($0) }) {
            let folder = "/proc/\(pid)/fd"
            guard Directory.visibleNames(in: folder).contains(where: { Self.inode(of: "\(folder)/\($0)").map(sockets.contains) ?? false }) else { continue }
            let name = WholeFile.read("/proc/\(pid)/comm", atMost: 4096).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return "process \(pid) (\(name.filter { !$0.isNewline }))"
        }
        return "a process of another user"
    }

    /// The inodes of sockets bound to the port, from the kernel's tables in the format of proc(5).
    private var inodes: Set<String> {
        let digits = String(number, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        var found: Set<String> = []
        for table in ["/proc/self/net/udp", "/proc/self/net/udp6"] {
            let text = WholeFile.read(table, atMost: 16 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
            for line in text.split(separator: "\n").dropFirst() {
                // The fields are: sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode.
                let fields = line.split(separator: " ", maxSplits: 10)
                if fields.count >= 10, fields[1].hasSuffix(suffix), fields[9] != "0" { found.insert(String(fields[9])) }
            }
        }
        return found
    }

    /// The inode of the socket behind a process's descriptor; nil if it is not a socket.
    private static func inode(of descriptor: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = buffer.withUnsafeMutableBytes { readlink(descriptor, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        guard count > 0 else { return nil }
        let target = String(decoding: buffer[..<count], as: UTF8.self)
        return target.hasPrefix("socket:[") ? String(target.dropFirst(8).dropLast()) : nil
    }
}
