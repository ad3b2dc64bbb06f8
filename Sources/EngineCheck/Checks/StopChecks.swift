import EngineABI
import Glibc
import Synchronization

/// terminate, and release before its time.
enum StopChecks {
    private static let anyTime = Check.Rule("A job's life", "terminate may come at any time between launch and reap.")

    static let all = [
        Check(
            "release-unlaunched", "A job that was prepared and never launched is released.",
            .init("A job's life", "release comes exactly once for every prepare that succeeded, whatever happened in between.")
        ) { trial in
            let bench = try trial.configured()
            for _ in 0..<3 { try bench.prepared().release() }
            try bench.started().finish()
        },
        Check(
            "release-kills", "release kills a simulation that still runs.", .init("release", "A simulation that still runs is killed.")
        ) { trial in
            let job = try trial.configured().frozen()
            let mine = processes(of: job)
            try job.release()
            try expectGone(mine)
        },
        Check("terminate-at-once", "terminate right after launch ends the job.", anyTime) { trial in
            let job = try trial.configured().started()
            try job.terminate()
            try job.finish()
        },
        Check("terminate-running", "terminate ends the job 1, 10 and 100 ms after its launch.", anyTime) { trial in
            let bench = try trial.configured()
            for milliseconds in [1, 10, 100] as [UInt32] {
                let job = try bench.started()
                usleep(milliseconds * 1000)
                try job.terminate()
                try job.finish()
            }
        },
        Check("terminate-stopped", "terminate ends a job whose processes are stopped (SIGSTOP), and reap says that it did not succeed.", .init("terminate", "Ends the simulation and everything it started with SIGKILL")) { trial in
            let job = try trial.configured().frozen()
            let isStopped = job.isFrozen
            try job.terminate()
            let (exit, _) = try job.finish()
            try expect(!isStopped || !exit.isSuccess, "reap says success of a job that was killed")
        },
        Check("terminate-twice", "terminate may be called again, before and after the job's end.", .init("terminate", "May be called again.")) { trial in
            let job = try trial.configured().started()
            for _ in 0..<3 { try job.terminate() }
            job.waitForEnd()
            for _ in 0..<3 { try job.terminate() }
            try job.finish()
        },
        Check("terminate-after-end", "terminate between the job's end and reap leaves its result as it is.", anyTime) { trial in
            let bench = try trial.configured()
            let (plain, _) = try bench.started().finish()
            let job = try bench.started()
            job.waitForEnd()
            try job.terminate()
            let (exit, _) = try job.finish()
            try expect(plain.isSuccess == exit.isSuccess, "success is \(exit.raw.success) instead of \(plain.raw.success): \(exit.text)")
        },
        Check("terminate-by-many", "Four threads call terminate at once.", .init("Threads", "[any]     any thread, at any time, also two at once.")) { trial in
            let bench = try trial.configured()
            for _ in 0..<3 {
                let job = try bench.started()
                let terminate = bench.table.pointee.terminate!, handle = Int(bitPattern: job.handle)
                atOnce(4) { _ in terminate(OpaquePointer(bitPattern: handle)) }
                try job.finish()
            }
        },
        Check(
            "terminate-returns", "terminate returns within 2 s, although the simulation has not ended.",
            .init("terminate", "returns at once; exit_fd tells when it is done."), tries: 3
        ) { trial in
            let job = try trial.configured().frozen()
            let start = LibraryChecks.now()
            try job.terminate()
            let milliseconds = (LibraryChecks.now() - start) / 1_000_000
            try job.finish()
            try expect(milliseconds < 2000, "it took \(milliseconds) ms")
        },
        Check(
            "terminate-whole-tree", "After terminate, no process that was there for the job is left when exit_fd is readable.",
            .init("terminate", "Ends the simulation and everything it started with SIGKILL")
        ) { trial in
            let bench = try trial.configured()
            let job = try bench.started()
            usleep(50_000)
            job.freeze()
            let mine = processes(of: job)
            try job.terminate()
            job.waitForEnd()
            try expectGone(mine)
            try job.finish()
        },
        Check(
            "collect-after-kill", "collect succeeds for a job that was killed.",
            .init("collect", "Reports every file that the simulation left, also after a failure.")
        ) { trial in
            let job = try trial.configured().started()
            try job.terminate()
            job.waitForEnd()
            _ = try job.reap()
            let files = try job.collect()
            try expect(files.answer.isOK, files.answer.description)
            try expect(files.folder.hasPrefix("/"), "it named no output directory")
            try job.release()
        },
    ]

    /// The processes that belong to a job: by their environment, and the first one.
    private static func processes(of job: BenchJob) -> Set<ProcessTable.Entry> {
        ProcessTable.descendants().filter { $0.pid == job.pid || ProcessTable.environment(of: $0.pid, contains: job.inputs.directory + "/") }
    }

    private static func expectGone(_ processes: Set<ProcessTable.Entry>) throws {
        let left = processes.filter(ProcessTable.isRunning)
        try expect(left.isEmpty, "\(left.map { ProcessTable.command(of: $0.pid) }.sorted().prefix(3).joined(separator: ", ")) is still running")
    }
}
