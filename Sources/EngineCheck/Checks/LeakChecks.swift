import CLinux
import EngineABI
import Glibc
import Support

/// What is left of many jobs: as many as the plan says and its time allows.
enum LeakChecks {
    private static let rule = Check.Rule("Process", "After release nothing of the job is left but its files: no")

    static let all = [
        leak("leak-memory", "1,000 jobs leave no memory allocated.") { _ in heap } judge: { first, last, jobs in
            // A cache may grow now and then; a leak grows with each job.
            let bytes = last - first
            return bytes > jobs * 64 && bytes > 64 << 10 ? "\(jobs) jobs left \(bytes) bytes allocated, \(bytes / max(1, jobs)) each" : nil
        },
        leak("leak-descriptors", "1,000 jobs leave no descriptor open.") { _ in ProcessTable.descriptors().count } judge: { first, last, jobs in
            last > first + 2 ? "\(jobs) jobs left \(last - first) descriptors open" : nil
        },
        leak("leak-threads", "1,000 jobs leave no thread.") { _ in ProcessTable.threads } judge: { first, last, jobs in
            last > first + 2 ? "\(jobs) jobs left \(last - first) threads" : nil
        },
        leak("leak-processes", "1,000 jobs leave no process running.") { _ in ProcessTable.descendants().filter { !$0.isZombie }.count } judge: { first, last, jobs in
            last > first + 2 ? "\(jobs) jobs left \(last - first) processes running" : nil
        },
        leak("leak-zombies", "1,000 jobs leave no process that nobody has waited for.") { _ in ProcessTable.descendants().filter(\.isZombie).count } judge: { first, last, jobs in
            last > first + 2 ? "\(jobs) jobs left \(last - first) zombies" : nil
        },
        leak("leak-temporary-files", "1,000 jobs leave no file in TMPDIR, /tmp or /dev/shm.") { trial in files(trial) } judge: { first, last, jobs in
            last > first + 2 ? "\(jobs) jobs left \(last - first) files" : nil
        },
        Check(
            "leak-unlaunched", "1,000 jobs that are prepared and released leave no memory allocated and no descriptor open.", rule
        ) { trial in
            let bench = try trial.configured()
            let measure = { (heap, ProcessTable.descriptors().count) }
            let (first, last, jobs) = try many(trial, measure) { try bench.prepared().release() }
            let bytes = last.0 - first.0
            try expect(bytes <= jobs * 64 || bytes <= 64 << 10, "\(jobs) jobs left \(bytes) bytes allocated, \(bytes / max(1, jobs)) each")
            try expect(last.1 <= first.1 + 2, "\(jobs) jobs left \(last.1 - first.1) descriptors open")
        },
    ]

    private static func leak(
        _ name: String, _ summary: String, _ measure: @escaping @Sendable (Trial) -> Int,
        judge: @escaping @Sendable (_ first: Int, _ last: Int, _ jobs: Int) -> String?
    ) -> Check {
        Check(name, summary, rule) { trial in
            let bench = try trial.configured()
            let (first, last, jobs) = try many(trial, { measure(trial) }) { try bench.started().finish() }
            if let problem = judge(first, last, jobs) { throw CheckFailed(problem) }
        }
    }

    /// Runs jobs, and measures after some of them, which may fill caches, and at the end.
    private static func many<Measure>(
        _ trial: Trial, _ measure: () -> Measure, _ job: () throws -> Void
    ) throws -> (first: Measure, last: Measure, jobs: Int) {
        let start = LibraryChecks.now()
        let elapsed = { Double(LibraryChecks.now() - start) / 1e9 }
        // Time for enough jobs to tell a leak from a cache, if they are slow; five there are always.
        let longest = trial.plan.secondsPerCheck / 2
        var before = 0, jobs = 0
        while before < max(2, min(50, trial.plan.leakJobs / 5)), before < 2 || elapsed() < longest / 3 {
            try job()
            before += 1
        }
        let first = measure()
        let most = max(5, trial.plan.leakJobs - before)
        while jobs < most, jobs < 5 || elapsed() < trial.plan.leakSeconds || (jobs < 20 && elapsed() < longest) {
            try job()
            jobs += 1
        }
        return (first, measure(), jobs)
    }

    /// Bytes that are allocated now, by malloc and by large blocks of it.
    private static var heap: Int { Int(lynx_allocated_bytes()) }

    private static func files(_ trial: Trial) -> Int {
        ["\(trial.plan.folder)/tmp", "/tmp", "/dev/shm"].reduce(0) { count, folder in
            // Other programs' files come and go; this user's engine makes them as this process does.
            count + ((try? Directory.names(in: folder)) ?? []).filter { name in folder.hasPrefix(trial.plan.folder) || name.contains("\(getpid())") }.count
        }
    }
}
