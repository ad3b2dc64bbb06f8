/// The counters of one endpoint.
public struct TelemetryCounters: Hashable, Sendable {
    /// Samples passed to the sink.
    public var samples: UInt64 = 0
    /// Samples dropped because the table of variables was full.
    public var droppedSamples: UInt64 = 0
    /// Samples that were refused one by one, grouped by reason in the order of first appearance.
    public private(set) var refusals: [TelemetryRefusal] = []
    /// Telemetry messages that were refused as a whole because they could not be read or were too large.
    public private(set) var refusedMessages: UInt64 = 0
    /// The reason for the first refused message; empty if there was none.
    public private(set) var firstMessageRefusal = ""
    /// Complete telemetry messages received, whether they could be read or not.
    public var messages: UInt64 = 0
    /// Calls begun, of known and unknown methods.
    public var calls: UInt64 = 0
    /// Calls that ended with a gRPC status other than OK or with an HTTP error.
    public var failedCalls: UInt64 = 0
    /// Connections accepted.
    public var connections: UInt64 = 0
    /// Connections refused: the peer belongs to another or an unknown user, or there were too many connections.
    public var rejectedConnections: UInt64 = 0
    /// Connections that violated HTTP/2, for example with bytes that are not HTTP/2 at all.
    public var protocolErrors: UInt64 = 0

    public init() {}

    /// Further reasons are counted together, as a client can produce any number of them.
    private static let mostReasons = 16

    mutating func refuse(_ samples: UInt64, named name: () -> String, _ reason: String) {
        if let place = refusals.firstIndex(where: { $0.reason == reason }) {
            refusals[place].samples &+= samples
        } else if refusals.count < Self.mostReasons {
            refusals.append(TelemetryRefusal(reason: reason, samples: samples, firstName: name()))
        } else {
            refusals[Self.mostReasons - 1].reason = "other reasons"
            refusals[Self.mostReasons - 1].samples &+= samples
        }
    }

    mutating func refuseMessage(_ reason: String) {
        if refusedMessages == 0 { firstMessageRefusal = reason }
        refusedMessages += 1
    }
}

/// Samples that were refused for one reason; the other samples of their batches were accepted.
public struct TelemetryRefusal: Hashable, Sendable {
    /// The reason as a clause, such as `the name is empty`.
    public var reason: String
    public var samples: UInt64
    /// The name of the first refused sample, cut to the length of a line; empty if it had none.
    public var firstName: String

    /// The number of bytes of a client's text that are kept.
    private static let mostBytes = 80

    /// A client's text, repaired where it is not UTF-8 and cut to `mostBytes`.
    static func excerpt(_ text: UnsafeRawBufferPointer) -> String {
        guard text.count > mostBytes else { return String(decoding: text, as: UTF8.self) }
        var end = mostBytes
        // The cut must not lie within one scalar's bytes.
        while end > mostBytes - 4, text[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: text[..<end], as: UTF8.self) + "…"
    }
}
