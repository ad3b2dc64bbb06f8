import AsyncHTTPClient
import FoundationEssentials
import LynxModel
import NIOCore

extension APIClient {
    /// How a stream of events came to its end.
    enum StreamEnd {
        /// With the batch.
        case batchEnded
        /// Before that: the connection broke, or the control plane stopped.
        case broken
        /// This control plane has no such stream.
        case unsupported
    }

    /// Follows a batch by its events.
    ///
    /// - Throws: `CLIError` when the control plane is out of reach or refuses, and what `take` throws.
    func follow(_ batch: String, _ take: (BatchOverview) throws -> Void) async throws -> StreamEnd {
        try await stream(.batchEvents, [.batch: batch, .jobEvents: JobEvents.none.rawValue]) { bytes in
            guard let bytes else { return .unsupported }
            var parser = EventParser()
            for try await part in bytes {
                for event in parser.feed(part.readableBytesView) where event.name == "batch" || event.name == "end" {
                    try take(try WireJSON.decode(BatchOverview.self, from: Data(event.data.utf8)))
                    if event.name == "end" { return .batchEnded }
                }
            }
            return .broken
        }
    }
}
