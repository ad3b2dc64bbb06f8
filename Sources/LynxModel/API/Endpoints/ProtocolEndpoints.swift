import LynxDocument

/// What runners call; see `RunnerProtocol`.
extension Endpoint {
    package static var register: Endpoint<RegisterRequest, RegisterResponse> {
        .init(
            .post, "/runner/v1/register", .runner, .runnerProtocol, "Begin a session.",
            remarks: """
                What earlier sessions of this runner left unreported is lost at once. Refused while another machine is \
                at work under the same id, and to a session whose place another has taken.
                """,
            answers: [.ok("Welcome."), .conflict])
    }

    package static var claim: Endpoint<ClaimRequest, ClaimResponse> {
        .init(
            .post, "/runner/v1/claim", .runner, .runnerProtocol, "Ask for jobs.",
            remarks: "Held for at most `wait_seconds` while there is nothing to do.", answers: [.ok("Jobs, or none."), .notFound])
    }

    package static var heartbeat: Endpoint<HeartbeatRequest, HeartbeatResponse> {
        .init(
            .post, "/runner/v1/heartbeat", .runner, .runnerProtocol, "Renew the leases of attempts.",
            answers: [.ok("What to kill."), .notFound])
    }

    package static var leave: Endpoint<LeaveRequest, Void> {
        .init(
            .post, "/runner/v1/leave", .runner, .runnerProtocol, "End a session.",
            answers: [.noContent("Its unfinished attempts are lost at once."), .notFound])
    }

    package static var reportStarted: Endpoint<StartedReport, Void> {
        .init(
            .post, "/runner/v1/jobs/\(.job)/started", .runner, .runnerProtocol, "An attempt's simulation was launched.",
            answers: [.noContent("Noted; also when repeated."), .notFound, .conflict])
    }

    package static var reportResult: Endpoint<AttemptReport, Void> {
        .init(
            .post, "/runner/v1/jobs/\(.job)/result", .runner, .runnerProtocol, "An attempt is over.",
            remarks: BodyLimit.sentence(BodyLimit.result), bodyLimit: BodyLimit.result,
            answers: [
                .noContent("Noted; also when repeated."), .notFound, .conflict,
                .problem(428, "Chunks of telemetry that went before are missing."),
            ])
    }

    package static var reportResults: Endpoint<ResultGroup, ResultGroupAnswer> {
        .init(
            .post, "/runner/v1/results", .runner, .runnerProtocol, "Several attempts are over.",
            remarks: """
                In one transaction; each report is answered as if it had come alone. \
                \(BodyLimit.sentence(BodyLimit.result)) Since 1.3.
                """,
            bodyLimit: BodyLimit.result, answers: [.ok("What became of each report, in their order.")])
    }

    package static var retractResults: Endpoint<Retraction, Void> {
        .init(
            .post, "/runner/v1/retractions", .runner, .runnerProtocol, "Take back every result of this runner that rests on a basis.",
            remarks: """
                Also of batches that have ended. The jobs run again, without spending retries; the control plane \
                remembers the basis, and takes back what arrives later of attempts that were handed out before. Since \
                1.4.
                """,
            answers: [.noContent("Done; also when repeated."), .notFound])
    }

    package static var sendTelemetry: Endpoint<BinaryContent, Void> {
        .init(
            .post, "/runner/v1/jobs/\(.job)/telemetry", .runner, .runnerProtocol, "A chunk of a running attempt's telemetry.",
            remarks: BodyLimit.sentence(BodyLimit.telemetry), parameters: [.runnerID, .ownAttempt, .chunkNumber],
            bodyLimit: BodyLimit.telemetry, answers: [.noContent("Stored; also when repeated."), .notFound, .conflict])
    }

    package static var announceFiles: Endpoint<ArtifactManifest, ArtifactRequirements> {
        .init(
            .post, "/runner/v1/jobs/\(.job)/artifacts", .runner, .runnerProtocol, "What files an attempt that ended has left.",
            remarks: "Answered with what is to be sent. \(BodyLimit.sentence(BodyLimit.manifest))", bodyLimit: BodyLimit.manifest,
            answers: [.ok("What is to be sent."), .notFound, .conflict])
    }

    package static var uploadFile: Endpoint<BinaryContent, ArtifactProgress> {
        .init(
            .put, "/runner/v1/jobs/\(.job)/artifacts/\(.sha256)", .runner, .runnerProtocol,
            "Send the content of a file, from an offset on.",
            remarks: """
                What arrives before a connection breaks is kept; the answer to the announcement, or to this call, says \
                where to go on.
                """,
            parameters: [.runnerID, .ownAttempt, .uploadOffset],
            answers: [
                .ok("How much is there now."), .notFound, .conflict, .problem(503, "An earlier call is still writing this content."),
            ])
    }
}

extension EndpointParameter {
    package static let chunkNumber = EndpointParameter(
        .query, "seq", .integer(0...Int(Int32.max)), "The chunk's number, from 0.", isRequired: true)
    package static let sha256 = EndpointParameter(.path, "sha256", .text(["pattern": "^[0-9a-f]{64}$"]), "Of the whole content.")
    package static let uploadOffset = EndpointParameter(
        .header, "Upload-Offset", .integer(0...Int.max, default: 0), "How many bytes of the content come before the body.")
}
