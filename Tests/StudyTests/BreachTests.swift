import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("The study that breaches", .timeLimit(.minutes(5)))
struct BreachTests {
    @Test("Each run is killed at its breach and fails with a message that says why; what it had done is kept")
    func breach() async throws {
        let directory = try TemporaryDirectory()
        let pids = try EventPipe(directory.path + "/pids")
        // Replaced by Python, so that its pid is the simulation's; the runner asks it with -c what it has installed.
        let python = try directory.write(
            "python", "#!/bin/sh\n[ \"$1\" = -c ] || echo $$ > \(pids.path)\nexec \(Repository.python) \"$@\"\n", mode: 0o755)
        let shipped = try String(contentsOfFile: Repository.path("scenarios/aerospace/configs/basic_orbit_breach.yaml"), encoding: .utf8)
        let retrying = shipped.replacing("max_retries: 0", with: "max_retries: 3")
        // On a busy machine the imports alone may take a minute.
        let patient = retrying.replacing("job_timeout_seconds: 60", with: "job_timeout_seconds: 280")
        try #require(retrying != shipped && patient != retrying)
        let end = try await Program.run(
            "lynxctl",
            [
                "run", try directory.write("batch.yaml", patient), "--runner-config", "configs/lynx-runner-basilisk.yaml",
                "--state", directory.path + "/state", "--json",
            ],
            in: Repository.root,
            environment: [
                "LYNX_RUNNER_OUTPUT_ROOT": directory.path + "/runs", "LYNX_RUNNER_PYTHON_EXECUTABLE": python,
            ])
        #expect(end.exitCode == 1, "\(end.errors)")
        #expect(Simulations.running(below: directory.path).isEmpty)
        let simulations = pids.drain().compactMap { Int32($0) }
        #expect(simulations.count == 4)
        #expect(simulations.allSatisfy { !isRunning($0) })

        let study = try StudyDocument(end.output)
        #expect(study.batch.status == .failed)
        #expect(study.batch.failedJobs == 4)
        for job in study.jobs {
            let result = try study.result(job.runConfig.runIndex)
            #expect(job.status == .failed)
            // Another attempt would end the same way, so the retries that are allowed are not used.
            #expect(job.maxRetries == 3 && job.attempt == 1 && job.retries == 0)
            #expect(job.errorMessage == result.errorMessage)
            #expect(!result.success)
            #expect(result.metadata.outcome == .breach)
            #expect(result.metadata.exitCode == nil && result.metadata.exitSignal == SIGKILL)
            try check(result)
        }
    }

    /// The message against the telemetry, the telemetry against the trajectory.
    private func check(_ result: JobResult) throws {
        let message = try #require(result.errorMessage)
        let form = /early termination 'above_ceiling': orbit\.altitude_km = (\d+\.\d+) km > 690 km at t = (\d+) s/
        let match = try #require(try form.wholeMatch(in: message), "\(message)")
        let (value, time) = (try #require(Double(match.1)), try #require(Double(match.2)))
        let altitudes = try #require(result.telemetryData["orbit.altitude_km"])
        let first = try #require(altitudes.values.firstIndex { $0 > 690 })
        #expect(altitudes.values[first] == value)
        #expect(altitudes.timeS[first] == time)

        #expect(result.artifacts.map(\.path) == ["trajectory.csv"])
        let rows = try Trajectory(wholeRowsOf: result.outputFile("trajectory.csv")).rows
        #expect(rows.count > first)
        // An orbit of this study has more than 400 rows.
        #expect(rows.count < 400)
        #expect(Set(result.telemetryData.keys) == ["orbit.radius_km", "orbit.altitude_km", "orbit.speed_km_s", "orbit.energy_j_kg"])
    }
}
