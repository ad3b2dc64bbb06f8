import CChannel
import CGuardian
import CLinux
import FoundationEssentials
import Glibc
import LynxModel
import RunnerHost
import Support

/// One check in a process of its own, under a guardian: whatever the engine leaves behind ends with it.
struct CheckProcess {
    struct Limits: Sendable {
        /// How long a check may take until each end of a job, and after the last one.
        var seconds: Double
        /// How much memory its process may have of its own, in bytes.
        var memory: Int64
    }

    /// What came of it.
    struct Result: Sendable {
        var verdict: Verdict
        var seconds: Double
        /// The last lines that the engine or its simulation wrote.
        var output: [String]
        /// What a sequence of the fuzzer did.
        var steps: [String] = []
    }

    let plan: Plan
    let limits: Limits

    private static let pace: Int32 = 20

    /// Runs the check to its end.
    ///
    /// - Parameter isInterrupted: whether nobody waits for the result any more.
    /// - Returns: nil if it was interrupted.
    func run(isInterrupted: () -> Bool) throws -> Result? {
        try Directory.make(plan.folder)
        defer { _ = try? DirectoryRemoval.remove(plan.folder) }
        try Directory.make("\(plan.folder)/tmp")
        try DurableFile.replace("\(plan.folder)/\(Plan.planFile)", with: try WireJSON.encode(plan))
        let start = LibraryChecks.now()
        let elapsed = { Double(LibraryChecks.now() - start) / 1e9 }
        var guardian = try spawn()
        var cause: String?
        var wasInterrupted = false
        let process = lynx_pidfd_open(guardian.program)
        defer { if process >= 0 { close(process) } }
        var isOver = false
        var (renewed, renewals) = (0.0, UInt64(0))
        while !Self.isReadable(guardian.pidfd, isOver ? Self.pace : 0) {
            guard !isOver else { continue }
            if Self.isReadable(process, Self.pace) {
                // What the check has left need not be waited for.
                isOver = true
            } else if isInterrupted() {
                wasInterrupted = true
            } else if case let latest = Stage.renewals(plan.folder), latest != renewals {
                (renewed, renewals) = (elapsed(), latest)
            } else if elapsed() - renewed > limits.seconds {
                let stage = Stage.read(plan.folder)
                cause = "\(stage.isEmpty ? "the process did not start" : stage) within \(Int(limits.seconds)) s"
            } else if ProcessTable.ownMemory(of: guardian.program) > limits.memory {
                cause = "the process used more than \(limits.memory >> 20) MiB of memory"
            }
            isOver = isOver || cause != nil || wasInterrupted
            if isOver { lynx_guardian_kill(&guardian) }
        }
        var exit = lynx_guardian_exit()
        lynx_guardian_reap(&guardian, &exit)
        if wasInterrupted { return nil }
        let lines = Self.lines("\(plan.folder)/stderr.log")
        let words = lines.first { $0.hasPrefix("check: ") }
        let steps = Self.lines("\(plan.folder)/stdout.log").filter { $0.hasPrefix(FuzzSequence.stepPrefix) }
        return Result(
            verdict: verdict(cause, exit, words), seconds: elapsed(), output: Array(lines.filter { !$0.hasPrefix("check: ") }.prefix(5)),
            steps: steps.map { String($0.dropFirst(FuzzSequence.stepPrefix.count)) })
    }

    private func verdict(_ cause: String?, _ exit: lynx_guardian_exit, _ words: String?) -> Verdict {
        if let cause { return Verdict(kind: .failed, message: cause) }
        if exit.exit_code == 0, let data = WholeFile.read("\(plan.folder)/\(Plan.verdictFile)"),
            let verdict = try? WireJSON.decode(Verdict.self, from: Data(data))
        {
            return verdict
        }
        // Such as `check: ended by SIGSEGV in launch of the engine; its simulations end with it`.
        if let words { return Verdict(kind: .failed, message: "the process was \(words.dropFirst("check: ".count).prefix { $0 != ";" })") }
        let stage = Stage.read(plan.folder).replacing(" did not return", with: "")
        if exit.exit_signal != 0 {
            let name = lynx_signal_abbreviation(exit.exit_signal).map { "SIG\(String(cString: $0))" } ?? "signal \(exit.exit_signal)"
            return Verdict(kind: .failed, message: "the process was ended by \(name), in \(stage)")
        }
        return Verdict(kind: .failed, message: "the process ended itself with exit code \(exit.exit_code), in \(stage)")
    }

    private func spawn() throws -> lynx_guardian {
        var environment = ProcessInfo.processInfo.environment
        environment["TMPDIR"] = "\(plan.folder)/tmp"
        // Paths in options are relative to the folder in which the checker is started, as they are for a runner.
        let here = getcwd(nil, 0)
        defer { free(here) }
        let place = here.map { String(cString: $0) } ?? "/"
        let words: [String] = ["/proc/self/exe", CheckWorker.command, plan.folder, place, "\(plan.folder)/stdout.log", "\(plan.folder)/stderr.log"]
        let texts = words.map { strdup($0) }
        let variables = environment.map { strdup("\($0)=\($1)") }
        defer { for text in texts + variables { free(text) } }
        let arguments = [texts[0], texts[1], texts[2], nil]
        var request = lynx_guardian_request()
        request.program = UnsafePointer(texts[0])
        request.working_directory = UnsafePointer(texts[3])
        request.stdout_path = UnsafePointer(texts[4])
        request.stderr_path = UnsafePointer(texts[5])
        request.capture_bytes = 1 << 20
        var guardian = lynx_guardian()
        var step = LYNX_GUARDIAN_FORK
        let failure = arguments.withUnsafeBufferPointer { arguments in
            (variables + [nil]).withUnsafeBufferPointer { variables in
                request.argv = arguments.baseAddress
                request.envp = variables.baseAddress
                return lynx_guardian_spawn(&request, &guardian, &step)
            }
        }
        guard failure == 0 else { throw SystemError(call: "cannot start the process of a check", code: failure) }
        return guardian
    }

    private static func isReadable(_ descriptor: Int32, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    private static func lines(_ path: String) -> [String] {
        String(decoding: WholeFile.read(path) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
