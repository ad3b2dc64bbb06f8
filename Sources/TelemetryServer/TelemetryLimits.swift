/// The resource limits of one endpoint. Every limit applies to a single endpoint, so that one job cannot affect another.
public struct TelemetryLimits: Hashable, Sendable {
    /// Largest size of a message in bytes, both on the wire and decompressed; the default is gRPC's usual limit. Beyond it the
    /// call ends with RESOURCE_EXHAUSTED.
    public var maxMessageBytes = 4 << 20

    /// Most memory in bytes that one message may occupy when decoded; small samples occupy several times their wire size.
    /// Beyond it the call ends with RESOURCE_EXHAUSTED.
    public var maxDecodedBytes = 64 << 20

    /// Bytes of unfinished messages over all calls of the endpoint. The call that exceeds it ends with RESOURCE_EXHAUSTED.
    public var maxBufferedBytes = 32 << 20

    /// Most simultaneous connections; a further one is accepted and closed at once.
    public var maxConnections = 64

    /// Most simultaneous calls on one connection; HTTP/2 makes clients queue further ones.
    public var maxConcurrentStreams = 100

    /// Largest size of one request's header fields in bytes, counted as in RFC 9113 §6.5.2. Beyond it the call ends with
    /// RESOURCE_EXHAUSTED.
    public var maxHeaderListBytes = 16 << 10

    /// Most variables, identified by name and units. Samples of further variables are dropped and counted.
    public var maxVariables = 10_000

    /// Longest name of a variable in UTF-8 bytes. A sample with a longer name is refused individually.
    public var maxNameBytes = 256

    /// Longest units of a variable in UTF-8 bytes. A sample with longer units is refused individually.
    public var maxUnitsBytes = 64

    /// Longest time in which a connection has to begin HTTP/2. Afterwards it may be idle without limit: a simulation may
    /// compute for hours between two samples.
    public var handshakeTimeout: Duration = .seconds(10)

    /// `finish` closes open connections when nothing has arrived for this long.
    public var drainQuietPeriod: Duration = .milliseconds(100)

    /// `finish` closes open connections after this long even if data still arrives; what had arrived before is read first.
    public var drainTimeout: Duration = .seconds(2)

    public init() {}
}

extension Duration {
    /// The duration in whole nanoseconds; 0 if it is negative.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole &+ UInt64(attoseconds / 1_000_000_000)
    }
}
