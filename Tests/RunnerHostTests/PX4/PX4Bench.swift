import Foundation
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

extension AttemptBench {
    /// With the PX4 engine, on a mission given as Python source, which begins where `PX4Mission.prelude` ends.
    ///
    /// - Parameters:
    ///   - settings: the engine's further ones.
    ///   - binary: instead of the test's PX4.
    ///   - etc: nil: not given.
    static func px4(
        _ mission: String, settings: [String: String] = [:], binary: String = TestPX4.binary, etc: String? = TestPX4.etc
    ) throws -> AttemptBench {
        let directory = try TemporaryDirectory()
        let entrypoint = try directory.write("mission.py", PX4Mission.prelude + mission + "\n")
        var common = [
            "python_executable": Repository.python, "px4_binary": binary, "px4_entrypoint": entrypoint,
            "working_directory": directory.path, "speed_factor": "10", "default_params.IMU_GYRO_CAL_EN": "0",
        ]
        common["px4_etc"] = etc
        return try AttemptBench(directory, ("px4_sitl", common.merging(settings) { _, own in own }), in: Repository.products)
    }

    func flight(
        _ parameters: [String: ParameterValue] = [:], conditions: [StoppingCondition] = [], timeout: Double = 120
    ) -> JobAssignment {
        assignment(type: "px4_sitl", parameters: parameters, timeout: timeout, conditions: conditions)
    }

    /// Below the attempt's directory.
    func attemptFile(_ path: String) -> String { directory.file("runs/batch/job/attempt-1/" + path) }

    /// Processes that belong to the attempt, by the environment that they were given.
    var leftProcesses: [Int32] {
        let wanted = Array("TETRYX_OUTPUT_DIR=\(attemptFile("output"))".utf8)
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init).filter { pid in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { return false }
            return environment.split(separator: 0).contains { Array($0) == wanted } && isRunning(pid)
        }
    }
}

/// The attempt was the simulator's fault, for the reason given, and left nothing behind.
func expectFault(_ report: AttemptReport, _ message: String, _ bench: AttemptBench) {
    #expect(report.outcome == .simulatorFault && report.retryable && !report.result.success)
    #expect(report.result.errorMessage?.hasPrefix("simulator fault: " + message) == true, "\(report.result.errorMessage ?? "")")
    #expect(bench.leftProcesses.isEmpty)
}

/// A program that listens on a port and answers each datagram, as MAVSDK and ground stations do.
enum PX4Bystander {
    /// It writes `held` to the directory's `events` once it listens.
    ///
    /// - Parameter answers: not on a port that the PX4s of all tests look to, whose links it would take.
    static func start(on port: Int, _ directory: TemporaryDirectory, answers: Bool = true) throws -> Program {
        let answer = answers ? "; s.sendto(b'hello', peer)" : ""
        return try Program.start(
            Repository.python,
            ["-c", "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('127.0.0.1', \(port)))\n"
                + "open('\(directory.path)/events', 'w').write('held\\n')\nwhile True:\n    data, peer = s.recvfrom(65536)\(answer)"])
    }
}
