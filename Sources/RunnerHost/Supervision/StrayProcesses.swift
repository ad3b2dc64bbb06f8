import CLinux
import Glibc

/// Finds and ends processes of an attempt that outlived those who should have ended them.
///
/// Engines end their own trees. What is left when an engine does not, or when a guardian was killed from outside, is
/// recognised by its environment: the scenario contract puts a path inside the attempt's directory there, and it is
/// inherited. The host is a subreaper, so orphans of its simulations are its children.
enum StrayProcesses {
    /// Ends the host's own children that belong to the attempt, and theirs, until there are none.
    static func endChildren(of directory: String) {
        for _ in 0..<100 {
            let strays = children().filter { belongs($0, to: directory) }
            if strays.isEmpty { return }
            // Not recycled: they are this process's own children, and nobody else waits for them.
            let held = strays.map { (pid: $0, descriptor: lynx_pidfd_open($0)) }
            for (pid, _) in held { kill(pid, SIGKILL) }
            wait(for: held.map(\.descriptor))
            for (pid, descriptor) in held {
                waitpid(pid, nil, WNOHANG)
                close(descriptor)
            }
            // What the kernel holds back, such as on a disk that does not answer, is left to it.
            if held.allSatisfy({ children().contains($0.pid) }) { return }
        }
    }

    /// Ends every process of this user that belongs to the attempt; for attempts of an earlier runner process.
    /// Returns how many there were.
    static func endAll(of directory: String) -> Int {
        var ended = 0
        for _ in 0..<100 {
            // Asked again with the process held, so that a recycled pid is not hit.
            let strays = processes().filter { belongs($0, to: directory) }.map { (pid: $0, descriptor: lynx_pidfd_open($0)) }
            defer { for stray in strays where stray.descriptor >= 0 { close(stray.descriptor) } }
            let held = strays.filter { $0.descriptor >= 0 && belongs($0.pid, to: directory) }.map(\.descriptor)
            if held.isEmpty { break }
            for descriptor in held { _ = lynx_pidfd_send_signal(descriptor, SIGKILL) }
            ended += held.count
            if !wait(for: held) { break }
        }
        return ended
    }

    /// How long processes that were killed have to end, all together. In milliseconds.
    private static let patience: Int32 = 5000

    /// False if one of them is still there when the time is over.
    @discardableResult
    private static func wait(for processes: [Int32]) -> Bool {
        var left = processes.filter { $0 >= 0 }.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let end = ContinuousClock.now + .milliseconds(Int(patience))
        while !left.isEmpty {
            let rest = (end - .now) / .milliseconds(1)
            guard rest > 0, poll(&left, nfds_t(left.count), Int32(rest.rounded(.up))) > 0 else { return false }
            left.removeAll { $0.revents != 0 }
        }
        return true
    }

    private static func belongs(_ pid: pid_t, to directory: String) -> Bool {
        let descriptor = open("/proc/\(pid)/environ", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while content.count < 4 << 20 {
            let count = read(descriptor, &chunk, chunk.count)
            if count <= 0 { break }
            content.append(contentsOf: chunk[..<count])
        }
        return content.split(separator: 0).contains { $0.starts(with: "TETRYX_OUTPUT_DIR=\(directory)/".utf8) }
    }

    private static func children() -> [pid_t] {
        names(in: "/proc/self/task").flatMap { thread -> [pid_t] in
            let descriptor = open("/proc/self/task/\(thread)/children", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return [] }
            defer { close(descriptor) }
            var text: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                if count <= 0 { break }
                text.append(contentsOf: chunk[..<count])
            }
            return text.split(separator: UInt8(ascii: " ")).compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
        }
    }

    private static func processes() -> [pid_t] {
        names(in: "/proc").compactMap { pid_t($0) }.filter { $0 != getpid() }
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
