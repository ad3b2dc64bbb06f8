import EngineABI
import Glibc
import Support
import Synchronization

/// What belongs to the process, and so to the host.
enum ProcessChecks {
    private static let rule = Check.Rule("Process", "No call changes a signal's mask or action, the working directory, the")
    private static let rest = Check.Rule("Process", "umask, the environment, resource limits, the locale, the floating-point mode or descriptors that are not the")

    static let all = [
        keeps("process-signal-mask", "No call leaves another signal mask on the thread that made it.", rule) { ProcessState.signalMask },
        keeps("process-signal-actions", "A job leaves the action of every signal as it is.", rule) { ProcessState.signalActions },
        keeps("process-working-directory", "A job leaves the working directory as it is.", rule) { ProcessState.workingDirectory },
        keeps("process-umask", "A job leaves the umask as it is.", rest) { ProcessState.fileModeMask },
        keeps("process-environment", "A job leaves the environment as it is.", rest) { ProcessState.environment },
        keeps("process-limits", "A job leaves the resource limits as they are.", rest) { ProcessState.limits },
        keeps("process-locale", "A job leaves the locale as it is.", rest) { ProcessState.locale },
        keeps("process-floating-point", "A job leaves the rounding mode as it is.", rest) { ProcessState.rounding },
        Check("process-descriptors", "A job closes, replaces and moves no descriptor of the host.", rest) { trial in
            let file = "\(trial.plan.folder)/host-file"
            let own = try OwnedDescriptor.open(file, O_RDWR | O_CREAT)
            try own.write(Array("host".utf8), to: file)
            let copies = (0..<40).map { _ in fcntl(own.raw, F_DUPFD_CLOEXEC, 3) } + [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
            let look = { copies.map { ProcessState.descriptor($0) } }
            let before = look()
            try trial.configured().started().finish()
            for (number, after) in zip(copies, zip(before, look())) where after.0 != after.1 {
                throw CheckFailed("descriptor \(number) is \(after.1) instead of \(after.0)")
            }
        },
        Check("process-close-on-exec", "All descriptors that the engine holds while a job runs are close-on-exec.", .init("Process", "What an engine opens is close-on-exec.")) { trial in
            let before = Set(ProcessTable.descriptors().keys)
            let bench = try trial.configured()
            let job = try bench.started()
            let open = ProcessTable.descriptors().filter { !before.contains($0.key) && fcntl($0.key, F_GETFD) & FD_CLOEXEC == 0 && fcntl($0.key, F_GETFD) >= 0 }
            try job.finish()
            try expect(open.isEmpty, "\(open.map { "descriptor \($0.key) (\($0.value))" }.sorted().prefix(3).joined(separator: ", ")) is not")
        },
        Check(
            "host-called-legally", "log, emit_telemetry and the host's extensions are called for jobs that the host has named, in their time, with UTF-8.",
            .init("emit_telemetry of lynx_host", "[any & after launch & before reap returns] Samples that the engine itself took from the simulator.")
        ) { trial in
            let bench = try trial.configured()
            for _ in 0..<3 { try bench.started().finish() }
            let job = try bench.started()
            try job.terminate()
            try job.finish()
            // What a thread of the engine still does comes soon.
            usleep(300_000)
            if let problem = bench.host.notes.withLock({ $0.problems.first }) { throw CheckFailed(problem) }
        },
        Check(
            "host-called-after-release", "Nothing is logged or emitted for a job after its release.",
            .init("lynx_job_token", "The host's name for a job; an engine only hands it back.")
        ) { trial in
            let bench = try trial.configured()
            let job = try bench.started()
            try job.finish()
            // What a thread of the engine still does comes soon.
            usleep(300_000)
            if let late = bench.host.notes.withLock({ $0.late.first }) { throw CheckFailed(late) }
        },
    ]

    private static func keeps<State: Equatable & SendableMetatype>(_ name: String, _ summary: String, _ rule: Check.Rule, _ state: @escaping @Sendable () -> State) -> Check {
        Check(name, summary, rule) { trial in
            let before = state()
            let look = { (call: String) throws -> Void in
                let after = state()
                try expect(after == before, "after \(call) it is \(after) instead of \(before)")
            }
            let bench = try trial.load()
            try look("lynx_engine_entry")
            guard try bench.configure(trial.settings).isOK else { throw CheckSkipped("the engine cannot be configured; see configure-succeeds") }
            try look("configure")
            let job = try bench.prepared()
            try look("prepare")
            try job.start()
            try look("launch")
            try job.terminate()
            try look("terminate")
            job.waitForEnd()
            _ = try job.reap()
            try look("reap")
            _ = try job.collect()
            try look("collect")
            try job.release()
            try look("release")
        }
    }
}
