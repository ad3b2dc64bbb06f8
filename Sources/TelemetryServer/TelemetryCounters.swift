/// What came to one endpoint.
public struct TelemetryCounters: Hashable, Sendable {
    /// Samples handed to the sink.
    public var samples: UInt64 = 0
    /// Samples not handed on because the table of variables was full.
    public var droppedSamples: UInt64 = 0
    /// Whole telemetry messages received, readable or not.
    public var messages: UInt64 = 0
    /// Calls begun, of any method, known or not.
    public var calls: UInt64 = 0
    /// Calls answered with a status other than OK, or with an HTTP error.
    public var failedCalls: UInt64 = 0
    /// Connections taken in.
    public var connections: UInt64 = 0
    /// Connections turned away: another user's, one of an unknown owner, or one too many.
    public var rejectedConnections: UInt64 = 0
    /// Connections that broke the rules of HTTP/2, such as by bytes that aren't HTTP/2 at all.
    public var protocolErrors: UInt64 = 0

    public init() {}
}
