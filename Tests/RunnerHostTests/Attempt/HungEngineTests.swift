import Foundation
import LynxModel
import Testing
import TestSupport

@testable import RunnerHost

@Suite("A call of an engine that does not return", .timeLimit(.minutes(5)))
struct HungEngineTests {
    /// Enough for calls that do not hang, on a busy machine too.
    private static let patience = Duration.seconds(2)

    @Test("It costs its own attempt, which is lost and says in what", arguments: ["prepare", "launch", "reap", "collect"])
    func lost(function: String) async throws {
        let bench = try await AttemptBench.fault(patience: Self.patience)
        let report = await bench.fault("\(function)_hangs")
        #expect(report.outcome == .lost && report.lossCause == .hung && !report.result.success)
        #expect(report.result.errorMessage == "engine fault did not return from \(function) within 2 s")
        // The engine has other threads for others.
        #expect(await bench.fault("none", job: "next").outcome == .success)
        try bench.letGo("job")
    }

    @Test("A release that hangs costs nothing")
    func release() async throws {
        let bench = try await AttemptBench.fault(patience: Self.patience)
        #expect(await bench.fault("release_hangs").outcome == .success)
        try bench.letGo("job")
    }

    @Test(
        "Jobs of other engines go on beside as many as there may be, and a cancelled one is not waited for",
        arguments: ["prepare", "launch", "reap", "collect"])
    func others(function: String) async throws {
        let bench = try await AttemptBench.twoFaults(patience: .seconds(3600))
        let started = Monitor(0)
        let jobs = (0..<4).map { "job-\($0)" }
        let attempts = jobs.map { job in
            bench.attempt(bench.assignment(job, type: "fault", parameters: ["fault": .string("\(function)_hangs")])) { started.with { $0 += 1 } }
        }
        await withTaskGroup(of: AttemptReport.self) { group in
            for attempt in attempts { group.addTask { await bench.run(attempt) } }
            for number in 0..<4 {
                let other = await bench.run(bench.assignment("other-\(number)", type: "other", parameters: ["fault": .string("none")]))
                #expect(other.outcome == .success)
            }
            if function == "prepare" || function == "launch" {
                // Whether it hangs already, or has not come so far: it ends.
                for attempt in attempts { attempt.stop(.cancelled) }
                for await report in group { #expect(report.outcome == .cancelled) }
            } else {
                try? await started.reach { $0 == jobs.count }
                for job in jobs { try? bench.letGo(job) }
                for await report in group { #expect(report.outcome == .success) }
            }
        }
        for job in jobs { try? bench.letGo(job) }
    }

    @Test("The processes of a job end by the host's hand when the engine's own hangs, and the job with its cause")
    func terminate() async throws {
        let bench = try await AttemptBench.fault(patience: Self.patience)
        let assignment = bench.assignment(type: "fault", parameters: ["fault": .string("terminate_hangs")])
        let report = await bench.run(assignment, stopping: .cancelled)
        #expect(report.outcome == .cancelled)
        try bench.letGo("job")
    }

    @Test("An engine with three calls that hang starts no more jobs until they return, and says so")
    func outOfService() async throws {
        let bench = try await AttemptBench.fault(patience: Self.patience)
        let troubles = Monitor<[String: EngineTrouble]>([:])
        bench.conditions.observe { troubles.with { $0 = bench.conditions.troubles } }
        for number in 0..<3 {
            #expect(bench.conditions.troubles.isEmpty)
            #expect(await bench.fault("launch_hangs", job: "job-\(number)").outcome == .lost)
        }
        #expect(bench.conditions.troubles["fault"]?.reason == "3 calls of the engine have not returned, the last of launch; restart this runner")
        for number in 0..<3 { try bench.letGo("job-\(number)") }
        try await troubles.reach { $0.isEmpty }
    }

    @Test("What a call brings that returns late is ended and cleared away")
    func late() async throws {
        let bench = try await AttemptBench.fault(patience: Self.patience)
        let report = await bench.fault("launch_hangs_late")
        #expect(report.outcome == .lost)
        try bench.letGo("job")
        // The engine's single launching thread was replaced; both work.
        #expect(await bench.fault("none", job: "next").outcome == .success)
    }

    @Test("A run begins when its own launch does, not while it waits for another's")
    func launchesInTurn() async throws {
        let bench = try await AttemptBench.fault()
        async let first = bench.fault("launch_hangs", job: "first")
        while !bench.isPrepared("first") { try await Task.sleep(for: .milliseconds(1)) }
        async let second = bench.fault("none", job: "second")
        while !bench.isPrepared("second") { try await Task.sleep(for: .milliseconds(1)) }
        // Long enough for it to wait for its turn, and to be seen in its duration.
        try await Task.sleep(for: .milliseconds(300))
        let release = Date()
        try bench.letGo("first")
        _ = await first
        let started = try #require(await second.result.metadata.startedAt)
        #expect(started >= release)
    }
}
