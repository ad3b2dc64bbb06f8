import FoundationEssentials
import Logging
import LynxModel

@testable import RunnerHost

extension Attempt {
    /// One whose events nobody reads.
    static func sample(_ jobID: String, type: String = "basilisk") -> Attempt {
        var assignment = JobAssignment.sample(jobID)
        assignment.runConfig.simulation.type = type
        return Attempt(assignment, AttemptLog(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }
}

extension JobAssignment {
    static func sample(_ jobID: String, attempt: Int = 1) -> JobAssignment {
        JobAssignment(
            jobID: jobID, batchID: "batch-1", attempt: attempt, timeoutSecs: 60,
            runConfig: RunConfiguration(
                jobID: jobID, batchID: "batch-1", runIndex: 3, seed: 17, simulation: SimulationSpec(name: "orbit"),
                parameters: ["mass": .number(2.5)], units: ["mass": "kg"]),
            earlyTermination: EarlyTerminationSpec(), telemetry: TelemetrySpec())
    }
}

extension AttemptReport {
    static func sample(_ job: JobAssignment, outcome: AttemptOutcome = .success, completedAt: Date = Date()) -> AttemptReport {
        AttemptReport(
            runnerID: "runner-1", batchID: job.batchID, attempt: job.attempt, retryable: true,
            result: JobResult(
                jobID: job.jobID, success: outcome == .success, executionTimeSecs: 1.25,
                telemetryData: [
                    "orbit.radius_km": TelemetrySeries(
                        units: "km", count: 2, first: 7000, last: 6999.5, min: 6999.5, max: 7000, timeS: [0, 10], values: [7000, 6999.5])
                ],
                metadata: ResultMetadata(
                    runID: "\(job.jobID)/attempt-\(job.attempt)", runIndex: 3, attempt: job.attempt, simulationName: "orbit",
                    simulationVersion: "1.0", engine: "basilisk", engineVersion: "1.0", runnerID: "runner-1", outcome: outcome,
                    completedAt: completedAt)))
    }
}
