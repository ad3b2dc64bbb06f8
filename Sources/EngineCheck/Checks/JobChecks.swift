import EngineABI
import Glibc
import Support

/// A job's way from prepare to release, as the header has it.
enum JobChecks {
    static let all = [
        Check(
            "job-succeeds", "A job is prepared, launched, reaped, collected and released, and ends with success.",
            .init("A job's life", "prepare -> launch -> (the host waits on exit_fd) -> reap -> collect -> release.")
        ) { trial in
            let (exit, _) = try trial.configured().started().finish()
            try expect(exit.isSuccess, "reap says that it failed: \(exit.text.isEmpty ? "no message" : exit.text); a job that succeeds is given with --job FILE")
        },
        Check(
            "job-own-session", "The simulation's first process leads a session and a process group of its own.",
            .init("launch", "Starts the simulation, in a session of its own, and fills *process")
        ) { trial in
            let job = try trial.configured().started()
            job.freeze()
            if job.pid > 0 {
                guard let process = ProcessTable.entry(job.pid) else { throw CheckFailed("there is no process \(job.pid), which launch named as pid") }
                try expect(process.group == job.pid, "process \(job.pid) is in process group \(process.group), and does not lead it")
                try expect(process.session == job.pid, "process \(job.pid) is in session \(process.session)")
            }
            try job.terminate()
            try job.finish()
            if job.pid == 0 { throw CheckSkipped("launch names no process: pid is 0") }
        },
        Check(
            "job-exit-descriptor", "exit_fd is readable from the end of the simulation to release, and not before.",
            .init("exit_fd of lynx_process", "Owned by the engine, open until release().")
        ) { trial in
            let job = try trial.configured().frozen()
            if job.isFrozen { try expect(!job.hasEnded, "it is readable while process \(job.pid) is there") }
            try job.terminate()
            job.waitForEnd()
            for _ in 0..<3 { try expect(job.hasEnded, "it is not readable any more") }
            _ = try job.reap()
            try expect(fcntl(job.exitDescriptor, F_GETFD) >= 0, "it is closed after reap")
            _ = try job.collect()
            try expect(fcntl(job.exitDescriptor, F_GETFD) >= 0, "it is closed after collect")
            try job.release()
        },
        Check(
            "job-pid-kept", "The first process is there, if only as a zombie, until reap.",
            .init("pid of lynx_process", "It leads process group pid, and is not reaped before reap().")
        ) { trial in
            let job = try trial.configured().started()
            guard job.pid > 0 else {
                try job.finish()
                throw CheckSkipped("launch names no process: pid is 0")
            }
            let before = ProcessTable.entry(job.pid)
            job.waitForEnd()
            guard let after = ProcessTable.entry(job.pid) else { throw CheckFailed("process \(job.pid) was reaped before reap, so that its number may be another's") }
            try expect(before.map { $0.began == after.began } ?? true, "process \(job.pid) is another one now")
            try job.finish()
        },
        Check(
            "job-exit-report", "reap fills lynx_exit with an exit code or a signal, values of the header, and one line of text.",
            .init("reap", "Fills *result (struct_size set by the host).")
        ) { trial in
            let bench = try trial.configured()
            let (exit, _) = try bench.started().finish()
            try examine(exit)
            let job = try bench.frozen()
            try job.terminate()
            let (killed, _) = try job.finish()
            try examine(killed)
        },
        Check(
            "job-second-attempt", "The second attempt of a job succeeds in a directory of its own.",
            .init("attempt of lynx_job", "uint32_t attempt; /* from 1 */")
        ) { trial in
            let bench = try trial.configured()
            let first = try bench.started()
            let id = first.inputs.jobID
            let (before, _) = try first.finish()
            let second = try bench.prepared { inputs in
                inputs.jobID = id
                inputs.attempt = 2
            }
            try second.start()
            let (after, _) = try second.finish()
            try expect(before.isSuccess == after.isSuccess, "the first attempt ended with success \(before.raw.success), the second with \(after.raw.success)")
        },
        Check(
            "job-lent-memory", "A job runs although its lynx_job and all its texts are gone, and were not terminated, when prepare has returned.",
            .init("lynx_job", "Valid until prepare returns: copy what is needed later.")
        ) { trial in
            let job = try trial.configured().prepared(guarded: true)
            try job.start()
            try job.finish()
        },
        Check(
            "job-stays-in-directory", "A job makes no file outside its directory, and none in it that nobody can remove.",
            .init("prepare", "Writes what the job needs into its directory.")
        ) { trial in
            let bench = try trial.configured()
            let temporary = "\(trial.plan.folder)/tmp"
            try bench.started().finish()
            let look = { (try? Directory.names(in: ".")).map(Set.init) ?? [] }
            let before = look(), known = Set((try? Directory.names(in: temporary)) ?? []), jobs = Set((try? Directory.names(in: "\(trial.plan.folder)/jobs")) ?? [])
            let job = try bench.started()
            try job.finish()
            let here = look().subtracting(before), there = Set((try? Directory.names(in: temporary)) ?? []).subtracting(known)
            try expect(here.isEmpty, "\(here.sorted().prefix(3).joined(separator: ", ")) appeared in the working directory")
            try expect(there.isEmpty, "\(there.sorted().prefix(3).joined(separator: ", ")) was left in TMPDIR")
            let beside = Set((try? Directory.names(in: "\(trial.plan.folder)/jobs")) ?? []).subtracting(jobs)
            try expect(beside.isEmpty, "\(beside.sorted().prefix(3).joined(separator: ", ")) is left where directories of jobs are")
        },
        Check(
            "job-leaves-no-process", "When exit_fd is readable, all that the simulation started is gone.",
            .init("exit_fd of lynx_process", "Readable when the simulation and everything it started is gone")
        ) { trial in
            let job = try trial.configured().started()
            job.waitForEnd()
            let left = ProcessTable.descendants().filter { ProcessTable.isRunning($0) && ProcessTable.environment(of: $0.pid, contains: job.inputs.directory + "/") }
            try expect(left.isEmpty, "\(left.map { ProcessTable.command(of: $0.pid) }.sorted().prefix(3).joined(separator: ", ")) is still running")
            try job.finish()
        },
        Check(
            "job-not-launched-twice", "A second launch of a job is refused.", .init("launch", "[launch & after prepare]"), isAdvice: true
        ) { trial in
            let job = try trial.configured().started()
            let second = try job.launch()
            try expect(!second.isOK, "it succeeded, so that there may be two simulations")
            try job.finish()
        },
        Check(
            "job-before-configure", "prepare before configure is refused, with a description.",
            .init("configure", "[main & before any prepare, once]"), isAdvice: true
        ) { trial in
            let bench = try trial.load()
            let (answer, job) = try bench.prepare(try bench.makeInputs())
            try job?.release()
            try answer.expectDescribed()
        },
    ]

    static func examine(_ exit: Exit) throws {
        let raw = exit.raw
        try expect(raw.exit_code >= -1, "exit_code is \(raw.exit_code)")
        try expect((0...64).contains(raw.exit_signal), "exit_signal is \(raw.exit_signal)")
        try expect(raw.exit_code < 0 || raw.exit_signal == 0, "exit_code is \(raw.exit_code), and exit_signal \(raw.exit_signal)")
        try expect((0...1).contains(raw.success), "success is \(raw.success)")
        try expect((0...1).contains(raw.retryable), "retryable is \(raw.retryable)")
        try expect((0...1).contains(raw.failure_class), "failure_class is \(raw.failure_class)")
        try expect(raw.max_rss_bytes >= 0, "max_rss_bytes is \(raw.max_rss_bytes)")
        guard let message = exit.message else { throw CheckFailed("message has no NUL") }
        try expect(String(validating: message, as: UTF8.self) != nil, "message is not UTF-8")
        try expect(raw.success != 0 || !message.isEmpty, "success is 0, and message is empty")
        // The tail of stderr may follow.
        try expect(message.first != 10, "message begins with an empty line: \(exit.text.debugDescription)")
    }
}
