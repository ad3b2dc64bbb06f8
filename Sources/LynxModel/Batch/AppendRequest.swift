package import LynxDocument

/// The body of `POST /batches/{id}/rows`.
public struct AppendRequest: Codable, Hashable, Sendable {
    /// The run index of the first row, which is the number of runs that the batch has.
    public var firstRun: Int
    /// For each run its values, in the order of the table's columns.
    public var rows: [[ParameterValue]]

    public init(firstRun: Int, rows: [[ParameterValue]]) {
        self.firstRun = firstRun
        self.rows = rows
    }

    private enum CodingKeys: String, CodingKey {
        case rows
        case firstRun = "first_run"
    }
}

extension AppendRequest {
    /// Reads the body of a call: here `1.0` is a float, which is an integer to Foundation's decoder.
    ///
    /// - Throws: everything that is wrong with it.
    package static func read(json bytes: [UInt8], name: String) throws(DiagnosticList) -> AppendRequest {
        let body: FieldType<AppendRequest> = .mapping("rows to append") { fields in
            let first = fields.required("first_run", .integer(0...runCounts.upperBound), "The run index of the first row.")
            let rows = fields.required("rows", .rows, "For each run its values, in the order of the table's columns.")
            guard let first, let rows else { return nil }
            return AppendRequest(firstRun: first, rows: rows)
        }
        return try Document.json(bytes, name: name).read(as: body)
    }

    /// Reads rows alone, by the same rules.
    package static func readRows(json bytes: [UInt8], name: String) throws(DiagnosticList) -> [[ParameterValue]] {
        try Document.json(bytes, name: name).read(as: .rows)
    }
}

extension FieldType where Value == [[ParameterValue]] {
    static var rows: FieldType { .list(of: .list(of: .parameterValue, named: "values"), named: "rows", minimum: 1) }
}

/// The body of `POST /batches/{id}/extend`.
public struct ExtensionRequest: Codable, Hashable, Sendable {
    /// How many runs there are to be more.
    public var runs: Int

    public init(runs: Int) { self.runs = runs }
}
