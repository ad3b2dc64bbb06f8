package import LynxDocument

/// What is read over many runs at once.
extension Endpoint {
    package static var batchTable: Endpoint<Void, TableContent> {
        .init(
            .get, "/batches/\(.batch)/table", .scope(.read), .batches, "A batch's runs as a table, a row for each.",
            remarks: """
                As JSON, CSV (RFC 4180) or an Arrow stream, whichever `Accept` names; JSON if it names none. Columns: run, \
                job_id, status, outcome, breach, attempt, retries, assigned_runner, created_at, claimed_at, started_at, \
                completed_at, duration_secs, error_message, and `parameters.NAME` and `outputs.NAME`. Sent as it is read, \
                unless `order` is given.
                """,
            parameters: [.columns, .jobStatus, .firstRun, .runCount, .endedAfter, .where, .order],
            answers: [tableAnswer, .notFound, .badTable, .notAcceptable])
    }

    package static var batchTelemetryTable: Endpoint<Void, TableContent> {
        .init(
            .get, "/batches/\(.batch)/telemetry", .scope(.read), .batches, "The telemetry of a batch's jobs, a row for each point.",
            remarks: """
                As JSON, CSV (RFC 4180) or an Arrow stream, whichever `Accept` names; JSON if it names none. Columns: run, \
                variable, units, time_s, value. By run, then by variable. Sent as it is read.
                """,
            parameters: [.variables, .from, .to, .maxPoints, .firstRun, .runCount, .jobStatus],
            answers: [.ok("The points."), .notFound, .notAcceptable])
    }

    private static var tableAnswer: EndpointAnswer {
        EndpointAnswer(
            200, "The rows.", example: tableExample,
            headers: ["Lynx-Ended": ["description": "The number of the last run that had ended: for `ended_after`.", "schema": ["type": "integer"]]])
    }

    private static var tableExample: JSONValue {
        [
            "columns": [["name": "run", "type": "integer", "description": "The run's index in its batch."]],
            "rows": [[0], [1]],
        ]
    }
}

extension EndpointAnswer {
    static let badTable = problem(400, "A column, condition or order is none; `detail` says what is near.")
    static let notAcceptable = problem(406, "`Accept` allows none of the media types.")
}

extension EndpointParameter {
    package static let columns = EndpointParameter(
        .query, "columns", .text(),
        "Names, separated by commas; one that ends in `*` stands for all that begin so. All if left out.")
    package static let firstRun = EndpointParameter(.query, "first_run", .integer(0 ... .max), "From this run index on.")
    package static let runCount = EndpointParameter(
        .query, "runs", .integer(1 ... .max), "Of so many runs from `first_run` on; of all if left out.")
    package static let endedAfter = EndpointParameter(
        .query, "ended_after", .integer(0 ... .max),
        "Only runs that have ended since: the `Lynx-Ended` of an earlier answer; 0 for all that have ended.")
    package static let `where` = EndpointParameter(
        .query, "where", .text(),
        "Only rows for which this is true: comparisons of columns and values, `is null`, `and`, `or`, `not`, parentheses.")
    package static let order = EndpointParameter(
        .query, "order", .text(), "A column; with `-` before it, from the greatest on. By run index if left out.")
}

/// A table as JSON, as CSV or as an Arrow stream, whichever the client prefers.
package enum TableContent: ContentDescribing {
    package static let mediaType = "application/json"

    package static let schema: JSONValue? = [
        "type": "object", "required": ["columns", "rows"],
        "properties": [
            "columns": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["name", "type"],
                    "properties": [
                        "name": ["type": "string"],
                        "type": ["type": "string", "enum": ["integer", "number", "boolean", "string", "time"]],
                        "units": ["type": "string"], "description": ["type": "string"],
                    ],
                ],
            ],
            "rows": ["type": "array", "items": ["type": "array"]],
        ],
    ]

    package static let alternatives = [EndpointContent(of: CSVContent.self)!, EndpointContent(of: ArrowContent.self)!]
}

/// The streaming format of Apache Arrow.
package enum ArrowContent: ContentDescribing {
    package static let mediaType = "application/vnd.apache.arrow.stream"
    package static let schema: JSONValue? = ["type": "string", "format": "binary"]
}
