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
            for pid in strays {
                // Not recycled: it is this process's own child, and nobody else waits for it.
                kill(pid, SIGKILL)
                waitpid(pid, nil, 0)
            }
        }
    }

    /// Ends every process of this user that belongs to the attempt; for attempts of an earlier runner process.
    /// Returns how many there were.
    static func endAll(of directory: String) -> Int {
        var ended = 0
        for _ in 0..<100 {
            let strays = processes().filter { belongs($0, to: directory) }
            if strays.isEmpty { break }
            for pid in strays {
                let descriptor = lynx_pidfd_open(pid)
                guard descriptor >= 0 else { continue }
                defer { close(descriptor) }
                // Asked again with the process held, so that a recycled pid is not hit.
                guard belongs(pid, to: directory) else { continue }
                _ = lynx_pidfd_send_signal(descriptor, SIGKILL)
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                poll(&wait, 1, 5000)
                ended += 1
            }
        }
        return ended
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
