import CLinux
import Glibc
import Support

/// Finds and ends processes of an attempt that outlived their engine's clean-up.
///
/// Engines end their own process trees. Processes that remain, because an engine does not or because a guardian was killed, are
/// recognised by their environment: the scenario contract puts a path inside the attempt's directory there, and it is
/// inherited. The host is a subreaper, so orphans of its simulations are its children.
enum StrayProcesses {
    /// The processes that were found of an attempt.
    struct Findings: Equatable, Sendable {
        /// The command lines of processes that were ended.
        var ended: [String] = []
        /// The number of processes that could not be ended: this user may not kill them, or the kernel blocks them.
        var remaining = 0

        /// The warnings for the result.
        ///
        /// - Parameter wasKilled: whether the host ended the simulation and everything that belongs to it.
        func warnings(wasKilled: Bool) -> [String] {
            var warnings: [String] = []
            if !ended.isEmpty && !wasKilled {
                let names = ended.prefix(8).joined(separator: ", ") + (ended.count > 8 ? ", and \(ended.count - 8) more" : "")
                let (number, were, they) = ended.count == 1 ? ("1 process", "was", "it") : ("\(ended.count) processes", "were", "they")
                warnings.append("\(number) outlived the simulation and \(were) killed: \(names); what \(they) had not written by then is missing")
            }
            if remaining > 0 {
                warnings.append(
                    "at least \(remaining == 1 ? "1 process" : "\(remaining) processes") of the simulation could not be killed and may still run"
                )
            }
            return warnings
        }
    }

    /// The longest wait for processes that do not end.
    static let patience = Duration.seconds(5)

    /// Ends the host's own children that belong to the attempt, and their children, until there are none.
    static func endChildren(of directory: String) -> Findings {
        end(of: directory, before: .now + patience, among: children)
    }

    /// Ends every process of this user that belongs to the attempt; for attempts of an earlier runner process.
    static func endAll(of directory: String, before deadline: ContinuousClock.Instant) -> Findings {
        end(of: directory, before: deadline, among: processes)
    }

    private static func end(
        of directory: String, before deadline: ContinuousClock.Instant, among list: () -> [pid_t]
    ) -> Findings {
        var findings = Findings()
        var dying: [(pid: pid_t, descriptor: Int32, command: String)] = []
        defer { for process in dying { close(process.descriptor) } }
        while true {
            var isQuiet = true
            for pid in list() where belongs(pid, to: directory) {
                isQuiet = false
                let descriptor = dying.contains { $0.pid == pid } ? -1 : lynx_pidfd_open(pid)
                guard descriptor >= 0 else { continue }
                // Checked again once the pidfd is open, so that a recycled pid is not killed.
                guard belongs(pid, to: directory) else {
                    close(descriptor)
                    continue
                }
                dying.append((pid, descriptor, command(of: pid)))
                _ = lynx_pidfd_send_signal(descriptor, SIGKILL)
            }
            if isQuiet && dying.isEmpty { return findings }
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else {
                findings.remaining = max(dying.count, 1)
                return findings
            }
            var waits = dying.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            poll(&waits, nfds_t(waits.count), Int32(min(left, 50)))
            for index in waits.indices.reversed() where waits[index].revents != 0 {
                let gone = dying.remove(at: index)
                close(gone.descriptor)
                // Children of this process have to be reaped here.
                waitpid(gone.pid, nil, WNOHANG)
                findings.ended.append(gone.command)
            }
        }
    }

    private static func command(of pid: pid_t) -> String {
        let words = (WholeFile.read("/proc/\(pid)/cmdline") ?? []).prefix(120).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return "\(words.isEmpty ? "a process" : words.joined(separator: " ")) (pid \(pid))"
    }

    private static func belongs(_ pid: pid_t, to directory: String) -> Bool {
        // Each end of a simulation has the environments of all others read, so they are searched rather than parsed.
        let environment = [0] + (WholeFile.read("/proc/\(pid)/environ") ?? [])
        let wanted = [0] + Array("TETRYX_OUTPUT_DIR=\(directory)/".utf8)
        return lynx_contains(environment, environment.count, wanted, wanted.count) == 1
    }

    private static func children() -> [pid_t] {
        Directory.visibleNames(in: "/proc/self/task").flatMap { thread -> [pid_t] in
            (WholeFile.read("/proc/self/task/\(thread)/children") ?? []).split(separator: UInt8(ascii: " "))
                .compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
        }
    }

    private static func processes() -> [pid_t] {
        Directory.visibleNames(in: "/proc").compactMap { pid_t($0) }.filter { $0 != getpid() }
    }
}
