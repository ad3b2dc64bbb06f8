/// What one endpoint puts up with. Every limit is for one endpoint, so that what one job does cannot reach another.
public struct TelemetryLimits: Hashable, Sendable {
    /// Largest message, in bytes, on the wire and again when decompressed; gRPC's usual limit. Beyond it: RESOURCE_EXHAUSTED.
    public var maxMessageBytes = 4 << 20

    /// Most memory, in bytes, that one message may take when decoded; tiny samples take several times their wire size.
    /// Beyond it: RESOURCE_EXHAUSTED.
    public var maxDecodedBytes = 64 << 20

    /// Bytes of unfinished messages over all calls of the endpoint. The call that goes beyond it is RESOURCE_EXHAUSTED.
    public var maxBufferedBytes = 32 << 20

    /// Connections at the same time; one more is accepted and closed at once.
    public var maxConnections = 64

    /// Calls at the same time on one connection; HTTP/2 makes clients wait for their turn.
    public var maxConcurrentStreams = 100

    /// Bytes of one request's header fields, counted as RFC 9113 §6.5.2 does. Beyond it: RESOURCE_EXHAUSTED.
    public var maxHeaderListBytes = 16 << 10

    /// Variables, told apart by name and units. Samples of further ones are dropped and counted.
    public var maxVariables = 10_000

    /// UTF-8 bytes of a variable's name. A sample with a longer one is refused, for itself alone.
    public var maxNameBytes = 256

    /// UTF-8 bytes of a variable's units. A sample with longer ones is refused, for itself alone.
    public var maxUnitsBytes = 64

    /// How long a connection may take to begin HTTP/2. After that it may be silent for as long as it likes: a simulation may
    /// compute for hours between two samples.
    public var handshakeTimeout: Duration = .seconds(10)

    /// `finish` closes connections that are still open once nothing has come in for this long.
    public var drainQuietPeriod: Duration = .milliseconds(100)

    /// `finish` closes connections that are still open after this long, whatever comes in; what had come before is read first.
    public var drainTimeout: Duration = .seconds(2)

    public init() {}
}

extension Duration {
    /// Whole nanoseconds; a negative duration is none.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole &+ UInt64(attoseconds / 1_000_000_000)
    }
}
