import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

/// A study of one mission: it tells on which instance it flies, and hovers until it is let through.
private struct PX4Study {
    let directory: TemporaryDirectory
    let events: EventPipe
    let gate: Gate

    init(runs: Int) throws {
        directory = try TemporaryDirectory()
        events = try EventPipe(directory.file("events"))
        gate = try Gate(directory.file("gate"))
        try directory.write(
            "mission.py",
            PX4Mission.prelude + """
                take_off(3)
                open(here + "/events", "w").write(f"flying {instance}\\n")
                open(here + "/gate", "rb", buffering=0).read(1)
                land()
                """ + "\n")
        try directory.write(
            "batch.yaml",
            """
            name: made for a test
            config:
              simulation: {name: hover, type: px4_sitl}
              monte_carlo: {runs: \(runs), seed: 7}
              dispersions:
                SIH_MASS: {distribution: {type: uniform, min: 0.9, max: 1.1}, units: kg}
                speed_factor: {distribution: {type: constant, value: 10}}
              compute: {job_timeout_seconds: 300, max_retries: 0}
            """)
        for host in ["one", "two"] {
            try directory.write(
                "\(host).yaml",
                """
                engines: [px4_sitl]
                python_executable: \(Repository.python)
                px4_binary: \(TestPX4.binary)
                px4_etc: \(TestPX4.etc)
                px4_entrypoint: \(directory.path)/mission.py
                output_root: \(directory.path)/runs-\(host)
                max_concurrent_jobs: 4
                engine_options:
                  px4_sitl: {max_concurrent_jobs: 2, default_params: {IMU_GYRO_CAL_EN: 0}}
                """)
        }
    }

    func start(_ host: String) throws -> Program {
        try Program.start(
            "lynxctl",
            ["run", "batch.yaml", "--runner-config", "\(host).yaml", "--state", "state-\(host)", "--json"], in: directory.path)
    }

    func instances(_ count: Int) async throws -> [Int] {
        try await events.expect("flying", count: count).compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    }

    var isQuiet: Bool { Simulations.running(below: directory.path).isEmpty }
}

@Suite("A study of PX4 flights", .timeLimit(.minutes(5)))
struct PX4StudyTests {
    @Test("Two hosts side by side fly on different numbers, each no more than its engine's limit")
    func sideBySide() async throws {
        let study = try PX4Study(runs: 3)
        let (one, two) = (try study.start("one"), try study.start("two"))
        let first = try await study.instances(4)
        #expect(Set(first).count == 4)
        study.gate.open(for: 100)
        for program in [one, two] {
            let end = try await program.end()
            #expect(end.exitCode == 0, "\(end.errors)")
            let document = try StudyDocument(end.output)
            #expect(document.results.allSatisfy { $0.success } && document.runsWithResults == [0, 1, 2])
            for result in document.results { #expect(try await messagesInFlightLog(try result.outputFile("px4/flight.ulg")) > 10) }
        }
        #expect(study.isQuiet)
    }

    @Test("A host that is killed in the middle takes its PX4s with it, and the next one completes the study")
    func killedHost() async throws {
        let study = try PX4Study(runs: 3)
        let run = try study.start("one")
        _ = try await study.instances(2)
        let record = try study.directory.read("state-one/runner-host.pid")
        kill(try #require(record.split(separator: " ").first.flatMap { Int32($0) }), SIGKILL)
        _ = try await study.instances(2)
        study.gate.open(for: 100)
        let end = try await run.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        let document = try StudyDocument(end.output)
        #expect(document.batch.status == .completed && document.runsWithResults == [0, 1, 2])
        #expect(document.jobs.allSatisfy { $0.retries == 0 })
        #expect(study.isQuiet)
    }
}
