import Foundation
import LynxModel
import TestSupport
import Testing

/// The tutorial study as it is shipped, batch and runner configuration, run by `lynxctl run`.
struct TutorialStudy: Sendable {
    /// In m, rad and so on: the parameters' own units.
    static let ranges: [String: ClosedRange<Double>] = [
        "semi_major_axis_m": 6_950_000...7_050_000, "eccentricity": 0.00005...0.002, "inclination_deg": 30...36,
        "raan_deg": 40...55, "arg_perigee_deg": 330...355, "true_anomaly_deg": 70...100, "duration_orbits": 0.70...0.80,
    ]
    static let runs = 6

    /// The one that the tests of the running suite look at.
    @TaskLocal static var current: TutorialStudy?

    let directory: TemporaryDirectory
    let end: Program.End
    let document: StudyDocument

    static func run(_ arguments: String..., environment: [String: String?] = [:]) async throws -> TutorialStudy {
        let directory = try TemporaryDirectory()
        let end = try await Program.run(
            "lynxctl",
            [
                "run", "scenarios/aerospace/configs/basic_orbit_tutorial.yaml", "--runner-config", "configs/lynx-runner-basilisk.yaml",
                "--state", directory.path + "/state", "--runs", "\(runs)", "--json",
            ] + arguments,
            in: Repository.root, environment: environment.merging(["LYNX_RUNNER_OUTPUT_ROOT": directory.path + "/runs"]) { $1 })
        guard end.exitCode == 0 else { throw Failed(description: end.errors) }
        return TutorialStudy(directory: directory, end: end, document: try StudyDocument(end.output))
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// The parameters of each run, in the order of runs.
    var parameters: [[String: Double]] {
        document.jobs.sorted { $0.runConfig.runIndex < $1.runConfig.runIndex }
            .map { $0.runConfig.parameters.compactMapValues(\.number) }
    }

    func trajectoryPath(_ run: Int) throws -> String { try document.result(run).outputFile("trajectory.csv") }
}

/// Runs the study once for all tests of a suite.
struct TutorialStudyScope: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        let study = try await TutorialStudy.run()
        try await TutorialStudy.$current.withValue(study) { try await function() }
    }
}

extension Trait where Self == TutorialStudyScope {
    static var tutorialStudy: Self { Self() }
}
