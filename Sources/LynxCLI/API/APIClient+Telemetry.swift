import AsyncHTTPClient
package import LynxModel
package import NIOCore

/// Which part of some telemetry is wanted.
package struct TelemetrySelection: Sendable {
    var variables: [String]
    /// Simulated seconds.
    var from: Double?
    var to: Double?
    var maxPoints: Int?

    package init(variables: [String] = [], from: Double? = nil, to: Double? = nil, maxPoints: Int? = nil) {
        self.variables = variables
        self.from = from
        self.to = to
        self.maxPoints = maxPoints
    }

    fileprivate var arguments: EndpointArguments {
        let names = variables.isEmpty ? nil : variables.joined(separator: ",")
        return [.variables: names, .from: from, .to: to, .maxPoints: maxPoints]
    }
}

extension APIClient {
    package func telemetry(of job: String, _ selection: TelemetrySelection) async throws -> JobTelemetry {
        try await call(.jobTelemetry, selection.arguments.merging([.job: job]) { _, new in new })
    }

    /// The CSV of a whole batch, part by part as it comes.
    package func telemetryCSV(of batch: String, _ selection: TelemetrySelection, _ write: (ByteBuffer) throws -> Void) async throws {
        let arguments = selection.arguments.merging([.batch: batch]) { _, new in new }
        try await pieces(of: try await answer(to: .batchTelemetry, arguments), write)
    }

    /// The table of a batch's runs as an Arrow stream, part by part as it comes.
    package func arrowTable(of batch: String, _ write: (ByteBuffer) throws -> Void) async throws {
        try await pieces(of: try await answer(to: .batchTable, [.batch: batch], as: ArrowContent.mediaType), write)
    }

    /// The same table as CSV.
    func csvTable(of batch: String, _ write: (ByteBuffer) throws -> Void) async throws {
        try await pieces(of: try await answer(to: .batchTable, [.batch: batch], as: "text/csv"), write)
    }

    private func pieces(of response: HTTPClientResponse, _ write: (ByteBuffer) throws -> Void) async throws {
        var pieces = response.body.makeAsyncIterator()
        while let piece = try await next(&pieces) { try write(piece) }
    }

    private func next(_ pieces: inout HTTPClientResponse.Body.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await pieces.next()
        } catch {
            try Task.checkCancellation()
            throw await unreachable(error)
        }
    }
}
