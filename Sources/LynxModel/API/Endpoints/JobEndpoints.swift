import LynxDocument

/// Single jobs, their results, telemetry and files.
extension Endpoint {
    package static var job: Endpoint<Void, Job> {
        .init(.get, "/jobs/\(.job)", .scope(.read), .jobs, "One job.", answers: [.ok("The job."), .notFound])
    }

    package static var jobResult: Endpoint<Void, JobResult> {
        .init(
            .get, "/jobs/\(.job)/results", .scope(.read), .jobs, "What a job brought.", parameters: [.telemetry],
            answers: [.ok("The result of the attempt that ended the job, also when it failed."), .notFound])
    }

    package static var jobAttempts: Endpoint<Void, AttemptList> {
        .init(
            .get, "/jobs/\(.job)/attempts", .scope(.read), .jobs, "The attempts at a job, by number.",
            answers: [.ok("Those there were so far."), .notFound])
    }

    package static var attemptResult: Endpoint<Void, JobResult> {
        .init(
            .get, "/jobs/\(.job)/attempts/\(.attemptNumber)/results", .scope(.read), .jobs, "What one attempt brought.",
            parameters: [.telemetry], answers: [.ok("Its result."), .notFound])
    }

    package static var cancelJob: Endpoint<Void, Job> {
        .init(
            .post, "/jobs/\(.job)/cancel", .scope(.submit), .jobs, "Cancel one job.",
            remarks: "A running one is killed. Cancelling a cancelled job changes nothing.",
            answers: [.ok("The job."), .notFound, .conflict])
    }

    package static var jobTelemetry: Endpoint<Void, JobTelemetry> {
        .init(
            .get, "/jobs/\(.job)/telemetry", .scope(.read), .jobs, "A job's telemetry, also while it runs.",
            remarks: """
                JSON by variable; CSV or an Arrow stream, if `Accept` names one, in rows: run, variable, units, time_s, value.
                """,
            parameters: [.variables, .from, .to, .maxPoints, .attempt],
            answers: [
                EndpointAnswer(200, "What has come so far.", content: .json("JobTelemetry", or: TableContent.alternatives)), .notFound,
                .notAcceptable,
            ])
    }

    package static var artifacts: Endpoint<Void, ArtifactList> {
        .init(
            .get, "/jobs/\(.job)/artifacts", .scope(.read), .jobs, "The files and logs of a job's attempt.", parameters: [.attempt],
            answers: [.ok("Those that the runner announced, uploaded or not."), .notFound])
    }

    package static var artifact: Endpoint<Void, FileContent> {
        .init(
            .get, "/jobs/\(.job)/artifacts/\(.filePath)", .scope(.read), .jobs, "One file.",
            remarks: """
                Slashes of the path stay as they are. One range of bytes is served (`Range`, `If-Range`); the entity \
                tag is the SHA-256.
                """,
            parameters: [.attempt], answers: [.file, .filePart, .fileNotModified, .notFound, .badRange])
    }

    package static var log: Endpoint<Void, FileContent> {
        .init(
            .get, "/jobs/\(.job)/logs/\(.logStream)", .scope(.read), .jobs, "What the simulation printed.", parameters: [.attempt],
            answers: [.file, .filePart, .fileNotModified, .notFound, .badRange])
    }
}

extension EndpointParameter {
    package static let attemptNumber = EndpointParameter(.path, "attempt", .integer(1...Int.max), "Its number, from 1.")
    package static let filePath = EndpointParameter(.restOfPath, "path", .text(["minLength": 1]), "Relative to the output directory.")
    package static let logStream = EndpointParameter(
        .path, "stream", .choice(of: LogStream.self), "Which of the two streams, or the log of a bundle's requirements and build.")
}

/// What a simulation prints to, and what made the code of its bundle ready.
package enum LogStream: String, CaseIterable, Sendable {
    case stdout, stderr, build

    /// Among the files of an attempt.
    package var fileName: String { "\(rawValue).log" }
}
