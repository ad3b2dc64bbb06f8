import Foundation
import LynxModel
import Testing
import TestSupport

@testable import RunnerHost

@Suite("A job in an engine that misbehaves")
struct FaultEngineTests {
    @Test("What goes right is a success, with the engine's artifacts and warnings")
    func success() async throws {
        let report = await (try SupervisorBench.fault()).fault("none")
        #expect(report.outcome == .success && report.result.success && report.result.errorMessage == nil)
        #expect(report.result.artifacts.map(\.path) == ["note.txt"])
        #expect(report.result.artifacts.first?.sha256 == "abcd" + String(repeating: "0", count: 60))
        #expect(report.result.outputFiles.first?.hasSuffix("/runs/batch/job/attempt-1/output/note.txt") == true)
        #expect(report.result.metadata.warnings == ["one thing to know"])
        #expect(report.result.metadata.engine == "fault" && report.result.metadata.engineVersion == "1.2.3")
    }

    @Test("Each way to fail is told apart, with what the engine said and whether another attempt may help", arguments: [
        ("exit_3", "exit code 3", true),
        ("prepare_invalid", "this job cannot be", false),
        ("prepare_nothing", "the engine prepared a job without giving a handle", true),
        ("launch_fails", "no such simulator", false),
        ("launch_nothing", "the engine launched a job without giving its process and exit descriptor", true),
        ("reap_fails", "lost count of my processes", true),
    ])
    func failures(fault: String, message: String, isRetryable: Bool) async throws {
        let report = await (try SupervisorBench.fault()).fault(fault)
        #expect(report.outcome == .failure && !report.result.success)
        #expect(report.result.errorMessage == message)
        #expect(report.retryable == isRetryable)
    }

    @Test("A run that succeeded stays a success when its files cannot be collected, and says so")
    func collectFails() async throws {
        let report = await (try SupervisorBench.fault()).fault("collect_fails")
        #expect(report.outcome == .success)
        #expect(report.result.metadata.warnings == ["the output is out of reach"])
    }

    @Test("A process that the engine left behind is ended by the host")
    func stray() async throws {
        let bench = try await SupervisorBench.fault()
        let report = await bench.fault("leaves_stray")
        #expect(report.outcome == .success)
        let pid = try #require(Int32(try bench.directory.read("runs/batch/job/attempt-1/output/stray").trimmingCharacters(in: .newlines)))
        #expect(!isRunning(pid))
    }

    @Test("Telemetry that the engine emits is kept, and judged")
    func engineTelemetry() async throws {
        let bench = try await SupervisorBench.fault()
        let report = await bench.run(
            bench.assignment(
                type: "fault", parameters: ["fault": .string("emits")],
                conditions: [StoppingCondition(name: "fence", variable: "fault.level", operator: .gt, threshold: 120, units: "m")]))
        #expect(report.outcome == .breach && !report.retryable)
        #expect(report.result.errorMessage == "early termination 'fence': fault.level = 200 m > 120 m at t = 2 s")
        #expect(report.result.metadata.exitSignal == SIGKILL)
        #expect(report.result.telemetryData["fault.level"]?.values == [1, 200])
    }

    @Test("A simulation type that no engine serves is a failure that is not retried")
    func unknownType() async throws {
        let bench = try await SupervisorBench.fault()
        let report = await bench.run(bench.assignment(type: "px4_sitl"))
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "simulation.type 'px4_sitl' is served by no engine of this runner; it has fault")
    }

    @Test("Names that would lead out of the output root are refused", arguments: ["../escape", ".hidden", "a/b", ""])
    func unsafeNames(jobID: String) async throws {
        let bench = try await SupervisorBench.fault()
        let report = await bench.run(bench.assignment(jobID, type: "fault"))
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "'\(jobID)' cannot be the name of a directory")
    }

    @Test("An attempt's directory is never used twice")
    func directoryTwice() async throws {
        let bench = try await SupervisorBench.fault()
        #expect(await bench.fault("none").outcome == .success)
        let second = await bench.fault("none")
        #expect(second.outcome == .lost && second.result.errorMessage?.hasSuffix("attempt-1: File exists") == true)
    }

    @Test("A job whose name looks like an attempt's directory gets a second attempt like any other")
    func attemptAsName() async throws {
        let bench = try await SupervisorBench.fault()
        var assignment = bench.assignment("attempt-1", type: "fault")
        #expect(await bench.run(assignment).outcome == .success)
        assignment.attempt = 2
        #expect(await bench.run(assignment).outcome == .success)
    }

    @Test("A number that no attempt can have fails the job, not the host", arguments: [-1, Int(UInt32.max) + 1])
    func impossibleAttempt(number: Int) async throws {
        let bench = try await SupervisorBench.fault()
        var assignment = bench.assignment(type: "fault")
        assignment.attempt = number
        let report = await bench.run(assignment)
        #expect(report.outcome == .failure && !report.retryable)
        #expect(report.result.errorMessage == "\(number) cannot be the number of an attempt")
    }

    @Test("Without a place to note that it runs nothing is launched, and the reason is one line")
    func noRecord() async throws {
        let bench = try await SupervisorBench.fault()
        try FileManager.default.removeItem(atPath: bench.directory.path + "/running")
        let report = await bench.fault("none")
        #expect(report.outcome == .lost && report.lossCause == .machine && report.result.metadata.startedAt == nil)
        #expect(report.result.errorMessage == "cannot create \(bench.directory.path)/running/1.json: No such file or directory")
    }
}
