import EngineABI
import Glibc
import Support
import Synchronization

/// A sequence of calls in an order that the header allows, with inputs that nobody expects. The seed alone determines it: what
/// comes next never depends on how long a simulation takes, or on the names of the check's own files. Each step draws from a
/// seed of its own, so that it is the same whatever the steps before it have drawn.
final class FuzzSequence {
    /// How far a job is.
    private enum Phase { case prepared, launched, ended, reaped }

    private let trial: Trial
    private var random: FuzzRandom
    private var jobs: [(job: BenchJob, phase: Phase)] = []
    private var bench: Bench!

    private static let mostJobs = 4
    /// How long a simulation may take that is left to end by itself, in milliseconds.
    private static let patience: Int32 = 2000

    static let check = Check("fuzz", "Calls in a random order that the header allows, with random inputs.", .init("engine_abi.h", "An engine is a shared library")) {
        try FuzzSequence($0).run()
    }

    private init(_ trial: Trial) {
        self.trial = trial
        random = FuzzRandom(seed: trial.plan.seed)
    }

    private func run() throws {
        var seeds = random
        random = FuzzRandom(seed: seeds.next())
        let era = random.chance(50) ? Era.current : random.pick([Era(minor: 0), Era(minor: 1), Era(minor: 2), Era(minor: 3), .later])
        say("a host of version 1.\(era.minor)")
        bench = try trial.load(HostDouble(hasExtensions: random.chance(80)), era: era)
        guard try configure() else { return }
        random = FuzzRandom(seed: seeds.next())
        for _ in 0..<(20 + random.below(40)) {
            random = FuzzRandom(seed: seeds.next())
            try step()
        }
        for entry in jobs { try end(entry.job, entry.phase) }
        try examineRest()
    }

    private func configure() throws -> Bool {
        var settings = trial.settings
        let isHostile = random.chance(15)
        if isHostile, !settings.isEmpty {
            let index = random.below(settings.count), key = String(decoding: settings[index].key, as: UTF8.self)
            // The state directory has another name each time.
            let isWhole = random.chance(50) || key == "state_directory"
            settings[index].value = isWhole ? random.hostileBytes() : random.mutated(settings[index].value)
            say("configure with another \(key)")
        } else {
            say("configure")
        }
        let answer = try bench.configure(settings, guarded: random.chance(50))
        try answer.expectDescribed()
        // What a changed setting makes of jobs is not foreseen; a hostile program may run for ever.
        if !answer.isOK, !isHostile { throw CheckSkipped("the engine cannot be configured; see configure-succeeds") }
        return answer.isOK && !isHostile
    }

    private func step() throws {
        switch random.below(10) {
        case 0, 1: try prepare()
        case 2: try question()
        case 3:
            let milliseconds = random.below(30)
            say("wait \(milliseconds) ms")
            usleep(UInt32(milliseconds) * 1000)
        default: try advance()
        }
    }

    private func prepare() throws {
        guard jobs.count < Self.mostJobs else { return }
        var inputs = try bench.makeInputs()
        var what = "prepare"
        if random.chance(40) {
            switch random.below(5) {
            case 0: inputs.runConfig = random.hostileBytes()
            case 1: inputs.runConfig = random.mutated(inputs.runConfig)
            case 2: inputs.jobID = random.hostileBytes()
            case 3: inputs.url = random.hostileBytes()
            default: inputs.type = random.hostileBytes()
            }
            what += " with other inputs"
        }
        let hasError = random.chance(85)
        say(what)
        let (answer, job) = try bench.prepare(inputs, guarded: random.chance(50), withError: hasError)
        if hasError { try answer.expectDescribed() }
        if let job { jobs.append((job, .prepared)) }
    }

    private func question() throws {
        let name = random.chance(50) ? Array(random.pick(ExtensionChecks.known).utf8) : random.hostileBytes()
        say("get_extension of \(name.count) bytes")
        _ = try bench.getExtension(name, guarded: random.chance(50))
    }

    /// Takes one job a step further.
    private func advance() throws {
        guard !jobs.isEmpty else { return try prepare() }
        let index = random.below(jobs.count)
        let (job, phase) = jobs[index]
        if random.chance(8) {
            say("release job \(index)")
            jobs.remove(at: index)
            return try job.release()
        }
        switch phase {
        case .prepared:
            say("launch job \(index)")
            let answer = try job.launch()
            try answer.expectDescribed()
            if answer.isOK { return jobs[index].phase = .launched }
            jobs.remove(at: index)
            try job.release()
        case .launched:
            let isFrozen = random.chance(20), isTerminated = random.chance(50), times = 1 + random.below(3)
            if isFrozen {
                say("stop the processes of job \(index)")
                job.freeze()
            }
            // Others run on for some steps.
            guard isTerminated || random.chance(70) else { return }
            say(isTerminated ? "terminate job \(index)" : "wait for the end of job \(index)")
            if isTerminated || isFrozen || !job.wait(milliseconds: Self.patience) { for _ in 0..<times { try job.terminate() } }
            job.waitForEnd()
            jobs[index].phase = .ended
        case .ended:
            if random.chance(20) { try job.terminate() }
            say("reap job \(index)")
            try JobChecks.examine(try job.reap())
            jobs[index].phase = .reaped
        case .reaped: try collect(job, index)
        }
    }

    private func collect(_ job: BenchJob, _ index: Int) throws {
        var limits = Collection.Limits()
        if random.chance(30) { limits.file = Int64(random.below(5000)) }
        if random.chance(30) { limits.total = Int64(random.below(5000)) }
        limits.isCancelled = random.chance(20)
        say("collect job \(index)")
        let files = try job.collect(limits)
        try files.answer.expectDescribed()
        if let problem = files.problems.first { throw CheckFailed(problem) }
    }

    private func end(_ job: BenchJob, _ phase: Phase) throws {
        say("end a job")
        if phase == .launched, random.chance(50) {
            try job.terminate()
            job.waitForEnd()
            _ = try job.reap()
        }
        try job.release()
    }

    private func examineRest() throws {
        let left = ProcessTable.descendants().filter { ProcessTable.isRunning($0) && ProcessTable.environment(of: $0.pid, contains: "\(trial.plan.folder)/jobs/") }
        try expect(left.isEmpty, "\(left.map { ProcessTable.command(of: $0.pid) }.sorted().prefix(3).joined(separator: ", ")) is still running after all jobs were released")
        if let problem = bench.host.notes.withLock({ $0.problems.first }) { throw CheckFailed(problem) }
    }

    static let stepPrefix = "step: "

    private func say(_ step: String) {
        let line = Array("\(Self.stepPrefix)\(step)\n".utf8)
        _ = write(STDOUT_FILENO, line, line.count)
    }
}
