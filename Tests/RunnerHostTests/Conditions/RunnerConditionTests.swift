import Foundation
import LynxModel
import Testing
import TestSupport

@testable import RunnerHost

@Suite("What a runner needs of its machine", .timeLimit(.minutes(5)))
struct RunnerConditionTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("Settings that name what is there are conditions, others are not", arguments: [
        ("python_executable", "sh", true), ("working_directory", ".", true), ("basilisk_entrypoint", "/etc/passwd", true),
        ("sim.data_file", "/no/such/file", false), ("warm_workers", "true", false), ("mode", "Sources", false), ("log_capture_bytes", "10", false),
    ])
    func present(setting: String, value: String, isOne: Bool) {
        #expect((RunnerCondition.present(value, setting: setting) != nil) == isOne)
    }

    @Test("A program or a folder that is gone, or may not be used any more, is named with what would be right")
    func gone() throws {
        let program = try directory.write("simulator", "#!/bin/sh\n")
        chmod(program, 0o755)
        let condition = try #require(RunnerCondition.present(program, setting: "python_executable"))
        #expect(condition.problem(thoroughly: true) == nil)
        try FileManager.default.removeItem(atPath: program)
        #expect(condition.problem(thoroughly: false)?.message == "python_executable: '\(program)' is gone (No such file or directory); put it back")
        try FileManager.default.createDirectory(atPath: program, withIntermediateDirectories: false)
        #expect(condition.problem(thoroughly: false)?.message == "python_executable: '\(program)' is no file any more; put it back")
        try FileManager.default.removeItem(atPath: program)
        try directory.write("simulator", "#!/bin/sh\n")
        chmod(program, 0o644)
        #expect(condition.problem(thoroughly: false)?.message.contains("cannot be used any more (Permission denied)") == true)
        chmod(program, 0o755)
        #expect(condition.problem(thoroughly: true) == nil)
    }

    @Test("A folder to write to that is gone is no disk that is full")
    func writable() throws {
        let path = directory.path + "/runs"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let condition = RunnerCondition.writable(path, setting: "output_root")
        #expect(condition.problem(thoroughly: true) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
        try FileManager.default.removeItem(atPath: path)
        let problem = condition.problem(thoroughly: true)
        #expect(problem?.message == "output_root: '\(path)' is gone (No such file or directory); put it back" && problem?.isOfRoom == false)
    }

    @Test("An attempt that finds one of them missing is lost to the runner's trouble, before it starts or after it failed", arguments: ["none", "launch_fails", "exit_3"])
    func lost(fault: String) async throws {
        let path = directory.path + "/data"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let condition = try #require(RunnerCondition.present(path, setting: "working_directory"))
        let bench = try await AttemptBench.fault(needs: [condition])
        #expect(await bench.fault("none", job: "before").outcome == .success)
        #expect(await bench.fault("exit_3", job: "bad").outcome == .failure)
        try FileManager.default.removeItem(atPath: path)
        let report = await bench.fault(fault)
        #expect(report.outcome == .lost && report.lossCause == .trouble && report.result.metadata.startedAt == nil)
        #expect(report.result.errorMessage == "working_directory: '\(path)' is gone (No such file or directory); put it back")
        #expect(bench.conditions.troubles["fault"]?.reason == report.result.errorMessage)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        await bench.conditions.recheck()
        #expect(bench.conditions.troubles.isEmpty)
    }

    @Test("A failure that turns out to be the machine's after the job has run is no failure of the job")
    func lostAfterStart() async throws {
        let path = directory.path + "/data"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let condition = try #require(RunnerCondition.present(path, setting: "working_directory"))
        let bench = try await AttemptBench.fault(needs: [condition])
        let report = await bench.run(bench.assignment(type: "fault", parameters: ["fault": .string("waits_and_fails")])) {
            try? FileManager.default.removeItem(atPath: path)
            try? bench.letGo("job")
        }
        #expect(report.outcome == .lost && report.lossCause == .trouble && report.result.metadata.startedAt != nil)
    }

    @Test("What the machine did not have is no failure either, and the engine pauses for longer each time until it starts one")
    func machine() async throws {
        let bench = try await AttemptBench.fault()
        let first = await bench.fault("prepare_resources")
        #expect(first.outcome == .lost && first.lossCause == .machine)
        let pause = try #require(bench.conditions.troubles["fault"])
        #expect(pause.reason == "nothing left to prepare with" && pause.retryAt != nil)
        _ = await bench.fault("prepare_resources", job: "second")
        let longer = try #require(bench.conditions.troubles["fault"]?.retryAt)
        #expect(longer > pause.retryAt!)
        #expect(await bench.fault("none", job: "third").outcome == .success)
        #expect(bench.conditions.troubles.isEmpty)
    }
}
