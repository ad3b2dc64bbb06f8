import EngineABI
import Glibc
import RunnerHost

/// What a job is prepared with.
struct JobInputs {
    var jobID: [UInt8]
    var batchID = Array("check".utf8)
    var directory: String
    var temporary: String
    var runConfig: [UInt8]
    var url = Array("http://127.0.0.1:9".utf8)
    var type: [UInt8]
    var attempt: UInt32 = 1
    var settings: [Setting] = []
}

/// One attempt in the engine.
final class BenchJob {
    let bench: Bench
    let handle: OpaquePointer
    let token: UInt64
    let inputs: JobInputs
    private(set) var pid: Int32 = 0
    private(set) var exitDescriptor: Int32 = -1
    /// Whether `freeze` has stopped it before it ended.
    private(set) var isFrozen = false
    private var isReleased = false

    init(_ bench: Bench, _ handle: OpaquePointer, _ token: UInt64, _ inputs: JobInputs) {
        self.bench = bench
        self.handle = handle
        self.token = token
        self.inputs = inputs
    }

    private var table: lynx_engine { bench.table.pointee }

    func launch() throws -> Answer {
        let memory = LentMemory()
        let size = UInt32(MemoryLayout<lynx_process>.size + bench.era.tail)
        let process = memory.place(lynx_process(struct_size: size, pid: 0, exit_fd: -1), tail: bench.era.tail)
        let answer = try bench.fallible("launch", on: .launch) { table.launch(handle, process, $0) }
        try expect(
            LentMemory.isTailIntact(process, tail: bench.era.tail), "launch wrote behind the lynx_process whose struct_size covers more than it knows")
        if answer.isOK {
            bench.host.enter(.launched, token)
            pid = process.pointee.pid
            exitDescriptor = process.pointee.exit_fd
        }
        return answer
    }

    /// Launches, or throws.
    func start() throws {
        let answer = try launch()
        try expect(answer.isOK, answer.description)
        try expect(fcntl(exitDescriptor, F_GETFD) >= 0, "launch succeeded with exit_fd \(exitDescriptor), which is not open")
        try expect(pid >= 0, "launch succeeded with pid \(pid)")
    }

    /// Stops what was launched where it is, so that it cannot end by itself. Returns whether it had not ended yet.
    @discardableResult
    func freeze() -> Bool {
        guard pid > 0 else { return false }
        kill(-pid, SIGSTOP)
        while let process = ProcessTable.entry(pid), !process.isZombie {
            isFrozen = process.state == UInt8(ascii: "T")
            if isFrozen { return true }
            usleep(500)
        }
        return false
    }

    func terminate(on place: Bench.Place = .other) throws { try bench.call("terminate", on: place) { table.terminate(handle) } }

    var hasEnded: Bool { wait(milliseconds: 0) }

    /// Whether exit_fd is readable by then.
    func wait(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: exitDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) == 1 && entry.revents & Int16(POLLIN | POLLHUP) != 0
    }

    /// Waits until exit_fd is readable. The check's time limit ends a wait that has no end.
    func waitForEnd() {
        Stage.set("exit_fd did not become readable")
        while !wait(milliseconds: 1000) {}
        Stage.set("the check itself did not end")
    }

    func reap() throws -> Exit {
        let size = bench.era.exitSize, memory = LentMemory(isGuarded: bench.era.minor < LYNX_ABI_MINOR)
        var blank = lynx_exit()
        blank.struct_size = UInt32(size + bench.era.tail)
        blank.exit_code = -1
        let raw = memory.place(blank, size: size, tail: bench.era.tail)
        let answer = try bench.fallible("reap", on: .job) { table.reap(handle, raw, $0) }
        bench.host.enter(.reaped, token)
        try expect(
            LentMemory.isTailIntact(raw, size: size, tail: bench.era.tail), "reap wrote behind the lynx_exit whose struct_size covers more than it knows")
        try expect(answer.isOK, answer.description)
        var whole = lynx_exit()
        withUnsafeMutableBytes(of: &whole) { $0.baseAddress!.copyMemory(from: raw, byteCount: size) }
        return Exit(whole)
    }

    func collect(_ limits: Collection.Limits = .init()) throws -> Collection {
        let collection = Collection(limits)
        let size = bench.era.collectorSize, memory = LentMemory(isGuarded: bench.era.minor < LYNX_ABI_MINOR)
        let raw = memory.place(collection.collector(size: size + bench.era.tail), size: size, tail: bench.era.tail)
        collection.answer = try withExtendedLifetime(collection) { try bench.fallible("collect", on: .job) { table.collect(handle, raw, $0) } }
        return collection
    }

    func release() throws {
        guard !isReleased else { return }
        isReleased = true
        try bench.call("release", on: .job) { table.release(handle) }
        bench.host.enter(.released, token)
        _ = try? DirectoryRemoval.remove(inputs.directory)
        Stage.renew()
    }

    /// What a host does after launch: waits, reaps, collects, releases.
    @discardableResult
    func finish() throws -> (exit: Exit, files: Collection) {
        waitForEnd()
        let exit = try reap()
        let files = try collect()
        try expect(files.answer.isOK, files.answer.description)
        try release()
        return (exit, files)
    }
}

