import CLinux
import EngineABI
import Glibc
import Support

/// What an engine does when the machine lacks something: it says so, leaves nothing behind, and works again afterwards.
enum ShortageChecks {
    private static let lack = Check.Rule("LYNX_E_RESOURCES", "The machine lacks something now: descriptors, memory, disk, a free instance.")
    private static let nothing = Check.Rule("launch", "After a failure nothing of it is left running.")

    static let all = [
        Check("no-descriptors-prepare", "With 0 to 12 descriptors left, prepare succeeds or fails with LYNX_E_RESOURCES, and leaves none open.", lack) { trial in
            let bench = try trial.configured()
            try bench.started().finish()
            try scarce(bench) { spare in
                let inputs = try bench.makeInputs()
                let (answer, job) = try Limit.descriptors(spare) { try bench.prepare(inputs) }
                try examine(answer, "with \(spare) descriptors left")
                try job?.release()
            }
        },
        Check("no-descriptors-launch", "With 0 to 12 descriptors left, launch succeeds or fails with LYNX_E_RESOURCES, and leaves no descriptor or process.", nothing) { trial in
            let bench = try trial.configured()
            try bench.started().finish()
            try scarce(bench) { spare in
                let job = try bench.prepared()
                let answer = try Limit.descriptors(spare) { try job.launch() }
                try examine(answer, "with \(spare) descriptors left")
                try end(job, answer, "with \(spare) descriptors left")
            }
        },
        Check("no-memory-prepare", "When no more memory can be mapped, prepare succeeds or fails with LYNX_E_RESOURCES.", lack) { trial in
            let bench = try trial.configured()
            try bench.started().finish()
            for spare in spaces {
                let inputs = try bench.makeInputs()
                let (answer, job) = try Limit.addressSpace(spare) { try bench.prepare(inputs) }
                try examine(answer, "with \(spare >> 10) KiB of address space left")
                try job?.release()
            }
            try bench.started().finish()
        },
        Check("no-memory-launch", "When no more memory can be mapped, launch succeeds or fails with LYNX_E_RESOURCES, and leaves no process.", nothing) { trial in
            let bench = try trial.configured()
            try bench.started().finish()
            for spare in spaces {
                let job = try bench.prepared()
                let answer = try Limit.addressSpace(spare) { try job.launch() }
                try examine(answer, "with \(spare >> 10) KiB of address space left")
                try end(job, answer, "with \(spare >> 10) KiB of address space left")
            }
            try bench.started().finish()
        },
        Check("full-disk", "When the disk of the job's directory is full, prepare and launch succeed or fail with LYNX_E_RESOURCES.", lack) { trial in
            let bench = try trial.configured()
            let disk = try SmallDisk(trial, .full)
            defer { disk.remove() }
            try elsewhere(bench, disk.path) { answer in try examine(answer, "on a full disk") }
        },
        Check("read-only-directory", "When the job's directory cannot be written to, prepare or launch fails with a description.", .init("Errors", "A function that can fail returns a lynx_status")) { trial in
            let bench = try trial.configured()
            let disk = try SmallDisk(trial, .readOnly)
            defer { disk.remove() }
            try elsewhere(bench, disk.path) { answer in try answer.expectDescribed() }
        },
        Check("missing-directory", "When the job's directory is gone before launch, launch succeeds or fails with a description, and leaves no process.", nothing) { trial in
            let bench = try trial.configured()
            let job = try bench.prepared()
            let away = job.inputs.directory + ".away"
            guard rename(job.inputs.directory, away) == 0 else { throw CheckSkipped("cannot rename \(job.inputs.directory)") }
            let answer = try job.launch()
            try answer.expectDescribed()
            rename(away, job.inputs.directory)
            if answer.isOK {
                job.waitForEnd()
                try JobChecks.examine(try job.reap())
                _ = try job.collect()
            }
            try job.release()
        },
    ]

    /// Enough for small things, which no program can do without, and too little for a stack or a large buffer.
    private static let spaces: [UInt64] = [512 << 10, 1 << 20, 2 << 20, 8 << 20, 64 << 20]

