import Foundation
import LynxModel
import TestSupport

@testable import RunnerHost

extension SupervisorBench {
    /// With the PX4 engine, on a mission given as Python source, which begins where `PX4Mission.prelude` ends.
    ///
    /// - Parameters:
    ///   - settings: the engine's further ones.
    ///   - binary: instead of the test's PX4.
    static func px4(_ mission: String, settings: [String: String] = [:], binary: String = TestPX4.binary) throws -> SupervisorBench {
        let directory = try TemporaryDirectory()
        let entrypoint = try directory.write("mission.py", PX4Mission.prelude + mission + "\n")
        let common = [
            "python_executable": Repository.python, "px4_binary": binary, "px4_etc": TestPX4.etc, "px4_entrypoint": entrypoint,
            "working_directory": directory.path, "speed_factor": "10", "default_params.IMU_GYRO_CAL_EN": "0",
        ]
        return try SupervisorBench(directory, ("px4_sitl", common.merging(settings) { _, own in own }), in: Repository.products)
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
