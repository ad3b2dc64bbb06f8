package import FoundationEssentials

/// Where the telemetry of a running attempt goes, chunk by chunk.
package protocol TelemetryOutlet: Sendable {
    /// Whether a chunk would be taken now. Any thread; does not wait.
    var isOpen: Bool { get }

    /// How many chunks were taken.
    var chunks: Int { get }

    /// What a person should know of the chunks that were not.
    var warnings: [String] { get }

    /// Takes the next chunk: when this returns it is on disk. Blocks.
    func take(_ chunk: Data) throws
}
