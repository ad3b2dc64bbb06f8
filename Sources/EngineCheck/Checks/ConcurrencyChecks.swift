import EngineABI
import Glibc
import Synchronization

/// Several jobs at the same time, and calls that any thread may make.
enum ConcurrencyChecks {
    static let all = [
        Check(
            "concurrent-jobs", "Eight jobs run at the same time, each prepared, reaped, collected and released by a thread of its own.",
            .init("Threads", "[job]     any thread of the host, but never two at once for the same job.")
        ) { trial in
            let bench = try trial.configured()
            try run(bench, 8) { _ in false }
        },
        Check(
            "concurrent-stops", "Eight jobs run at the same time, and every other one is terminated.",
            .init("terminate", "[any & between launch and reap]")
        ) { trial in
            let bench = try trial.configured()
            try run(bench, 8) { index in index % 2 == 0 }
        },
        Check(
            "concurrent-questions", "Jobs run while two threads ask for extensions all the time.", .init("get_extension of lynx_engine", "[any] The interface of that name")
        ) { trial in
            let bench = try trial.configured()
            let isOver = Atomic(false), table = Int(bitPattern: bench.table)
            let asking = CallingThreads.start(2) {
                let engine = UnsafePointer<lynx_engine>(bitPattern: table)!
                let names = [LYNX_EXTENSION_WARM_WORKERS, LYNX_EXTENSION_SCENARIOS, "unknown/1"]
                while !isOver.load(ordering: .relaxed) {
                    let memory = LentMemory()
                    for name in names { _ = engine.pointee.get_extension?(engine, memory.string(Array(name.utf8))) }
                    usleep(100)
                }
            }
            defer {
                isOver.store(true, ordering: .relaxed)
                asking.wait()
            }
            for _ in 0..<5 { try bench.started().finish() }
        },
        Check(
            "concurrent-same-result", "Eight jobs of the same inputs that run at the same time end as one that runs alone.",
            .init("A job's life", "prepare -> launch -> (the host waits on exit_fd) -> reap -> collect -> release.")
        ) { trial in
            let bench = try trial.configured()
            let (alone, files) = try bench.started().finish()
            let jobs = try (0..<8).map { _ in try bench.started() }
            for job in jobs {
                let (exit, found) = try job.finish()
                try expect(exit.isSuccess == alone.isSuccess, "one ended with success \(exit.raw.success) instead of \(alone.raw.success): \(exit.text)")
                let names = Set(found.files.map(\.path)), expected = Set(files.files.map(\.path))
                try expect(names == expected, "one left \(names.count) files instead of \(expected.count), or others")
            }
        },
    ]

    /// Prepares, reaps, collects and releases jobs on threads of their own, and launches them on the one for launches.
    private static func run(_ bench: Bench, _ count: Int, stops: @escaping @Sendable (Int) -> Bool) throws {
        let jobs = Mutex<[Int: BenchJobBox]>([:])
        let problem = Mutex<(any Error)?>(nil)
        let inputs = try (0..<count).map { _ in try bench.makeInputs() }
        let tokens = (0..<count).map { _ in bench.makeToken() }
        let threads = ParallelBench(bench)
        let attempt: @Sendable (() throws -> Void) -> Void = { body in
            do { try body() } catch { problem.withLock { $0 = $0 ?? error } }
        }
        atOnce(count) { index in attempt { let job = try threads.prepare(inputs[index], tokens[index]); jobs.withLock { $0[index] = job } } }
        let prepared = jobs.withLock { $0 }
        for index in 0..<count { if let job = prepared[index] { attempt { try job.job.start() } } }
        atOnce(count) { index in
            guard let job = prepared[index], job.job.exitDescriptor >= 0 else { return }
            attempt {
                if stops(index) { threads.terminate(job.job) }
                job.job.waitForEnd()
                try threads.end(job.job)
            }
        }
        if let error = problem.withLock({ $0 }) { throw error }
    }

}

/// A job that threads hand on; one at a time uses it.
private struct BenchJobBox: @unchecked Sendable { let job: BenchJob }

/// Calls of many threads, which `Bench` makes one at a time. Each call is made by the thread that wants it.
private struct ParallelBench: Sendable {
    private let bench: Bench

    init(_ bench: Bench) { self.bench = bench }

    func prepare(_ inputs: JobInputs, _ token: UInt64) throws -> BenchJobBox {
        let memory = LentMemory()
        let raw = memory.place(bench.raw(inputs, token, memory))
        var out: OpaquePointer?
        var error = lynx_error()
        error.struct_size = UInt32(MemoryLayout<lynx_error>.size)
        bench.host.enter(.prepared, token)
        let status = bench.table.pointee.prepare(bench.table, raw, &out, &error)
        guard status == LYNX_OK, let out else { throw CheckFailed(Answer("prepare", status, error).description) }
        return BenchJobBox(job: BenchJob(bench, out, token, inputs))
    }

    func terminate(_ job: BenchJob) { bench.table.pointee.terminate(job.handle) }

    func end(_ job: BenchJob) throws {
        var exit = lynx_exit()
        exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
        var error = lynx_error()
        error.struct_size = UInt32(MemoryLayout<lynx_error>.size)
        var status = bench.table.pointee.reap(job.handle, &exit, &error)
        bench.host.enter(.reaped, job.token)
        guard status == LYNX_OK else { throw CheckFailed(Answer("reap", status, error).description) }
        let files = Collection(.init())
        var collector = files.collector(size: MemoryLayout<lynx_collector>.size)
        status = bench.table.pointee.collect(job.handle, &collector, &error)
        guard status == LYNX_OK else { throw CheckFailed(Answer("collect", status, error).description) }
        try expect(files.folder.hasPrefix(job.inputs.directory), "collect of one job named the directory of another: \(files.folder)")
        bench.table.pointee.release(job.handle)
        bench.host.enter(.released, job.token)
        Stage.renew()
    }
}