    /// Runs `body` with ever more room, several times over, and looks for what it leaves.
    private static func scarce(_ bench: Bench, _ body: (Int) throws -> Void) throws {
        let start = LibraryChecks.now(), limit = UInt64(bench.trial.plan.leakSeconds * 1e9)
        // Helper processes of the engine may have to be started again at first.
        for spare in 0...12 { try body(spare) }
        try bench.started().finish()
        let before = ProcessTable.descriptors().count
        var passes = 0
        while passes < 5, passes == 0 || LibraryChecks.now() - start < limit {
            for spare in 0...12 { try body(spare) }
            passes += 1
        }
        try bench.started().finish()
        // What the engine does beside its jobs comes to an end; a leak does not.
        for _ in 0..<50 where ProcessTable.descriptors().count > before + 2 { usleep(100_000) }
        let left = ProcessTable.descriptors()
        try expect(left.count <= before + 2, "\(left.count - before) descriptors were left open: \(left.values.sorted().suffix(3).joined(separator: ", "))")
    }

    private static func examine(_ answer: Answer, _ where: String) throws {
        try answer.expectDescribed()
        try expect(
            answer.isOK || answer.status == LYNX_E_RESOURCES,
            "\(answer.function) failed with \(Answer.name(answer.status)) \(`where`), which is LYNX_E_RESOURCES: \(answer.text)")
    }

    private static func end(_ job: BenchJob, _ answer: Answer, _ where: String) throws {
        if answer.isOK { return _ = try job.finish() }
        let left = ProcessTable.descendants().filter { ProcessTable.isRunning($0) && ProcessTable.environment(of: $0.pid, contains: job.inputs.directory + "/") }
        try expect(left.isEmpty, "launch failed \(`where`) and left \(left.map { ProcessTable.command(of: $0.pid) }.joined(separator: ", "))")
        try job.release()
    }

    /// A job whose directory is on a disk like that.
    private static func elsewhere(_ bench: Bench, _ folder: String, _ examine: (Answer) throws -> Void) throws {
        var inputs = try bench.makeInputs()
        inputs.directory = folder
        inputs.temporary = folder + "/tmp"
        let (prepared, job) = try bench.prepare(inputs)
        try examine(prepared)
        guard let job else { return }
        let launched = try job.launch()
        try examine(launched)
        if launched.isOK {
            job.waitForEnd()
            _ = try job.reap()
            _ = try job.collect()
        }
        try job.release()
    }
}

/// Lowers a limit of this process for one call.
private enum Limit {
    static func descriptors<Value>(_ spare: Int, _ body: () throws -> Value) rethrows -> Value {
        // Holes below the highest descriptor count as room, so they are filled first.
        var filled: [Int32] = []
        let highest = ProcessTable.descriptors().keys.max() ?? 2
        while let file = Optional(fcntl(2, F_DUPFD_CLOEXEC, 3)), file >= 0 {
            filled.append(file)
            if file > highest { break }
        }
        defer { for file in filled { close(file) } }
        return try lowered(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), UInt64(highest) + 2 + UInt64(spare), body)
    }

    /// The limit is the whole process's: what the engine does beside its jobs has come to rest first, and small things find room in the heap.
    static func addressSpace<Value>(_ spare: UInt64, _ body: () throws -> Value) rethrows -> Value {
        awaitRest()
        lynx_leave_room_in_heap(256 << 10)
        return try lowered(__rlimit_resource_t(RLIMIT_AS.rawValue), ProcessTable.addressSpace + spare, body)
    }

    /// Waits until neither this process nor what descends from it does anything, but 10 s at most.
    private static func awaitRest() {
        let look = { Set(ProcessTable.descendants().map(\.pid)) }
        for _ in 0..<100 {
            let others = look(), before = ProcessTable.processorTime(with: others)
            usleep(100_000)
            let spent = ProcessTable.processorTime(with: others) - before
            if 0..<2_000_000 ~= spent, look() == others { return }
        }
    }

    private static func lowered<Value>(_ resource: __rlimit_resource_t, _ value: UInt64, _ body: () throws -> Value) rethrows -> Value {
        var before = rlimit()
        getrlimit(resource, &before)
        var low = rlimit(rlim_cur: rlim_t(value), rlim_max: before.rlim_max)
        setrlimit(resource, &low)
        defer { setrlimit(resource, &before) }
        return try body()
    }
}
