import EngineABI

/// Hosts of other minor versions. What a struct does not cover cannot be read or written then: it is another page.
enum VersionChecks {
    private static let sizes = Check.Rule("Versions", "look at a field only if the size")
    private static let grows = Check.Rule("Versions", "grows only at its end")

    static let all = [
        older("host-1.0", "A job runs in a host of version 1.0, whose structs end earlier.", 0),
        older("host-1.1", "A job runs in a host of version 1.1, whose structs end earlier.", 1),
        older("host-1.2", "A job runs in a host of version 1.2, whose structs end earlier.", 2),
        older("host-1.3", "A job runs in a host of version 1.3, whose structs end earlier.", 3),
        Check("host-later", "A job runs in a host of a later version, whose structs are larger, and nothing is written past what is known.", grows) { trial in
            let (exit, files) = try trial.configured(era: .later).started().finish()
            try JobChecks.examine(exit)
            if let problem = files.problems.first { throw CheckFailed(problem) }
        },
        Check("host-later-errors", "What prepare refuses in a host of a later version is described, and nothing is written past what is known.", grows) { trial in
            let bench = try trial.configured(era: .later)
            var inputs = try bench.makeInputs()
            inputs.directory += "/nonexistent"
            let (answer, job) = try bench.prepare(inputs)
            try job?.release()
            try answer.expectDescribed()
        },
    ]

    private static func older(_ name: String, _ summary: String, _ minor: UInt32) -> Check {
        Check(name, summary, sizes) { trial in
            let bench = try trial.configured(era: Era(minor: minor))
            let own = bench.table.pointee.abi_minor
            let job = try bench.started()
            job.waitForEnd()
            let exit = try job.reap()
            try expect(exit.message != nil, "reap left its message without a NUL")
            let files = try job.collect()
            try expect(files.answer.isOK, files.answer.description + " (the engine has version 1.\(own))")
            try job.release()
        }
    }
}
