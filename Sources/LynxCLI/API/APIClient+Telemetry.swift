import AsyncHTTPClient
import FoundationEssentials
import LynxModel
import NIOCore
import NIOHTTP1
import Support

/// Which part of some telemetry is wanted.
struct TelemetrySelection: Sendable {
    var variables: [String] = []
    /// Simulated seconds.
    var from: Double?
    var to: Double?
    var maxPoints: Int?
}

extension APIClient {
    func telemetry(of job: String, _ selection: TelemetrySelection) async throws -> JobTelemetry {
        try await get("/jobs/\(job.percentEncoded())/telemetry\(query(selection))")
    }

    /// The CSV of a whole batch, part by part as it comes.
    func telemetryCSV(of batch: String, _ selection: TelemetrySelection, _ write: (ByteBuffer) throws -> Void) async throws {
        let path = "/batches/\(batch.percentEncoded())/telemetry.csv\(query(selection))"
        var request = HTTPClientRequest(url: baseURL + path)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        do {
            // It may take as long as it takes, as long as something comes.
            let response = try await http.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                let body = Data(try await response.body.collect(upTo: 1 << 20).readableBytesView)
                throw APIError.refused(path: path, status: Int(response.status.code), reason: response.status.reasonPhrase, body: body)
            }
            for try await part in response.body { try write(part) }
        } catch let error as CLIError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw await unreachable(error)
        }
    }

    private func query(_ selection: TelemetrySelection) -> String {
        var parts: [String] = []
        if !selection.variables.isEmpty { parts.append("variables=" + selection.variables.map { $0.percentEncoded() }.joined(separator: ",")) }
        if let from = selection.from { parts.append("from=\(from)") }
        if let to = selection.to { parts.append("to=\(to)") }
        if let maxPoints = selection.maxPoints { parts.append("max_points=\(maxPoints)") }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }
}
