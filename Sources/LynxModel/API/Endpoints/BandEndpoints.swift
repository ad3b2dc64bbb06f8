import LynxDocument

/// Telemetry of all runs of a batch, as it is drawn.
extension Endpoint {
    package static var telemetryBands: Endpoint<Void, TelemetryBands> {
        .init(
            .get, "/batches/\(.batch)/telemetry/bands", .scope(.read), .batches,
            "One variable of all runs that have ended, against simulated time, as bands of quantiles.",
            remarks: """
                At each of `points` times, quantiles of the values that the runs have there, by linear interpolation between their points; \
                and the least and the greatest of all points nearer to that time than to another. Takes a second or two at most: if \
                `complete` is false, the same call goes on where this one ended.
                """,
            parameters: [.bandVariable, .from, .to, .bandPoints, .bandLines], answers: [.ok("The bands."), .notFound])
    }

    package static var telemetryVariables: Endpoint<Void, TelemetryVariables> {
        .init(
            .get, "/batches/\(.batch)/telemetry/variables", .scope(.read), .batches, "The variables of a batch's telemetry.",
            remarks: "Those of the first hundred runs that have telemetry.",
            answers: [
                .ok("Their names and units.", example: ["variables": [["name": "orbit.radius_km", "units": "km"]]]), .notFound,
            ])
    }
}

extension EndpointParameter {
    package static let bandVariable = EndpointParameter(
        .query, "variable", .text(["minLength": 1]), "Its name.", isRequired: true, example: "orbit.radius_km")
    package static let bandPoints = EndpointParameter(
        .query, "points", .integer(2...2000, default: 300), "How many times there are from `from` to `to`.")
    package static let mostBandLines = 100
    package static let bandLines = EndpointParameter(
        .query, "lines", .text(), "Indices of runs that are told one by one, separated by commas; at most \(mostBandLines).", example: "3,17")
}
