import LynxDocument

// The parameters that more than one endpoint takes.
extension EndpointParameter {
    package static let batch = EndpointParameter(
        .path, "batch", .text(["minLength": 1]), "A batch's id.", example: "20261123T190236-8f5b7656", component: "Batch")
    package static let job = EndpointParameter(
        .path, "job", .text(["minLength": 1]), "A job's id: `<batch_id>-<run_index>`.", example: "20261123T190236-8f5b7656-0",
        component: "Job")
    package static let runner = EndpointParameter(
        .path, "runner", .text(["minLength": 1]), "A runner's id.", example: "dedf58e8-636b-4b04-a060-33bdfb1c3ba6",
        component: "Runner")

    /// How many items a part of a list has if `limit` is not given.
    package static let standardLimit = 100
    package static let limits = 1...1000
    package static let limit = EndpointParameter(
        .query, "limit", .integer(limits, default: standardLimit), "At most so many items.", component: "Limit")
    package static let cursor = EndpointParameter(
        .query, "cursor", .text(), "The `next_cursor` of the part before; opaque.", component: "Cursor")

    private static let attempts = 1...Int(Int32.max)
    package static let attempt = EndpointParameter(
        .query, "attempt", .integer(attempts), "The number of the attempt; the latest if left out.", component: "Attempt")
    package static let ownAttempt = EndpointParameter(.query, "attempt", .integer(attempts), "Its number.", isRequired: true)
    package static let runnerID = EndpointParameter(
        .query, "runner_id", .text(["minLength": 1]), "Whose attempt it is.", isRequired: true)

    package static let variables = EndpointParameter(
        .query, "variables", .text(), "Names, separated by commas; all if left out.", component: "Variables")
    package static let from = EndpointParameter(.query, "from", .number, "Simulated seconds.", component: "From")
    package static let to = EndpointParameter(.query, "to", .number, "Simulated seconds; not before `from`.", component: "To")
    package static let maxPoints = EndpointParameter(
        .query, "max_points", .integer(4...10_000_000),
        "Of each variable; the least and greatest of each part stay. All points if left out.", component: "MaxPoints")
    package static let telemetry = EndpointParameter(
        .query, "telemetry", .choice(of: ResultDetail.self, default: .full), "`summary` leaves the series of points out.",
        component: "Telemetry")
}

/// How much of a result is asked for.
package enum ResultDetail: String, CaseIterable, Sendable {
    case full
    /// Without the samples of the telemetry; their count, first, last, minimum and maximum are there.
    case summary
}