/// What reap said.
struct Exit {
    let raw: lynx_exit
    let message: [UInt8]?

    init(_ raw: lynx_exit) {
        self.raw = raw
        message = withUnsafeBytes(of: raw.message) { bytes in bytes.firstIndex(of: 0).map { Array(bytes[..<$0]) } }
    }

    var text: String { message.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    var isSuccess: Bool { raw.success != 0 }
}

extension Bench {
    /// Inputs for a job of their own folder, as a host makes it.
    func makeInputs() throws -> JobInputs {
        let number = makeToken()
        let folder = "\(trial.plan.folder)/jobs/\(number)"
        try trial.makeFolder("\(trial.plan.folder)/jobs")
        try trial.makeFolder(folder)
        try trial.makeFolder(folder + "/tmp")
        return JobInputs(
            jobID: Array("check-\(number)".utf8), directory: folder, temporary: folder + "/tmp", runConfig: trial.runConfig(job: "check-\(number)"),
            type: table.pointee.id.bytes)
    }

    /// Calls prepare. The job is nil if it fails.
    func prepare(_ inputs: JobInputs, guarded: Bool = false, withError: Bool = true) throws -> (Answer, BenchJob?) {
        let token = makeToken()
        // A host of an earlier version ends its struct before what it does not know.
        let memory = LentMemory(isGuarded: guarded || era.minor < LYNX_ABI_MINOR)
        let job = raw(inputs, token, memory)
        let raw = memory.place(job, size: era.jobSize, tail: era.tail)
        var out: OpaquePointer?
        host.enter(.prepared, token)
        let answer = try fallible("prepare", on: .job, memory: memory, withError: withError) { table.pointee.prepare(table, raw, &out, $0) }
        guard answer.isOK else {
            host.enter(.released, token)
            return (answer, nil)
        }
        guard let out else { throw CheckFailed("prepare succeeded without a handle") }
        return (answer, BenchJob(self, out, token, inputs))
    }

    /// The struct of a job, in memory that lasts as long as its texts.
    func raw(_ inputs: JobInputs, _ token: UInt64, _ memory: LentMemory) -> lynx_job {
        var job = lynx_job()
        job.struct_size = UInt32(era.jobSize + era.tail)
        job.attempt = inputs.attempt
        job.token = token
        job.job_id = memory.string(inputs.jobID)
        job.batch_id = memory.string(inputs.batchID)
        job.directory = memory.string(Array(inputs.directory.utf8))
        job.run_config_json = memory.string(inputs.runConfig)
        job.telemetry_url = memory.string(inputs.url)
        job.simulation_type = memory.string(inputs.type)
        job.temporary_directory = memory.string(Array(inputs.temporary.utf8))
        job.settings = UnsafePointer(memory.settings(inputs.settings))
        job.setting_count = inputs.settings.count
        return job
    }

    /// A prepared job, or a throw.
    func prepared(_ change: (inout JobInputs) -> Void = { _ in }, guarded: Bool = false) throws -> BenchJob {
        var inputs = try makeInputs()
        change(&inputs)
        let (answer, job) = try prepare(inputs, guarded: guarded)
        guard let job else { throw CheckFailed(answer.description) }
        return job
    }

    /// A launched job, or a throw.
    func started() throws -> BenchJob {
        let job = try prepared()
        try job.start()
        return job
    }

    /// A launched job whose first process is stopped where it is.
    ///
    /// A short simulation may end before it can be stopped, the more so on a busy machine, so several are tried. If the engine names no
    /// process, or all of them were faster, the last one is returned as it is.
    func frozen() throws -> BenchJob {
        for _ in 0..<20 {
            let job = try started()
            if job.pid == 0 || job.freeze() { return job }
            try job.finish()
        }
        return try started()
    }
}
