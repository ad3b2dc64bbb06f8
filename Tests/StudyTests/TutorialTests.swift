import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("The tutorial study", .tutorialStudy, .timeLimit(.minutes(5)))
struct TutorialTests {
    private let study: TutorialStudy

    init() throws { study = try #require(TutorialStudy.current) }

    @Test("Every run completes at its first attempt, and nothing is left running")
    func completes() throws {
        let document = study.document
        #expect(document.batch.status == .completed)
        #expect(document.jobs.map(\.status) == Array(repeating: .completed, count: TutorialStudy.runs))
        #expect(document.jobs.allSatisfy { $0.attempt == 1 && $0.errorMessage == nil })
        #expect(document.runsWithResults == Array(0..<TutorialStudy.runs))
        #expect(document.results.allSatisfy { $0.success && $0.metadata.exitCode == 0 && $0.metadata.warnings.isEmpty })
        #expect(Simulations.running(below: study.directory.path).isEmpty)
    }

    @Test("Each run leaves its three files, with the sizes and hashes that its result tells")
    func artifacts() async throws {
        let types = ["orbit_position.png": "image/png", "summary.json": "application/json", "trajectory.csv": "text/csv"]
        for result in study.document.results {
            #expect(result.artifacts.map(\.path) == types.keys.sorted())
            #expect(result.outputFiles.map { URL(filePath: $0).lastPathComponent } == types.keys.sorted())
            #expect(result.artifacts.allSatisfy { $0.mediaType == types[$0.path] })
            let sums = try await Command.run("sha256sum", ["--binary"] + result.outputFiles).output
                .split(separator: "\n").map { String($0.prefix(64)) }
            #expect(result.artifacts.map(\.sha256) == sums)
            for (artifact, file) in zip(result.artifacts, result.outputFiles) {
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
                #expect(size == Int(artifact.sizeBytes))
            }
        }
    }

    @Test("What a run found beside its output is the configuration that the ledger has")
    func runConfiguration() throws {
        for result in study.document.results {
            let directory = try #require(result.metadata.directory)
            let data = try Data(contentsOf: URL(filePath: directory + "/run_config.json"))
            let written = try WireJSON.decode(RunConfiguration.self, from: data)
            #expect(written == (try study.document.job(result.metadata.runIndex).runConfig))
            let mode = try FileManager.default.attributesOfItem(atPath: directory + "/output")[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test("The telemetry of each run is stored, every sample of the four variables with its unit")
    func telemetry() throws {
        let units = ["orbit.radius_km": "km", "orbit.altitude_km": "km", "orbit.speed_km_s": "km/s", "orbit.energy_j_kg": "J/kg"]
        for result in study.document.results {
            #expect(result.telemetryData.mapValues(\.units) == units)
            let rows = try Trajectory(path: result.outputFile("trajectory.csv")).rows
            for series in result.telemetryData.values {
                #expect(series.count == rows.count)
                #expect(series.timeS == rows.map(\.time))
                #expect(series.values.count == rows.count)
            }
            let radii = try #require(result.telemetryData["orbit.radius_km"]).values
            for (radius, row) in zip(radii, rows) {
                #expect(abs(radius - (row.position * row.position).sum().squareRoot() / 1000) < 1e-6)
            }
        }
    }

    @Test("Each stratum of each parameter is sampled exactly once", arguments: TutorialStudy.ranges.keys.sorted())
    func strata(parameter: String) throws {
        let range = try #require(TutorialStudy.ranges[parameter])
        let values = study.parameters.compactMap { $0[parameter] }
        let width = (range.upperBound - range.lowerBound) / Double(TutorialStudy.runs)
        let strata = values.map { Int((($0 - range.lowerBound) / width).rounded(.down)) }
        #expect(strata.sorted() == Array(0..<TutorialStudy.runs))
        #expect(study.parameters.allSatisfy { $0.count == TutorialStudy.ranges.count })
    }

    @Test("Every row of a trajectory lies within a metre of the two-body solution")
    func trajectory() throws {
        for (run, parameters) in study.parameters.enumerated() {
            let orbit = try TwoBodyOrbit(parameters)
            let trajectory = try Trajectory(path: study.trajectoryPath(run))
            #expect(trajectory.header == "time_s,r_x_m,r_y_m,r_z_m,v_x_m_s,v_y_m_s,v_z_m_s")
            let last = (try #require(parameters["duration_orbits"]) * orbit.period / 10).rounded(.down)
            #expect(trajectory.rows.map(\.time) == (0...Int(last)).map { 10 * Double($0) })
            for row in trajectory.rows {
                let difference = row.position - orbit.position(at: row.time)
                #expect((difference * difference).sum().squareRoot() < 1)
            }
        }
    }

    @Test("The same seed gives the same parameters and the same bytes, however many run at a time")
    func reproducible() async throws {
        let again = try await TutorialStudy.run("--max-concurrent-jobs", "3", environment: ["LYNX_RUNNER_WARM_WORKERS": "false"])
        #expect(again.parameters == study.parameters)
        #expect(again.document.batch.seed == study.document.batch.seed)
        #expect(again.document.batch.batchID != study.document.batch.batchID)
        for run in 0..<TutorialStudy.runs {
            let (one, other) = (try study.trajectoryPath(run), try again.trajectoryPath(run))
            #expect(FileManager.default.contentsEqual(atPath: one, andPath: other))
            let plots = try [study, again].map { try $0.document.result(run).outputFile("orbit_position.png") }
            #expect(FileManager.default.contentsEqual(atPath: plots[0], andPath: plots[1]))
        }
    }
}
