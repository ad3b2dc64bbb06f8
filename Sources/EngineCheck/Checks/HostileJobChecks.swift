import EngineABI
import Glibc
import Support

/// Jobs that no study describes: each is refused with a description, or runs.
enum HostileJobChecks {
    private static let strings = Check.Rule("Memory", "Strings are UTF-8, pointer and length, not terminated.")
    private static let shape = Check.Rule("run_config_json of lynx_job", "The sampled run configuration, JSON; its shape is the scenario contract's.")

    static let all = [
        runConfig("run-config-empty", "empty", []),
        runConfig("run-config-huge", "an array of 1 MiB", [0x5B] + [UInt8](repeating: 0x20, count: Hostile.huge - 2) + [0x5D]),
        runConfig("run-config-not-utf8", "not UTF-8", Array("{\"parameters\": {\"".utf8) + [0xFF, 0xFE] + Array("\": 1}}".utf8)),
        runConfig("run-config-with-nul", "an object with a NUL in it", Array("{\"parameters\"\u{0}: {}}".utf8)),
        runConfig("run-config-cut-off", "cut off in the middle of a string", Array("{\"parameters\": {\"a".utf8)),
        runConfig("run-config-deep", "100,000 arrays deep", [UInt8](repeating: 0x5B, count: 100_000)),
        Check("job-hostile-ids", "A job with ids that are empty, of 1 MiB, not UTF-8 or paths is refused or runs, and stays in its directory.", strings) { trial in
            let bench = try trial.configured()
            for (_, bytes) in Hostile.texts + [("a path upwards", Array("../../../escaped".utf8)), ("an absolute path", Array("/tmp/escaped".utf8))] {
                try run(bench) { inputs in
                    inputs.jobID = bytes
                    inputs.batchID = bytes
                }
            }
            try expect(FileStatus("\(trial.plan.folder)/escaped") == nil && FileStatus("/tmp/escaped") == nil, "a file was made where an id led to")
        },
        Check("job-hostile-url", "A job with a telemetry URL that is empty, of 1 MiB, not UTF-8 or has a NUL is refused or runs.", strings) { trial in
            let bench = try trial.configured()
            for (_, bytes) in Hostile.texts { try run(bench) { $0.url = bytes } }
        },
        Check("job-hostile-type", "A job with a simulation type that is empty, of 1 MiB, not UTF-8 or has a NUL is refused or runs.", strings) { trial in
            let bench = try trial.configured()
            for (_, bytes) in Hostile.texts { try run(bench) { $0.type = bytes } }
        },
        Check(
            "prepare-describes-errors", "What prepare refuses has a code, and one line of text.",
            .init("message of lynx_error", "One line for a person: what is wrong and what would be right. NUL-terminated UTF-8.")
        ) { trial in
            let bench = try trial.configured()
            guard let answer = try refused(bench) else { throw CheckSkipped("the engine prepares any job") }
            try answer.expectDescribed()
        },
        Check(
            "prepare-without-error", "prepare returns what it returns, also when error is NULL.",
            .init("Errors", "describes the failure in the lynx_error that the caller brought (it may be NULL).")
        ) { trial in
            let bench = try trial.configured()
            guard let described = try refused(bench), let plain = try refused(bench, withError: false) else { throw CheckSkipped("the engine prepares any job") }
            try expect(plain.status == described.status, "it returned \(Answer.name(plain.status)) instead of \(Answer.name(described.status))")
        },
    ]

    private static func runConfig(_ name: String, _ what: String, _ bytes: [UInt8]) -> Check {
        Check(name, "A job whose run configuration is \(what) is refused with a description, or runs.", shape) { trial in
            try run(try trial.configured()) { $0.runConfig = bytes }
        }
    }

    /// Runs such a job as far as the engine does; whatever ends it is described.
    private static func run(_ bench: Bench, _ change: (inout JobInputs) -> Void) throws {
        var inputs = try bench.makeInputs()
        change(&inputs)
        let (answer, job) = try bench.prepare(inputs, guarded: true)
        try answer.expectDescribed()
        guard let job else { return }
        let launched = try job.launch()
        try launched.expectDescribed()
        guard launched.isOK else { return try job.release() }
        try job.finish()
    }

    /// A prepare that fails, as the job's directory is not there; nil if it succeeds all the same.
    private static func refused(_ bench: Bench, withError: Bool = true) throws -> Answer? {
        var inputs = try bench.makeInputs()
        inputs.directory += "/nonexistent"
        let (answer, job) = try bench.prepare(inputs, withError: withError)
        try job?.release()
        return job == nil ? answer : nil
    }
}
