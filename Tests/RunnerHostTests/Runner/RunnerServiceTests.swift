import FoundationEssentials
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("A runner at work", .timeLimit(.minutes(5)))
struct RunnerServiceTests {
    @Test("Every job is run once and delivered once, and never more at a time than there are slots")
    func concurrencyLimit() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        let jobs = (0..<40).map { JobAssignment.sample("job-\($0)") }
        bench.control.with { $0.pending = jobs }
        try await bench.run(capacity: 3) { runner, _ in
            try await bench.control.wait { $0.delivered.count == 40 }
            try await runner.wait { $0.undelivered.isEmpty && $0.running.isEmpty }
            #expect(try bench.spooled() == [])
        }
        #expect(bench.engine.state.mostAtOnce <= 3)
        #expect(bench.engine.state.runs.map(\.jobID).sorted() == jobs.map(\.jobID).sorted())
        #expect(bench.control.state.delivered.map(\.jobID).sorted() == jobs.map(\.jobID).sorted())
        // Of short jobs as many as can run are claimed ahead.
        #expect(Set(bench.control.state.claims.map(\.slots)).isSubset(of: 1...6))
    }

    @Test("Of an attempt that is over soon only the result tells")
    func noStartReport() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { $0.pending = (0..<10).map { JobAssignment.sample("job-\($0)") } }
        var options = RunnerBench.options
        options.startReportDelay = .seconds(60)
        try await bench.run(options: options) { runner, _ in
            try await bench.control.wait { $0.delivered.count == 10 }
        }
        #expect(bench.control.state.started == [])
    }

    @Test("While no slot is free nothing is claimed; a free one is claimed for at once")
    func noClaimWithoutSlot() async throws {
        let bench = try RunnerBench()
        let (first, second) = (JobAssignment.sample("first"), JobAssignment.sample("second"))
        bench.control.enqueue(first, second)
        try await bench.run(capacity: 1) { runner, _ in
            try await bench.engine.wait { $0.started == [first.key] }
            let beats = bench.control.with { $0.heartbeats.count }
            try await bench.control.wait { $0.heartbeats.count >= beats + 5 }
            #expect(bench.control.state.claims.count == 1)
            bench.engine.finish(first)
            try await bench.engine.wait { $0.started == [second.key] }
            bench.engine.finish(second)
            try await bench.control.wait { $0.delivered.count == 2 }
        }
        #expect(bench.engine.state.mostAtOnce == 1)
    }

    @Test("What its engines keep is told with the registration and each heartbeat")
    func warmWorkers() async throws {
        var bench = try RunnerBench()
        let count = Monitor(0)
        let plain = RunnerEngine(id: "basilisk", version: "1.0")
        bench.engines = try EngineReports([plain], patience: .seconds(60)) {
            let count = count.with { count in
                count += 1
                return count
            }
            return [RunnerEngine(id: "basilisk", version: "1.0", warmWorkers: [WarmWorker(entrypoint: "a.py", state: .ready, jobsStarted: count)])]
        }
        try await bench.run { [bench] _, _ in try await bench.control.wait { $0.heartbeats.count >= 3 } }
        func jobs(_ engines: [RunnerEngine]?) -> Int? { engines?.first?.warmWorkers?.first?.jobsStarted }
        #expect(jobs(bench.control.state.registrations.first?.engines) == 1)
        #expect(bench.control.state.heartbeats.prefix(3).map { jobs($0.engines) } == [2, 3, 4])
    }

    @Test("Engines that keep nothing are no part of heartbeats")
    func nothingKept() async throws {
        let bench = try RunnerBench()
        try await bench.run { _, _ in try await bench.control.wait { $0.heartbeats.count >= 3 } }
        #expect(bench.control.state.heartbeats.allSatisfy { $0.engines == nil })
        #expect(bench.control.state.registrations.first?.engines == [RunnerEngine(id: "basilisk", version: "1.0")])
    }

    @Test("The runner says who it is, when an attempt starts, and what it is working on")
    func reports() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a", attempt: 4)
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.started == [job.key] && $0.heartbeats.last?.attempts == [job.key] }
            bench.engine.finish(job, .failure)
            try await bench.control.wait { $0.heartbeats.last?.attempts == [] && $0.delivered.count == 1 }
        }
        let registration = try #require(bench.control.state.registrations.first)
        #expect(registration.name == "bench")
        #expect(registration.protocolVersion == RunnerProtocol.version)
        #expect(registration.engines == [RunnerEngine(id: "basilisk", version: "1.0")])
        let report = try #require(bench.control.state.delivered.first)
        #expect(report.outcome == .failure)
        #expect(report.attempt == 4)
        #expect(report.runnerID == registration.runnerID && report.result.metadata.runnerID == registration.runnerID)
        #expect(report.result.telemetryData["orbit.radius_km"]?.values == [7000, 6999.5])
    }

    @Test("Every event of an attempt carries its job, batch and number")
    func logFields() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.enqueue(.sample("a", attempt: 2))
        try await bench.run { _, _ in try await bench.control.wait { $0.delivered.count == 1 } }
        for message in ["claimed", "ended"] {
            let fields = try #require(bench.log.first(message)).metadata
            #expect(fields["job"] == "a" && fields["batch"] == "batch-1" && fields["attempt"] == "2")
        }
        #expect(bench.log.first("ended")?.metadata["outcome"] == "success")
    }

    @Test("A cancelled job is stopped by the next heartbeat and reported as cancelled")
    func cancel() async throws {
        let bench = try RunnerBench()
        let (job, other) = (JobAssignment.sample("a"), JobAssignment.sample("b"))
        bench.control.enqueue(job, other)
        try await bench.run { _, _ in
            try await bench.engine.wait { $0.started.count == 2 }
            bench.control.with { $0.cancel = [job.key] }
            try await bench.control.wait { $0.delivered.map(\.outcome) == [.cancelled] }
            #expect(bench.engine.state.terminated == [job.key] && bench.log.entries.stops == [job.key: "cancelled"])
            #expect(bench.engine.state.started == [other.key])
        }
    }

    @Test("A stop that comes before the process started takes effect when it has")
    func earlyCancel() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.engine.holdStarts()
        bench.control.with { $0.cancel = [job.key] }
        bench.control.enqueue(job)
        try await bench.run { _, _ in
            try await bench.control.wait { $0.heartbeats.contains { $0.attempts == [job.key] } }
            let beats = bench.control.with { $0.heartbeats.count }
            try await bench.control.wait { $0.heartbeats.count > beats }
            bench.engine.releaseStarts()
            try await bench.control.wait { $0.delivered.map(\.outcome) == [.cancelled] }
        }
    }

    @Test("An attempt that is another's now is stopped and forgotten")
    func staleByHeartbeat() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.engine.wait { $0.started == [job.key] }
            bench.control.with { $0.stale = [job.key] }
            try await bench.reachStops([job.key: "stale"])
            try await runner.wait { $0.running.isEmpty }
            #expect(runner.activity.undelivered.isEmpty)
            #expect(try bench.spooled() == [])
        }
        #expect(!bench.control.state.calls.contains("result"))
    }

    @Test("An attempt whose start is refused as stale is stopped")
    func staleByStart() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.with { state in
            state.intercept = { call, _, _ in call == "started" ? .problem(409, "stale") : nil }
        }
        bench.control.enqueue(job)
        try await bench.run { runner, _ in
            try await bench.reachStops([job.key: "stale"])
            try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
        }
    }

    @Test("A result that comes too late is forgotten, with a word in the log")
    func staleResult() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { state in
            state.intercept = { call, _, _ in call == "result" ? .problem(409, "stale") : nil }
        }
        bench.control.enqueue(.sample("a"))
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.calls.contains("result") }
            try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        #expect(bench.control.state.count(of: "result") == 1)
        #expect(bench.log.first("dropped; the control plane gave the job to another attempt")?.metadata["job"] == "a")
    }

    @Test("A job whose result is refused ends with the reason, once, and nothing stays in the spool", arguments: [400, 413, 422])
    func refusedResult(status: Int) async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.engine.monitor.with { state in
            state.leaves = { _, _ in
                [Artifact(path: "x", sizeBytes: 1, sha256: String(repeating: "0", count: 64), mediaType: "x/y")]
            }
        }
        bench.control.with { state in
            state.refuse = { $0.jobID == "bad" && !$0.result.artifacts.isEmpty ? Problem(title: "No", status: status, detail: "too much") : nil }
        }
        bench.control.enqueue(.sample("bad"), .sample("good"))
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.delivered.count == 2 }
            try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        let bad = try #require(bench.control.state.delivered.first { $0.jobID == "bad" })
        #expect(bad.outcome == .failure && !bad.retryable && bad.result.telemetryData.isEmpty)
        let message = try #require(bad.result.errorMessage)
        #expect(message.hasPrefix("the control plane refused the result: ") && message.contains("status \(status)"))
        #expect(message.hasSuffix("what the run left is in \(bench.directory.file("runs/batch-1/bad/attempt-1"))"))
    }

    @Test("A result that is refused in every form is given up, and the runner goes on")
    func rejectedResult() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { state in
            state.intercept = { call, body, _ in
                call == "result" && String(decoding: body, as: UTF8.self).contains(#""job_id":"bad"#) ? .problem(422, "no") : nil
            }
        }
        bench.control.enqueue(.sample("bad"), .sample("good"))
        try await bench.run { runner, _ in
            try await bench.control.wait { $0.delivered.map(\.jobID) == ["good"] }
            try await runner.wait { $0.running.isEmpty && $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
        #expect(bench.log.first("result refused; it is given up")?.metadata["job"] == "bad")
    }

    @Test("A result the control plane breaks down over does not hold up the others")
    func poisonedResult() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { state in
            state.intercept = { call, body, _ in
                call == "result" && String(decoding: body, as: UTF8.self).contains(#""job_id":"bad"#) ? .status(500) : nil
            }
        }
        bench.control.with { $0.pending = (0..<6).map { .sample("bad-\($0)") } + (0..<6).map { .sample("good-\($0)") } }
        var options = RunnerBench.options
        options.concurrentDeliveries = 2
        try await bench.run(options: options) { runner, _ in
            try await bench.control.wait { $0.delivered.count == 6 }
            #expect(Set(bench.control.state.delivered.map(\.jobID)) == ["good-0", "good-1", "good-2", "good-3", "good-4", "good-5"])
            bench.control.with { $0.intercept = { _, _, _ in nil } }
            try await bench.control.wait { $0.delivered.count == 12 }
        }
    }

    @Test("A runner drained by the control plane takes nothing until it is resumed")
    func pauseAndResume() async throws {
        let bench = try RunnerBench(endsAtOnce: true)
        bench.control.with { $0.isDraining = true }
        try await bench.run { runner, _ in
            try await runner.wait { $0.isPaused }
            bench.control.enqueue(.sample("a"))
            let beats = bench.control.with { $0.heartbeats.count }
            try await bench.control.wait { $0.heartbeats.count >= beats + 3 }
            #expect(bench.control.state.claims.count <= 1)
            bench.control.with { $0.isDraining = false }
            try await bench.control.wait { $0.delivered.count == 1 }
        }
    }

    @Test("A full disk keeps the result in memory, holds its slot, and is retried")
    func fullDisk() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        bench.control.with { state in state.intercept = { call, _, _ in call == "result" ? .status(503) : nil } }
        try await bench.run(capacity: 1) { runner, _ in
            try await bench.engine.wait { $0.started == [job.key] }
            // No file can be made in a directory that is not there.
            try FileManager.default.removeItem(atPath: bench.spoolPath)
            bench.engine.finish(job)
            try await runner.wait { $0.undelivered == [job.key] }
            #expect(runner.activity.running == [job.key])
            #expect(bench.log.first("result kept in memory; it cannot be written to disk yet")?.metadata["job"] == "a")
            try FileManager.default.createDirectory(atPath: bench.spoolPath, withIntermediateDirectories: false)
            try await runner.wait { $0.running.isEmpty }
            #expect(try bench.spooled().count == 1)
            bench.control.with { $0.intercept = { _, _, _ in nil } }
            try await bench.control.wait { $0.delivered.count == 1 }
            try await runner.wait { $0.undelivered.isEmpty }
            #expect(try bench.spooled() == [])
        }
    }

    @Test("Without a disk the result is delivered from memory")
    func deliveredFromMemory() async throws {
        let bench = try RunnerBench()
        let job = JobAssignment.sample("a")
        bench.control.enqueue(job)
        try await bench.run(capacity: 1) { runner, _ in
            try await bench.engine.wait { $0.started == [job.key] }
            try FileManager.default.removeItem(atPath: bench.spoolPath)
            bench.engine.finish(job)
            try await bench.control.wait { $0.delivered.count == 1 }
            try await runner.wait { $0.undelivered.isEmpty && $0.running.isEmpty }
        }
    }
}
